"""System checks: the budget is arithmetic, and `check --database` compares it with the server."""

import os
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections

from connection_budget.budget.budget import Budget
from connection_budget.budget.refusal import over_reserve
from connection_budget.budget.roles import Role
from connection_budget.budget.spelling import find_misspelt
from connection_budget.conf import (
    get_budget,
    get_role_name,
    get_role_names,
    get_seat_deadline,
    get_wait_seconds,
)
from connection_budget.watch.server import LiveLogin, limit_problems, read_logins, read_server
from connection_budget.watch.suitability import kind_of, problems_of

TAG = "connection_budget"
RELEASE = "connection_budget.seats.middleware.ReleaseMiddleware"
APPLY_SQL = "Apply what manage.py connection_budget --sql prints."


@checks.register(TAG)
def check_budget_fits(**_: Any) -> list[checks.CheckMessage]:
    budget = get_budget()
    if budget.fits:
        return []
    message = f"The connection budget does not fit the server.\n{budget.explain()}"
    return [checks.Error(message, hint=budget.remedy(), id="connection_budget.E001")]


@checks.register(TAG)
def check_rolling_deploy_fits(**_: Any) -> list[checks.CheckMessage]:
    budget = get_budget()
    if budget.rolling_fits or not budget.fits:
        return []
    message = (
        "A rolling deploy does not fit: with both generations alive "
        f"2 x {budget.total} + {budget.kept_free} = {budget.rolling_total} connections are needed, "
        f"of {budget.limit}."
    )
    hint = f"Stop the old processes before starting the new ones. Otherwise: {budget.remedy()}"
    return [checks.Warning(message, hint=hint, id="connection_budget.W001")]


@checks.register(TAG)
def check_roles_have_their_own_database_user(**_: Any) -> list[checks.CheckMessage]:
    fleet = {role.name for role in get_budget().roles}
    declared: dict[str, str] = getattr(settings, "ROLE_DATABASE_USERS", {})
    users = {name: user for name, user in declared.items() if name in fleet}
    if len(users) < 2 or len(set(users.values())) > 1:
        return []
    message = "All roles share one database user, so PostgreSQL cannot limit a role by itself."
    hint = "Set ROLE_<ROLE>_DATABASE_USER; then each can have its own CONNECTION LIMIT."
    return [checks.Warning(message, hint=hint, id="connection_budget.W002")]


@checks.register(TAG)
def check_commands_fit_the_reserve(**_: Any) -> list[checks.CheckMessage]:
    budget = get_budget()
    hint = "Lower ROLE_COMMAND_CONNECTIONS or raise DB_RESERVED_CONNECTIONS."
    return [
        checks.Error(over_reserve(budget, role), hint=hint, id="connection_budget.E003")
        for role in budget.reserve_roles
        if role.peak > budget.operations_reserved
    ]


@checks.register(TAG)
def check_process_role_is_known(**_: Any) -> list[checks.CheckMessage]:
    if get_role_name() in get_role_names():
        return []
    message = f"PROCESS_ROLE={get_role_name()!r} is not a role of the connection budget."
    hint = f"Use one of: {', '.join(get_role_names())}."
    return [checks.Error(message, hint=hint, id="connection_budget.E002")]


@checks.register(TAG)
def check_sizes_are_spelt_as_they_are_read(**_: Any) -> list[checks.CheckMessage]:
    budget = get_budget()
    found = find_misspelt(os.environ, (*budget.roles, *budget.reserve_roles))
    return [
        checks.Warning(
            f"{name} is set, and nothing reads it.",
            hint=f"Is {meant} meant?" if meant else f"The roles are {', '.join(get_role_names())}.",
            id="connection_budget.W012",
        )
        for name, meant in found
    ]


@checks.register(TAG)
def check_seconds_are_a_time(**_: Any) -> list[checks.CheckMessage]:
    """Those that nobody reads before somebody waits by them."""
    messages: list[checks.CheckMessage] = []
    for read in (get_wait_seconds, get_seat_deadline):
        try:
            read()
        except ImproperlyConfigured as error:
            messages.append(checks.Error(str(error), id="connection_budget.E011"))
    return messages


@checks.register(TAG)
def check_connections_are_released_before_the_answer_is_sent(**_: Any) -> list[checks.CheckMessage]:
    """Whatever the role of this process: `check` runs as a command, pages are another's."""
    middleware = list(getattr(settings, "MIDDLEWARE", []) or [])
    if middleware[:1] == [RELEASE] or not _has_pages(middleware):
        return []
    message = f"{RELEASE} is not the first of MIDDLEWARE: whoever reads slowly keeps a connection."
    hint = "Put it in front of all others, so that it sees the response when it is finished."
    return [checks.Error(message, hint=hint, id="connection_budget.E006")]


def _has_pages(middleware: list[str]) -> bool:
    pooled = settings.DATABASES.get(DEFAULT_DB_ALIAS, {}).get("OPTIONS", {}).get("pool")
    return bool(pooled) or RELEASE in middleware


@checks.register(checks.Tags.database)
def check_server_holds_the_budget(databases: Any = None, **_: Any) -> list[checks.CheckMessage]:
    """Only with `--database`, and in `migrate`: the server's limits and those of the logins."""
    alias = DEFAULT_DB_ALIAS
    budget = get_budget()
    if not _is_asked(databases) or not budget.fits:
        return []
    hint = "manage.py connection_budget --fit proposes sizes for this server."
    limits: list[checks.CheckMessage] = [
        checks.Error(problem, hint=hint, id="connection_budget.E004")
        for problem in limit_problems(budget, read_server(alias))
    ]
    roles = _roles_by_login(budget, alias)
    logins = sorted(read_logins(roles, alias).items())
    return [
        *limits,
        *(
            message
            for name, login in logins
            for message in _login_messages(login, name, roles[name], budget)
        ),
        *_without_limit([name for name, login in logins if login.limit < 0], roles),
    ]


@checks.register(checks.Tags.database)
def check_server_is_suitable(databases: Any = None, **_: Any) -> list[checks.CheckMessage]:
    """Only with `--database`, and in `migrate`: the server's version, the database's encoding."""
    if not _is_asked(databases):
        return []
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    problems = problems_of(kind_of(connection.connection))
    return [checks.Error(problem, id="connection_budget.E007") for problem in problems]


def _is_asked(databases: Any) -> bool:
    """The arithmetic can be had beside any database; only PostgreSQL has these limits."""
    asked = DEFAULT_DB_ALIAS in (databases or ())
    return asked and connections[DEFAULT_DB_ALIAS].vendor == "postgresql"


def _roles_by_login(budget: Budget, alias: str) -> Mapping[str, list[Role]]:
    users: dict[str, str] = getattr(settings, "ROLE_DATABASE_USERS", {})
    default = str(settings.DATABASES[alias].get("USER") or "")
    found: dict[str, list[Role]] = {}
    for role in budget.roles:
        found.setdefault(users.get(role.name, default), []).append(role)
    return found


def _login_messages(
    login: LiveLogin, name: str, roles: list[Role], budget: Budget
) -> list[checks.CheckMessage]:
    names = ", ".join(role.name for role in roles)
    needed = budget.server_peak(roles)
    if login.superuser:
        message = f"{names}: the login {name} is a superuser, so PostgreSQL cannot limit it."
        return [
            checks.Warning(message, hint="Use a login that is none.", id="connection_budget.W004")
        ]
    if 0 <= login.limit < needed:
        message = (
            f"{names}: the login {name} has CONNECTION LIMIT {login.limit}, less than the "
            f"{needed} connections of its roles."
        )
        return [checks.Error(message, hint=APPLY_SQL, id="connection_budget.E005")]
    return []


def _without_limit(logins: list[str], roles: Mapping[str, list[Role]]) -> list[checks.CheckMessage]:
    if not logins:
        return []
    lines = [f"{name} ({', '.join(role.name for role in roles[name])})" for name in logins]
    message = f"Logins without a CONNECTION LIMIT, so nothing enforces it: {', '.join(lines)}."
    return [checks.Warning(message, hint=APPLY_SQL, id="connection_budget.W005")]
