"""The budget as text for a terminal."""

from collections.abc import Mapping

from connection_budget.budget.budget import Budget
from connection_budget.budget.roles import Role

COLUMNS = ("role", "processes", "per process", "main", "overlap", "peak")


def budget_table(budget: Budget, live: Mapping[str, int] | None = None) -> str:
    """A row a role, then the sums, all ending in the same column; `live` stands to the right."""
    rows = [COLUMNS, *(_cells(role) for role in budget.roles)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(_aligned(row, widths)) for row in rows]
    rule = "-" * len(lines[0])
    seen = ["live", *(str(live[role.name]) for role in budget.roles)] if live else []
    lines[: len(seen)] = [f"{line}  {cell:>4}" for line, cell in zip(lines, seen, strict=False)]
    return "\n".join([*lines, rule, *_sums(budget, len(rule))])


def _cells(role: Role) -> tuple[str, ...]:
    numbers = (role.started, role.per_process, role.main, role.overlap, role.peak)
    return (role.name, *map(str, numbers))


def _aligned(row: tuple[str, ...], widths: list[int]) -> list[str]:
    name, *numbers = row
    return [name.ljust(widths[0]), *(map(str.rjust, numbers, widths[1:]))]


def _sums(budget: Budget, width: int) -> list[str]:
    over = "" if budget.fits else "  does not fit"
    kept_free = "operations" if budget.pooler else "reserved"
    rolling = "fits" if budget.rolling_fits else "does not fit"
    sums = [
        ("total", budget.total, ""),
        ("reserved", budget.reserved, f"  = {budget.explain_reserve()}"),
        ("limit", budget.max_connections, "  max_connections (DB_MAX_CONNECTIONS)"),
        *_pooler_sums(budget),
        ("headroom", budget.headroom, over),
        ("rolling deploy", budget.rolling_total, f"  {rolling}: 2 x total + {kept_free}"),
    ]
    return [f"{name}{number:>{width - len(name)}}{note}" for name, number, note in sums]


def _pooler_sums(budget: Budget) -> list[tuple[str, int, str]]:
    pooler = budget.pooler
    if pooler is None:
        return []
    return [
        ("pooler's clients", pooler.max_clients, "  max_client_conn (DB_POOLER_MAX_CLIENTS)"),
        ("of the pooler", pooler.server_connections, f"  {pooler.explain_servers()}"),
    ]
