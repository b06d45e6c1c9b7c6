import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, DjangoHelpFormatter

from connections.conf import get_budget
from connections.tables import budget_table

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
Exit code 0 when it fits; 1 when it does not, with the arithmetic on stderr."""


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

    def handle(self, *, format: str, **_: Any) -> None:  # noqa: A002 - the option's name
        budget = get_budget()
        self.stdout.write(
            json.dumps(budget.as_dict()) if format == "json" else budget_table(budget)
        )
        if not budget.fits:
            raise CommandError(f"The connection budget does not fit.\n{budget.explain()}")
