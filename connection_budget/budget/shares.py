"""How several databases share one process's connections. No Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connection_budget.budget.environment import VariableError


class SharesError(VariableError):
    """The declared shares are not what a role's connections can be split into."""


def split(
    connections: int, aliases: Sequence[str], declared: Mapping[str, int] | None = None
) -> dict[str, int]:
    """How many of `connections` each alias may have, in the order of `aliases`.

    What is not `declared` is split evenly; the first aliases get what is left over. Raises
    `SharesError` where an alias would have none, or all together more than there are.
    """
    known = dict(declared or {})
    for alias, number in known.items():
        if number < 1 or alias not in aliases:
            raise SharesError(
                "CONNECTION_BUDGET_SHARES", known, f"{alias!r} is no database with 1 or more"
            )
    rest = [alias for alias in aliases if alias not in known]
    left = connections - sum(known.values())
    if left < len(rest):
        raise SharesError(
            "CONNECTION_BUDGET_SHARES",
            known,
            f"{len(aliases)} databases share {connections} connections, and each needs one",
        )
    each, more = divmod(left, len(rest)) if rest else (0, 0)
    even = {alias: each + (number < more) for number, alias in enumerate(rest)}
    return {alias: known.get(alias) or even[alias] for alias in aliases}
