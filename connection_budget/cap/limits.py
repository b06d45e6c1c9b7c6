"""What this process may have of each database: by its role, and by what kind of process it is."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import NO_DB_ALIAS

from connection_budget.budget.budget import Budget
from connection_budget.budget.roles import Role
from connection_budget.budget.shares import split
from connection_budget.cap.cap import Limit
from connection_budget.conf import get_budget, get_role, get_shares
from connection_budget.forks import lineage
from connection_budget.spawned import about_parent

ENGINE = "connection_budget.postgresql"


def has_counted() -> bool:
    """Whether there is a database whose connections are counted."""
    return any(database.get("ENGINE") == ENGINE for database in settings.DATABASES.values())


def counted_aliases() -> list[str]:
    """Databases whose connections are counted, in the order in which places are taken."""
    engines = {alias: settings.DATABASES[alias].get("ENGINE") for alias in settings.DATABASES}
    found = [alias for alias, engine in engines.items() if engine == ENGINE]
    return sorted(found, key=lambda alias: alias != DEFAULT_DB_ALIAS) or [DEFAULT_DB_ALIAS]


def shares(connections: int) -> Mapping[str, int]:
    """How many of a process's connections each database may have.

    All of them where there are fewer connections than databases: then one count is for all.
    """
    aliases = counted_aliases()
    if connections < len(aliases):
        return dict.fromkeys(aliases, connections)
    return split(connections, aliases, get_shares())


def count_of(alias: str) -> str:
    """By which alias connections to `alias` are counted."""
    aliases = counted_aliases()
    if alias == NO_DB_ALIAS:
        return alias
    one_for_all = is_testing() or get_role().connections < len(aliases)
    return alias if alias in aliases and not one_for_all else aliases[0]


def share_of(alias: str, connections: int) -> int:
    """A database nobody declared has what the default one has."""
    parts = shares(connections)
    return parts.get(alias) or next(iter(parts.values()))


def limit_for(alias: str) -> Limit:
    """Asked whenever a place is taken: forks change it, and so does the beginning of tests."""
    budget, role = get_budget(), get_role()
    if alias == NO_DB_ALIAS or is_testing():
        return _of_the_reserve(budget, role)
    return _of_the_role(role, alias)


def is_testing() -> bool:
    """Whether Django's test environment is set up; nothing is imported to find out."""
    utils = sys.modules.get("django.test.utils")
    return hasattr(getattr(utils, "_TestState", None), "saved_data")


def _of_the_reserve(budget: Budget, role: Role) -> Limit:
    """Tests, and connections without a database, by which databases are made."""
    total = max(budget.operations_reserved, role.per_process)
    remedy = "Close what is no longer needed, or raise DB_RESERVED_CONNECTIONS."
    return Limit(total, total, role.name, remedy)


def _of_the_role(role: Role, alias: str) -> Limit:
    if role.kind.has_main and not lineage.is_child:
        return _of_a_main_process(role)
    beside_main = share_of(alias, role.connections)
    total = beside_main + role.kind.main_thread
    return Limit(total, beside_main, role.name, _remedy(role))


def _of_a_main_process(role: Role) -> Limit:
    """With children it has one connection; alone (`--pool solo`, `threads`) what they all have."""
    whole = role.peak // role.instances
    total = role.main // role.instances if lineage.has_children else whole
    return Limit(total, total, f"{role.name} (main process)", _remedy(role))


def _remedy(role: Role) -> str:
    return (
        "Close a connection in the thread that no longer needs it (connection.close()), or reach "
        "the ORM through the process's executor (connection_budget.process.process_executor); "
        f"{role.variable('connections')} is the number, and the server must hold it."
        f"{about_parent()}"
    )
