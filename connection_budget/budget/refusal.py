"""Refuse to start what the budget does not hold.

System checks do not guard every start: Celery ignores their result and an ASGI application
runs none. Those entry points call these functions themselves, before the first connection.
"""

from dataclasses import replace

from connection_budget.budget.budget import Budget
from connection_budget.budget.roles import PREFORK, Role
from connection_budget.logs import get_logger

log = get_logger(__name__)


class BudgetRefused(Exception):
    """The fleet does not fit, or this process is larger than its role; the arithmetic says how."""


def assert_budget(budget: Budget, role_name: str | None = None) -> None:
    """Raise `BudgetRefused`, and log it, unless `budget` fits.

    A role that lives from the operations reserve, such as `command`, must also fit into that.
    """
    if not budget.fits:
        _refuse(budget, f"The connection budget does not fit the server.\n{budget.explain()}")
    for role in budget.reserve_roles:
        if role.name == role_name and role.peak > budget.operations_reserved:
            _refuse(budget, over_reserve(budget, role))


def assert_worker(budget: Budget, role_name: str, children: int) -> None:
    """Raise `BudgetRefused` when a worker would start more children than its role declares.

    A worker of a role outside the fleet lives from the operations reserve, with its main process
    and the child that overlaps.
    """
    role = budget.role(role_name)
    if role in budget.reserve_roles:
        _assert_reserve_worker(budget, role, children)
        return
    if not role.kind.has_main:
        _refuse(budget, f"The role {role.name} is not one of a worker: it has no main process.")
    if children > role.per_instance:
        larger = replace(role, processes=children * role.instances)
        _refuse(
            budget,
            f"This worker would start {children} children, but its role {role.name} declares "
            f"{role.per_instance} ({role.variable('processes')} = {role.processes}, "
            f"{role.variable('instances')} = {role.instances}).\n"
            f"declared: {role.explain()}\nasked for: {larger.explain()}\n"
            f"Start it with {role.per_instance}, or raise {role.variable('processes')}.",
        )


def assert_pages(budget: Budget, role_name: str) -> None:
    """Raise `BudgetRefused` where a process would serve pages in a role that serves none.

    A role outside the fleet lives from the operations reserve, and nobody counts its processes.
    """
    role = budget.role(role_name)
    if role not in budget.roles or not role.kind.serves_pages:
        names = ", ".join(one.name for one in budget.roles if one.kind.serves_pages) or "none"
        _refuse(
            budget,
            f"The role {role.name} serves no pages; of this fleet do: {names}. PROCESS_ROLE says "
            "which role a process has.",
        )


def over_reserve(budget: Budget, role: Role) -> str:
    """Why `role` cannot live from the operations reserve."""
    return (
        f"The role {role.name} may open {role.peak} connections, but the operations reserve it "
        f"lives from has {budget.operations_reserved} (DB_RESERVED_CONNECTIONS).\n{role.explain()}"
    )


def _assert_reserve_worker(budget: Budget, role: Role, children: int) -> None:
    worker = replace(role, processes=children, instances=1, kind=PREFORK)
    if worker.peak > budget.operations_reserved:
        _refuse(
            budget,
            f"{over_reserve(budget, worker)}\n"
            f"It would start {children} children; {role.variable('processes')} declares "
            f"{role.processes}. Set PROCESS_ROLE to a worker's role, or lower --concurrency.",
        )


def _refuse(budget: Budget, reason: str) -> None:
    log.error(
        "db_budget_refused",
        total=budget.total,
        reserved=budget.reserved,
        max_connections=budget.max_connections,
        over=max(0, -budget.headroom),
        reason=reason.splitlines()[0],
    )
    raise BudgetRefused(reason)
