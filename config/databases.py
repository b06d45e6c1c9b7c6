"""From a process role to Django's DATABASES: who connects, how, and under which name.

Two regimes (measured; see the shared notes on connections): the web role uses Django's psycopg
pool, because a connection is borrowed for a request; every other role owns its connections, one
per lane thread, because there threads are the bound and Celery destroys pools around each task.
"""

from __future__ import annotations

from typing import Any, Protocol

from environ import Env

from config.addresses import database_settings
from connection_budget.budget.roles import Role

WEB = "web"
# Seconds until a server that does not answer a connection attempt is given up.
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


class Embedded(Protocol):
    """What this module needs of the embedded server."""

    @property
    def connection(self) -> dict[str, str]: ...

    def login(self, role: str) -> tuple[str, str]: ...


def databases_for(
    role: str, *, connections: int, env: Env, embedded: Embedded | None
) -> dict[str, dict[str, Any]]:
    """DATABASES for one process of `role` that may hold `connections` connections."""
    database: dict[str, Any] = _address(role, env, embedded)
    # Those of DATABASE_URL come before ours.
    options = database["OPTIONS"] = KEEPALIVE | database.get("OPTIONS", {})
    options |= {"application_name": role, "connect_timeout": CONNECT_TIMEOUT_SECONDS}
    database["ENGINE"] = "connection_budget.postgresql"
    if role == WEB:
        database["CONN_MAX_AGE"] = 0
        options["pool"] = {"max_size": connections}
    else:
        database["CONN_MAX_AGE"] = None
        database["CONN_HEALTH_CHECKS"] = True
    # Behind a pooler in transaction mode no cursor outlives its transaction; and in the web role
    # a stream gives its connection back between two parts.
    database["DISABLE_SERVER_SIDE_CURSORS"] = (
        role == WEB or env.str("DATABASE_POOLER", default="none") == "transaction"
    )
    return {"default": database}


def _address(role: str, env: Env, embedded: Embedded | None) -> dict[str, Any]:
    if embedded is None:
        database: dict[str, Any] = database_settings(env.str("DATABASE_URL"))
        user, password = database.get("USER", ""), database.get("PASSWORD", "")
    else:
        place = embedded.connection
        user, password = embedded.login(role)
        database = {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": place["host"],
            "PORT": place["port"],
            "NAME": place["dbname"],
        }
    prefix = f"ROLE_{role.upper()}_DATABASE"
    database["USER"] = env.str(f"{prefix}_USER", default=user)
    database["PASSWORD"] = env.str(f"{prefix}_PASSWORD", default=password)
    return database


def database_users(
    roles: tuple[Role, ...], *, env: Env, embedded: Embedded | None
) -> dict[str, str]:
    """The login role each process role connects as."""
    return {role.name: _address(role.name, env, embedded)["USER"] for role in roles}
