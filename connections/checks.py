"""System checks that need no connection: the budget is arithmetic."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name

from connections.conf import get_budget, get_role_name, get_role_names

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
    users: dict[str, str] = getattr(settings, "ROLE_DATABASE_USERS", {})
    if len(users) < 2 or len(set(users.values())) > 1:
        return []
    message = "All roles share one database user, so PostgreSQL cannot limit a role by itself."
    hint = "Set ROLE_<ROLE>_DATABASE_USER; then each can have its own CONNECTION LIMIT."
    return [Warning(message, hint=hint, id="connections.W002")]


@register(TAG)
def check_commands_fit_the_reserve(**_: Any) -> list[CheckMessage]:
    budget = get_budget()
    needed = sum(role.peak for role in budget.reserve_roles)
    if needed <= budget.operations_reserved:
        return []
    message = (
        f"One management command may open {needed} connections, but the operations reserve it "
        f"lives from is {budget.operations_reserved}."
    )
    hint = "Lower ROLE_COMMAND_CONNECTIONS or raise DB_RESERVED_CONNECTIONS."
    return [Warning(message, hint=hint, id="connections.W003")]


@register(TAG)
def check_process_role_is_known(**_: Any) -> list[CheckMessage]:
    if get_role_name() in get_role_names():
        return []
    message = f"PROCESS_ROLE={get_role_name()!r} is not a role of the connection budget."
    hint = f"Use one of: {', '.join(get_role_names())}."
    return [Error(message, hint=hint, id="connections.E002")]
