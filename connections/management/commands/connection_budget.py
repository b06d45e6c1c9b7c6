import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, DjangoHelpFormatter

from connections.budget import Budget
from connections.conf import get_budget, get_role_name
from connections.server_sql import server_sql
from connections.tables import budget_table

BAD_USAGE = 2

HELP = """\
Show how many database connections the whole fleet can open, and whether they fit.

  processes    in the whole fleet: ROLE_<ROLE>_PROCESSES
  per process  ROLE_<ROLE>_CONNECTIONS: the pool (web, plus 1 for its sampler) or the lanes
  main         main processes of workers, one for each of ROLE_<ROLE>_INSTANCES
  overlap      children still going while their successor starts, one an instance
  peak         (processes + overlap) x per process + main
  reserved     DB_RESERVED_CONNECTIONS for people and tools, and PostgreSQL's own reserves
  rolling      2 x total + reserved: old and new fleet alive together

It fits when total + reserved <= max_connections (DB_MAX_CONNECTIONS). No connection is opened.
Exit code 0 when it fits; 1 when it does not, with the arithmetic on stderr; 2 for bad usage.

With --sql: print the statements that make PostgreSQL hold each role to its share (logins, grants,
CONNECTION LIMIT, timeouts; never a password), and nothing when the budget does not fit."""


class _HelpFormatter(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Django's, keeping the line breaks of the table above."""


class Command(BaseCommand):
    help = HELP
    requires_system_checks: list[str] = []  # noqa: RUF012 - BaseCommand's; a refusal is our answer

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(
            prog_name, subcommand, formatter_class=_HelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--sql", action="store_true", help="print SQL for an administrator")

    def handle(self, *, format: str, sql: bool, **_: Any) -> None:  # noqa: A002 - the option's name
        if sql and format == "json":
            raise CommandError("--sql prints SQL; leave out --format json.", returncode=BAD_USAGE)
        budget = get_budget()
        if not sql:
            self.stdout.write(
                json.dumps(budget.as_dict()) if format == "json" else budget_table(budget)
            )
        if not budget.fits:
            raise CommandError(f"The connection budget does not fit.\n{budget.explain()}")
        if sql:
            self.stdout.write(_sql(budget))


def _sql(budget: Budget) -> str:
    database = settings.DATABASES["default"]
    users: dict[str, str] = getattr(settings, "ROLE_DATABASE_USERS", {})
    try:
        return server_sql(
            budget,
            database=str(database.get("NAME") or ""),
            owner=_owner(budget, users, str(database.get("USER") or "")),
            users=users,
        )
    except ValueError as error:
        raise CommandError(
            f"{error} Look at DATABASE_URL and ROLE_<ROLE>_DATABASE_USER.",
            returncode=BAD_USAGE,
        ) from None


def _owner(budget: Budget, users: dict[str, str], user: str) -> str:
    """The login of commands: theirs is the schema."""
    for role in budget.reserve_roles:
        if role.name in users:
            return users[role.name]
    if get_role_name() in {role.name for role in budget.roles}:
        raise CommandError(
            f"PROCESS_ROLE={get_role_name()} does not know the owner of the database; "
            "run --sql with PROCESS_ROLE=command.",
            returncode=BAD_USAGE,
        )
    return user
