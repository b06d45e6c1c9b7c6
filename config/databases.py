"""From a process role to Django's DATABASES: who connects, where, and under which name."""

from __future__ import annotations

from typing import Any, Protocol

from environ import Env

from config.addresses import database_settings
from connection_budget.budget.budget import Budget
from connection_budget.budget.roles import Role
from connection_budget.databases import for_role


class Embedded(Protocol):
    """What this module needs of the embedded server."""

    @property
    def connection(self) -> dict[str, str]: ...

    def login(self, role: str) -> tuple[str, str]: ...


def databases_for(
    role: str, budget: Budget, *, env: Env, embedded: Embedded | None
) -> dict[str, dict[str, Any]]:
    """DATABASES for one process of `role`."""
    database = _address(role, env, embedded)
    # How long one waits for a server, and who asks, is not the address's to say.
    told = {"application_name", "connect_timeout"}
    options = database.get("OPTIONS", {})
    database["OPTIONS"] = {name: options[name] for name in options if name not in told}
    return for_role(role, budget, {"default": database})


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
