"""System checks that need no connection: the budget is arithmetic."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name

from connections.conf import get_budget, get_role_name, get_role_names
from connections.refusal import over_reserve

TAG = "connections"


@register(TAG)
def check_budget_fits(**_: Any) -> list[CheckMessage]:
    budget = get_budget()
    if budget.fits:
        return []
    message = f"The connection budget does not fit the server.\n{budget.explain()}"
    return [Error(message, hint=budget.remedy(), id="connections.E001")]


@register(TAG)
def check_rolling_deploy_fits(**_: Any) -> list[CheckMessage]:
    budget = get_budget()
    if budget.rolling_fits or not budget.fits:
        return []
    message = (
        "A rolling deploy does not fit: with both generations alive "
        f"2 x {budget.total} + {budget.reserved} = {budget.rolling_total} connections are needed, "
        f"of {budget.max_connections}."
    )
    hint = f"Stop the old processes before starting the new ones. Otherwise: {budget.remedy()}"
    return [Warning(message, hint=hint, id="connections.W001")]


@register(TAG)
def check_roles_have_their_own_database_user(**_: Any) -> list[CheckMessage]:
    fleet = {role.name for role in get_budget().roles}
    declared: dict[str, str] = getattr(settings, "ROLE_DATABASE_USERS", {})
    users = {name: user for name, user in declared.items() if name in fleet}
    if len(users) < 2 or len(set(users.values())) > 1:
        return []
    message = "All roles share one database user, so PostgreSQL cannot limit a role by itself."
    hint = "Set ROLE_<ROLE>_DATABASE_USER; then each can have its own CONNECTION LIMIT."
    return [Warning(message, hint=hint, id="connections.W002")]


@register(TAG)
def check_commands_fit_the_reserve(**_: Any) -> list[CheckMessage]:
    budget = get_budget()
    hint = "Lower ROLE_COMMAND_CONNECTIONS or raise DB_RESERVED_CONNECTIONS."
    return [
        Error(over_reserve(budget, role), hint=hint, id="connections.E003")
        for role in budget.reserve_roles
        if role.peak > budget.operations_reserved
    ]


@register(TAG)
def check_process_role_is_known(**_: Any) -> list[CheckMessage]:
    if get_role_name() in get_role_names():
        return []
    message = f"PROCESS_ROLE={get_role_name()!r} is not a role of the connection budget."
    hint = f"Use one of: {', '.join(get_role_names())}."
    return [Error(message, hint=hint, id="connections.E002")]
