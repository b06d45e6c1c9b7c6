"""Refuse to start a process whose fleet cannot fit its server.

System checks do not guard every start: Celery ignores their result and an ASGI application
runs none. Those entry points call `assert_budget` themselves, before the first connection.
"""

import structlog

from connections.budget import Budget

log = structlog.get_logger(__name__)


class BudgetRefused(Exception):
    """The fleet does not fit; the message is the arithmetic."""


def assert_budget(budget: Budget) -> None:
    """Raise `BudgetRefused`, and log it, unless `budget` fits."""
    if budget.fits:
        return
    log.error(
        "db_budget_refused",
        total=budget.total,
        reserved=budget.reserved,
        max_connections=budget.max_connections,
        over=-budget.headroom,
    )
    raise BudgetRefused(f"The connection budget does not fit the server.\n{budget.explain()}")
