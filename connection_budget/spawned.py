"""What a process of the fleet starts, commands or children: the fleet's number is not theirs.

They inherit PROCESS_ROLE, and would open as many connections as their parent may, beside it. So its
environment names a role of the reserve as soon as it works: whatever it starts is a command, and
so is whatever it forks (`multiprocessing`, a pool of processes). What a server or a worker forks to
share its work begins before that.
"""

from __future__ import annotations

import os
from functools import partial

from django.conf import settings
from django.db import connections

from connection_budget.conf import get_budget, get_role_name
from connection_budget.forks import lineage
from connection_budget.logs import get_logger

PARENT = "CONNECTION_BUDGET_SPAWNED_BY"

log = get_logger(__name__)


def count_spawned_on_reserve() -> None:
    """What this process starts from now on lives from the operations reserve. Safe to repeat.

    Nothing is changed where nobody said its role by PROCESS_ROLE.
    """
    budget, name = get_budget(), get_role_name()
    is_of_the_fleet = name in {role.name for role in budget.roles}
    if is_of_the_fleet and budget.reserve_roles and os.environ.get("PROCESS_ROLE") == name:
        theirs = os.environ["PROCESS_ROLE"] = budget.reserve_roles[0].name
        os.environ[PARENT] = f"{name}, process {os.getpid()}"
        lineage.works = True
        os.register_at_fork(after_in_child=partial(_be_a_command, name, theirs))
        log.info("db_commands_on_reserve", role=name, theirs=theirs)


def _be_a_command(parents: str, mine: str) -> None:
    """In a forked child, which reads no settings."""
    if get_role_name() != parents:
        return
    settings.PROCESS_ROLE = mine
    for database in connections.settings.values():
        options = database.get("OPTIONS") or {}
        if options.get("application_name") == parents:
            options["application_name"] = mine


def about_parent() -> str:
    """A sentence for who is refused a connection; empty where nobody of the fleet started us."""
    parent = os.environ.get(PARENT)
    if not parent or get_role_name() in {role.name for role in get_budget().roles}:
        return ""
    return f" It was started by one of the role {parent}, and counts on DB_RESERVED_CONNECTIONS."
