"""No more web processes under one parent than the role declares, whichever server starts them."""

from __future__ import annotations

import os

from connection_budget.budget.refusal import BudgetRefused
from connection_budget.budget.roles import Role
from connection_budget.host_places import HostPlace, take_host_place
from connection_budget.logs import get_logger

log = get_logger(__name__)

# By the process whose place it is: a fork's child has none yet.
_held: dict[int, HostPlace] = {}


def take_process_place(role: Role, *, seconds: float) -> None:
    """Once in a process. Raises `BudgetRefused` where its siblings are as many as are declared.

    Whoever finds no place waits so long for one: a process that is replaced may still be going.
    """
    if os.getpid() in _held:
        return
    siblings = f"{role.name}-{os.getppid()}"
    try:
        taken = take_host_place(siblings, role.per_instance, seconds=0)
        if taken is None and seconds:
            log.warning("web_process_waits", role=role.name, for_one_of=role.per_instance)
            taken = take_host_place(siblings, role.per_instance, seconds=seconds)
    except OSError as error:
        log.warning("web_processes_not_counted", reason=str(error))
        return
    if taken is None:
        raise BudgetRefused(
            f"Process {os.getpid()} would be one more than the {role.per_instance} of the role "
            f"{role.name} ({role.variable('processes')} = {role.processes}, "
            f"{role.variable('instances')} = {role.instances}) beside its siblings. Start the "
            f"server with {role.per_instance}, or raise {role.variable('processes')}."
        )
    _held[os.getpid()] = taken
