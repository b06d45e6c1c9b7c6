"""Roles that have more connections than all their declared processes may have: there are others.

How many processes somebody starts is bounded nowhere: each is held to its own share, and the server
shows what they have together.
"""

from __future__ import annotations

from collections.abc import Mapping

from connection_budget.conf import get_budget
from connection_budget.logs import get_logger

log = get_logger(__name__)


def over_budget(live: Mapping[str, int]) -> list[str]:
    """Names of roles. None behind a pooler, where an application name is the last client's."""
    budget = get_budget()
    if budget.pooler:
        return []
    return [role.name for role in budget.roles if live.get(role.name, 0) > role.peak]


class OverBudgetWatch:
    """Tells of a role once, when two looks have seen it, and once when it is over."""

    def __init__(self) -> None:
        self._before: set[str] = set()
        self._told: set[str] = set()

    def look(self, live: Mapping[str, int]) -> None:
        found = set(over_budget(live))
        for name in sorted(found & self._before - self._told):
            self._tell(name, live[name])
        for name in sorted(self._told - found):
            log.info("db_role_within_budget", role=name)
        self._told = found & (self._told | self._before)
        self._before = found

    def _tell(self, name: str, live: int) -> None:
        role = get_budget().role(name)
        log.error(
            "db_role_over_budget",
            role=name,
            live=live,
            budget=role.peak,
            remedy=f"More processes run than are declared ({role.variable('processes')} = "
            f"{role.processes}, {role.variable('instances')} = {role.instances}), or a rolling "
            "deploy does: end those, or declare them.",
        )
