"""Django's DATABASES as one process of a role wants them; for settings, so it reads none.

Two regimes: a role that serves pages borrows from Django's pool for each request; every other role
owns its connections, one in a thread, for there threads are the bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from connection_budget.budget.budget import Budget
from connection_budget.budget.roles import Role

ENGINE = "connection_budget.postgresql"
STOCK = "django.db.backends.postgresql"
CONNECT_TIMEOUT_SECONDS = 5
# A way to the server that has died in silence is found by the kernel: after 45 seconds when
# nothing is said, after 10 when something was sent. (Deadlines find what only acknowledges.)
KEEPALIVE = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}


def for_role(
    name: str, budget: Budget, databases: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """`databases` with the engine, pool and options of the role `name`.

    Those of other engines than Django's PostgreSQL stay as they are, and so does what an option
    says already. Raises `ImproperlyConfigured` for a role that nobody declared.
    """
    role = _role(name, budget)
    behind_a_pooler = budget.pooler is not None
    return {
        alias: _of_the_role(role, database, behind_a_pooler=behind_a_pooler)
        if database.get("ENGINE", ENGINE) in {ENGINE, STOCK}
        else dict(database)
        for alias, database in databases.items()
    }


def _role(name: str, budget: Budget) -> Role:
    try:
        return budget.role(name)
    except KeyError:
        known = ", ".join(role.name for role in (*budget.roles, *budget.reserve_roles))
        raise ImproperlyConfigured(
            f"PROCESS_ROLE={name!r} is not in the connection budget. Known roles: {known}."
        ) from None


def _of_the_role(
    role: Role, declared: Mapping[str, Any], *, behind_a_pooler: bool
) -> dict[str, Any]:
    options = {"connect_timeout": CONNECT_TIMEOUT_SECONDS, "application_name": role.name}
    database = {**declared, "ENGINE": ENGINE}
    database["OPTIONS"] = KEEPALIVE | options | dict(declared.get("OPTIONS") or {})
    if role.kind.serves_pages:
        database["CONN_MAX_AGE"] = 0
        pool = database["OPTIONS"].get("pool")
        declared_pool = pool if isinstance(pool, dict) else {}
        database["OPTIONS"]["pool"] = {**declared_pool, "max_size": role.connections}
    else:
        database["OPTIONS"].pop("pool", None)
        database |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    # Behind a pooler in transaction mode no cursor outlives its transaction; and where pages are
    # served a stream gives its connection back between two parts.
    database["DISABLE_SERVER_SIDE_CURSORS"] = (
        role.kind.serves_pages
        or behind_a_pooler
        or declared.get("DISABLE_SERVER_SIDE_CURSORS", False)
    )
    return database
