"""The commands of one host count together, for nobody declares how many there are.

Each process has a cap of its own, but what one starts or forks adds up. So each connection has one
of as many places as DB_RESERVED_CONNECTIONS, and who finds none waits, and is refused. A command
that somebody starts by hand takes a place where one is free, and else goes on without.
"""

from __future__ import annotations

from connection_budget.cap.cap import CapReached
from connection_budget.cap.limits import is_testing
from connection_budget.conf import get_budget, get_role_name, get_wait_seconds
from connection_budget.forks import lineage
from connection_budget.host_places import HostPlace, take_host_place
from connection_budget.logs import get_logger
from connection_budget.spawned import about_parent

log = get_logger(__name__)


def take_on_reserve() -> HostPlace | None:
    """For a connection of this process; None where it needs none. Raises `CapReached`."""
    budget, name = get_budget(), get_role_name()
    if is_testing() or name not in {role.name for role in budget.reserve_roles}:
        return None
    parent, reserve = about_parent(), budget.operations_reserved
    by_hand = not (parent or lineage.is_child)
    try:
        taken = take_host_place("reserve", reserve, seconds=0 if by_hand else get_wait_seconds())
    except OSError as error:
        log.warning("db_reserve_not_counted", reason=str(error))
        return None
    if taken is None and not by_hand:
        log.warning("db_reserve_reached", role=name, limit=reserve)
        raise CapReached(
            f"All {reserve} connections of the operations reserve (DB_RESERVED_CONNECTIONS) are in "
            f"use on this host.{parent} Start fewer of them at once, have each close its "
            "connection when it is done (connection.close()), or raise the reserve."
        )
    return taken
