"""System checks of settings that would void a promise without a word.

They look at the settings as they are for this PROCESS_ROLE: run `check` with each role that is
started (`PROCESS_ROLE=web manage.py check`).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import load_backend
from django.utils.module_loading import import_string

from connection_budget.budget.shares import SharesError
from connection_budget.cap.limits import ENGINE, counted_aliases, shares
from connection_budget.cap.process import opened_while_loading
from connection_budget.cap.wrapper import Capped
from connection_budget.conf import get_budget, get_role_name, get_shares, pool_timeout

TAG = "connection_budget"


def _options(alias: str) -> dict[str, Any]:
    return dict(settings.DATABASES[alias].get("OPTIONS") or {})


def _with_engine() -> list[str]:
    """Databases that have our engine; by themselves no settings need to have one."""
    aliases = [alias for alias in counted_aliases() if alias in settings.DATABASES]
    return [alias for alias in aliases if settings.DATABASES[alias].get("ENGINE") == ENGINE]


@checks.register(TAG)
def check_middleware_is_asynchronous(**_: Any) -> list[checks.CheckMessage]:
    """Only where pages are served from a pool: elsewhere nothing is to be gained."""
    if not any(_options(alias).get("pool") for alias in _with_engine()):
        return []
    hint = (
        "Make it async capable. Where connection_budget.seats.handler serves the pages, it gives "
        "connections back between the parts of a stream all the same: then silence this."
    )
    return [
        checks.Warning(
            f"{path} is a synchronous middleware: under ASGI all that stand in front of it become "
            "so, too, and ReleaseMiddleware no longer sees the parts of a stream.",
            hint=hint,
            id="connection_budget.W006",
        )
        for path in getattr(settings, "MIDDLEWARE", None) or []
        if not getattr(import_string(path), "async_capable", False)
    ]


@checks.register(TAG)
def check_pools_keep_no_connections_by_age(**_: Any) -> list[checks.CheckMessage]:
    hint = "Set CONN_MAX_AGE to 0 where there is a pool: the pool keeps the connections."
    return [
        checks.Error(
            f"The database {alias!r} has a pool and CONN_MAX_AGE = "
            f"{settings.DATABASES[alias].get('CONN_MAX_AGE')!r}: its first query will fail.",
            hint=hint,
            id="connection_budget.E008",
        )
        for alias in _with_engine()
        if _options(alias).get("pool") and settings.DATABASES[alias].get("CONN_MAX_AGE", 0) != 0
    ]


@checks.register(TAG)
def check_pools_wait_for_a_time(**_: Any) -> list[checks.CheckMessage]:
    """Nobody reads it before the first query, whose error it would be."""
    messages: list[checks.CheckMessage] = []
    for alias in _with_engine():
        try:
            pool_timeout(alias, _options(alias).get("pool"))
        except ImproperlyConfigured as error:
            messages.append(checks.Error(str(error), id="connection_budget.E011"))
    return messages


@checks.register(TAG)
def check_prefork_roles_have_no_pool(**_: Any) -> list[checks.CheckMessage]:
    """Celery closes the pool before and after each task: what is out then is in none."""
    name = get_role_name()
    prefork = {role.name for role in get_budget().roles if role.kind.has_main}
    if name not in prefork:
        return []
    hint = "Leave the pool out, with CONN_MAX_AGE = None: lanes keep their connections."
    return [
        checks.Error(
            f"The database {alias!r} has a pool in the prefork role {name}.",
            hint=hint,
            id="connection_budget.E009",
        )
        for alias in _with_engine()
        if _options(alias).get("pool")
    ]


@checks.register(TAG)
def check_connections_tell_their_role(**_: Any) -> list[checks.CheckMessage]:
    hint = f"Set OPTIONS['application_name'] of each to PROCESS_ROLE (now {get_role_name()!r})."
    return [
        checks.Warning(
            f"The database {alias!r} has no application_name: --live, /health and the metrics "
            "cannot tell whose its connections are.",
            hint=hint,
            id="connection_budget.W007",
        )
        for alias in _with_engine()
        if not _options(alias).get("application_name")
    ]


@checks.register(TAG)
def check_databases_share_what_there_is(**_: Any) -> list[checks.CheckMessage]:
    aliases = _with_engine()
    if len(aliases) < 2:
        return []
    budget = get_budget()
    few = [role for role in budget.roles if role.connections < len(aliases)]
    names = ", ".join(role.name for role in few)
    messages: list[checks.CheckMessage] = []
    if few:
        message = f"{len(aliases)} databases, but fewer connections in a process of {names}."
        hint = f"Raise {few[0].variable('connections')}; until then a thread has one at a time."
        messages.append(checks.Warning(message, hint=hint, id="connection_budget.W008"))
    try:
        shares(budget.role(get_role_name()).connections)
    except SharesError as error:
        messages.append(checks.Error(str(error), id="connection_budget.E010"))
    except KeyError:
        pass  # a role that nobody declared has an error of its own
    if not get_shares():
        message = "Several databases share a role's connections, and nobody says how: evenly."
        hint = "Say it in CONNECTION_BUDGET_SHARES, by role and alias."
        messages.append(checks.Warning(message, hint=hint, id="connection_budget.W009"))
    return messages


@checks.register(TAG)
def check_databases_are_counted(**_: Any) -> list[checks.CheckMessage]:
    hint = f"Use {ENGINE}, or put its DatabaseWrapper before the other's, as a base of your own."
    return [
        checks.Warning(
            f"The connections of the database {alias!r} are not counted: its ENGINE is {engine}.",
            hint=hint,
            id="connection_budget.W010",
        )
        for alias in settings.DATABASES
        if _counts_nothing(engine := settings.DATABASES[alias].get("ENGINE", ""))
    ]


def _counts_nothing(engine: str) -> bool:
    """Whether it is a backend for PostgreSQL (Django's own, PostGIS, …) that knows no cap."""
    if not engine:
        return False
    wrapper = load_backend(engine).DatabaseWrapper
    return wrapper.vendor == "postgresql" and not issubclass(wrapper, Capped)


@checks.register(TAG)
def check_nothing_connects_while_loading(**_: Any) -> list[checks.CheckMessage]:
    hint = (
        "Ask the database later. A server that loads the project before it forks (gunicorn "
        "--preload) would have this connection beside those of its children."
    )
    return [
        checks.Warning(
            f"A connection was opened while the project was loaded, at {place or 'some import'}.",
            hint=hint,
            id="connection_budget.W011",
        )
        for place in opened_while_loading()
    ]
