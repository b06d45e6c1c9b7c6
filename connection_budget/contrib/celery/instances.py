"""As many workers on this host as the role has instances: what is more is told when it starts.

Nobody refuses it: the one that it replaces may still be ending its tasks.
"""

from __future__ import annotations

from connection_budget.budget.roles import Role
from connection_budget.host_places import HostPlace, take_host_place
from connection_budget.logs import get_logger

log = get_logger(__name__)

# For as long as this process lives.
_held: list[HostPlace] = []


def count_instance(role: Role) -> None:
    try:
        place = take_host_place(f"{role.name}-workers", role.instances, seconds=0)
    except OSError as error:
        log.warning("worker_instances_not_counted", reason=str(error))
        return
    if place is not None:
        _held.append(place)
        return
    log.error(
        "worker_one_too_many",
        role=role.name,
        declared=role.instances,
        remedy=f"This host has more workers of the role than {role.variable('instances')} = "
        f"{role.instances}. Each may have {role.per_instance} children: end one, or declare it.",
    )
