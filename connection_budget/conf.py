"""What a project tells us in its Django settings: CONNECTION_BUDGET, PROCESS_ROLE, ROLE_…."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS

from connection_budget.budget.budget import Budget
from connection_budget.budget.environment import MOST_SHOWN
from connection_budget.budget.fit import Capacity
from connection_budget.budget.roles import Role

# Less is no time for a page; nobody means more than a day, and threads cannot wait for ages.
MIN_DEADLINE_SECONDS = 0.01
MOST_SECONDS = 86_400.0
# For which a checkout waits for a connection that is being made; its seat it has already.
POOL_TIMEOUT_SECONDS = 3.0


def get_budget() -> Budget:
    """The fleet's budget. Raises `ImproperlyConfigured` when the project declares none."""
    budget = getattr(settings, "CONNECTION_BUDGET", None)
    if not isinstance(budget, Budget):
        raise ImproperlyConfigured(
            "CONNECTION_BUDGET must be a connection_budget.budget.Budget, for example "
            "budget_from_environment(os.environ, FLEET)."
        )
    return _with_logins(budget)


def _with_logins(budget: Budget) -> Budget:
    """Behind a pooler each login has a pool; ROLE_DATABASE_USERS may know more of them."""
    declared: dict[str, str] = getattr(settings, "ROLE_DATABASE_USERS", {})
    if budget.pooler is None or not declared:
        return budget
    default = settings.DATABASES.get(DEFAULT_DB_ALIAS, {}).get("USER", "")
    roles = (*budget.roles, *budget.reserve_roles)
    logins = len({declared.get(role.name, default) for role in roles})
    pooler = replace(budget.pooler, logins=max(logins, budget.pooler.logins))
    return replace(budget, pooler=pooler)


def get_role_name() -> str:
    """The role this process was started for; a management command when nobody says."""
    return str(getattr(settings, "PROCESS_ROLE", "command"))


def get_role() -> Role:
    """This process's role. Raises `ImproperlyConfigured` when the budget does not know it."""
    name = get_role_name()
    try:
        return get_budget().role(name)
    except KeyError:
        raise ImproperlyConfigured(
            f"PROCESS_ROLE={name!r} is not in the connection budget. "
            f"Known roles: {', '.join(get_role_names())}."
        ) from None


def get_seat_deadline() -> float:
    """Seconds for which a request may have a connection (SEAT_DEADLINE_SECONDS)."""
    return _seconds("SEAT_DEADLINE_SECONDS", 15.0, least=MIN_DEADLINE_SECONDS)


def get_wait_seconds() -> float:
    """Seconds for which somebody waits for a connection (CONNECTION_BUDGET_WAIT_SECONDS)."""
    return _seconds("CONNECTION_BUDGET_WAIT_SECONDS", 5.0, least=0)


def pool_timeout(alias: str, pool: Any) -> float:
    """Seconds for which a checkout waits, as `pool` (OPTIONS["pool"] of the database) has it."""
    declared = pool.get("timeout", POOL_TIMEOUT_SECONDS) if isinstance(pool, dict) else None
    name = f"DATABASES[{alias!r}]['OPTIONS']['pool']['timeout']"
    least = MIN_DEADLINE_SECONDS  # psycopg_pool refuses who has no time, whatever it has
    return _as_seconds(name, POOL_TIMEOUT_SECONDS if declared is None else declared, least=least)


def _seconds(name: str, default: float, *, least: float) -> float:
    return _as_seconds(name, getattr(settings, name, default), least=least)


def _as_seconds(name: str, declared: Any, *, least: float) -> float:
    """Raises `ImproperlyConfigured`: who waits by what is no time may wait for ever."""
    try:
        seconds = math.nan if isinstance(declared, bool) else float(declared)
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if least <= seconds <= MOST_SECONDS:  # never true of nan
        return seconds
    wanted = f"seconds are wanted, {least:g} to {MOST_SECONDS:g}"
    raise ImproperlyConfigured(f"{name}={repr(declared)[:MOST_SHOWN]}: {wanted}.")


def get_shares() -> dict[str, int]:
    """How the databases share this role's connections (CONNECTION_BUDGET_SHARES): by role, or one
    for all."""
    declared = getattr(settings, "CONNECTION_BUDGET_SHARES", {})
    return dict(declared.get(get_role_name(), {}) if _is_by_role(declared) else declared)


def _is_by_role(declared: Mapping[str, Any]) -> bool:
    return any(isinstance(value, Mapping) for value in declared.values())


def get_role_names() -> list[str]:
    """Every name PROCESS_ROLE may have."""
    budget = get_budget()
    return [role.name for role in (*budget.roles, *budget.reserve_roles)]


def get_capacities() -> dict[str, Capacity]:
    """What the project says a role does at once (ROLE_CAPACITIES), for `--fit` to tell costs."""
    return dict(getattr(settings, "ROLE_CAPACITIES", {}))
