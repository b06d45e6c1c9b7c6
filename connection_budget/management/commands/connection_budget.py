import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, DjangoHelpFormatter
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from connection_budget.budget.budget import Budget
from connection_budget.budget.fit import Proposal, propose
from connection_budget.budget.server_sql import server_sql
from connection_budget.budget.tables import budget_table
from connection_budget.conf import get_budget, get_capacities, get_role_name
from connection_budget.watch.server import (
    LiveServer,
    problems,
    read_server,
    server_lines,
    server_report,
)

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

It fits when total + reserved <= max_connections (DB_MAX_CONNECTIONS). Without --live and --fit no
connection is opened. Exit code 0 when it fits; 1 when it does not, with the arithmetic on stderr,
or when the server says otherwise; 2 for bad usage.

With --live: how many connections each role has now, who else is connected, and the server's limits.
With --fit: the sizes that fit the server at hand, the variables to set, and what they cost. The
exit code is about the sizes that are set, not the proposed ones.

With --sql: print the statements that make PostgreSQL hold each role to its share (logins, grants,
CONNECTION LIMIT, timeouts; never a password), and nothing when the budget does not fit."""


class _HelpFormatter(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Django's, keeping the line breaks of the table above."""


class Command(BaseCommand):
    help = HELP
    requires_system_checks = ()  # a refusal is our answer

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(
            prog_name, subcommand, formatter_class=_HelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--live", action="store_true", help="look at the server, too")
        parser.add_argument("--sql", action="store_true", help="print SQL for an administrator")
        parser.add_argument("--fit", action="store_true", help="propose sizes for the server")

    def handle(
        self,
        *,
        format: str,  # noqa: A002 - the option's name
        live: bool,
        sql: bool,
        fit: bool,
        **_: Any,
    ) -> None:
        if sql and (format == "json" or live or fit):
            others = "--format json, --live and --fit"
            raise CommandError(f"--sql prints SQL; leave out {others}.", returncode=BAD_USAGE)
        budget = get_budget()
        # Only a proposal needs the server although the budget does not fit.
        server = _read_server() if fit or (live and budget.fits) else None
        proposal = _propose(budget, server) if fit and server else None
        if not sql:
            self.stdout.write(_report(budget, server, proposal, as_json=format == "json"))
        if fit and proposal is None:
            raise CommandError(_nothing_fits(budget))
        if not budget.fits:
            raise CommandError(f"The connection budget does not fit.\n{budget.explain()}")
        if sql:
            self.stdout.write(_sql(budget))
        if live and server and (found := problems(budget, server)):
            raise CommandError("\n".join(found))


def _read_server() -> LiveServer:
    vendor = connections[DEFAULT_DB_ALIAS].vendor
    if vendor != "postgresql":
        message = f"--live and --fit ask a PostgreSQL; the default database is {vendor}."
        raise CommandError(message, returncode=BAD_USAGE)
    try:
        return read_server()
    except OperationalError as error:
        reason = " ".join(str(error).split())
        raise CommandError(f"The database (DATABASE_URL) cannot be reached: {reason}") from None


def _report(
    budget: Budget, server: LiveServer | None, proposal: Proposal | None, *, as_json: bool
) -> str:
    live = server.by_role([role.name for role in budget.roles]) if server else None
    if as_json:
        report: dict[str, Any] = {**budget.as_dict(live)}
        if server:
            report["server"] = server_report(budget, server)
        if proposal:
            report["proposal"] = _proposal_report(proposal)
        return json.dumps(report)
    lines = [budget_table(budget, live)]
    if server:
        lines += ["", *server_lines(budget, server)]
    if proposal:
        lines += ["", *_proposal_lines(proposal)]
    return "\n".join(lines)


def _propose(budget: Budget, server: LiveServer) -> Proposal | None:
    return propose(
        budget,
        max_connections=server.max_connections,
        superuser_reserved=server.superuser_reserved,
        reserved_connections=server.reserved_connections,
        foreign=server.foreign(),
    )


def _proposal_report(proposal: Proposal) -> dict[str, Any]:
    return {
        "variables": proposal.variables(),
        "rolling": proposal.rolling,
        "costs": proposal.costs(get_capacities()),
        "budget": proposal.budget.as_dict(),
    }


def _proposal_lines(proposal: Proposal) -> list[str]:
    variables = [f"{name}={value}" for name, value in proposal.variables().items()]
    rolling = "also during a rolling deploy" if proposal.rolling else "but not a rolling deploy"
    if not variables:
        return [f"proposal: it fits as it is, {rolling}"]
    budget = proposal.budget
    sum_ = f"{budget.total} + {budget.reserved} <= {budget.max_connections}"
    costs = proposal.costs(get_capacities())
    return [
        f"proposal: fits, {rolling} ({sum_})",
        *variables,
        *(["costs:", *costs] if costs else []),
    ]


def _nothing_fits(budget: Budget) -> str:
    return (
        "Nothing fits: the server is too small for one process an instance of every role with one "
        f"connection each. Fewer ROLE_<ROLE>_INSTANCES, a smaller DB_RESERVED_CONNECTIONS (now "
        f"{budget.operations_reserved}) or a larger max_connections would help."
    )


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
