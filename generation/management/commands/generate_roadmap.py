"""`manage.py generate_roadmap`: parse, call Foreground, print."""

from __future__ import annotations

import argparse
import json
import sys
import uuid
from contextlib import nullcontext
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from accounts.limits.refusals import Closed, LimitReached, say_when
from accounts.models import User
from generation.dispatch import Order, check_request
from generation.management.asking import is_meant
from generation.management.foreground import Foreground
from generation.management.printing import format_outline, format_report, format_skeleton
from generation.management.progress import planning
from generation.models import GenerationRun
from generation.port.errors import GoalRefused, ProviderError
from generation.port.goals import HOURS_PER_WEEK
from generation.port.provider import Provider, keeps_books
from generation.port.request import DEFAULT_CONCEPTS, OutlineRequest
from generation.port.skeleton import Skeleton
from generation.port.skeleton_edits import ALL_KNOWN
from generation.providers.registry import get_provider, provider_names
from generation.puller import runner
from generation.run_states import RunState
from roadmaps.bounds import LEVELS

BAD_USAGE = 2
# A run has these from its order, and is written as it was ordered.
OF_AN_ORDER = (
    "level", "language", "hours_per_week", "target_date", "concepts", "provider", "owner", "new",
    "plan_first", "dry_run",
)  # fmt: skip
EXIT_CODES = {RunState.READY: 0, RunState.PLANNED: 0, RunState.PARTIAL: 3}

EXAMPLES = """\
examples:
  manage.py generate_roadmap "Python web development"
  manage.py generate_roadmap "Python web development" --format json > roadmap.json
  manage.py generate_roadmap "Linear algebra" --level beginner --hours-per-week 6 --dry-run
  manage.py generate_roadmap --resume 1b4e28ba-2fa1-11d2-883f-0016d3cca427

exit status: 0 ready or planned, 3 partly ready, 1 failed or paused, 2 bad usage or refused goal
"""


class Command(BaseCommand):
    help = (
        "Write a roadmap for a goal: stages, modules, concepts, and for every concept a tutorial, "
        "resources and a quiz."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.epilog = EXAMPLES
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument("goal", nargs="?", help="what you want to learn, in a few words")
        parser.add_argument(
            "--resume", metavar="RUN", type=uuid.UUID, help="write what is missing of this run"
        )
        parser.add_argument("--level", choices=LEVELS, help="where you start (provider's choice)")
        parser.add_argument("--language", metavar="TAG", help="content language, such as en")
        parser.add_argument(
            "--hours-per-week",
            metavar="H",
            type=int,
            help=f"how much time you have ({HOURS_PER_WEEK.start}-{HOURS_PER_WEEK.stop - 1})",
        )
        parser.add_argument(
            "--target-date", metavar="DATE", type=date.fromisoformat, help="when, as 2027-03-14"
        )
        parser.add_argument(
            "--concepts",
            metavar="N",
            type=int,
            help="about how many (within a quarter; {}-{})".format(*DEFAULT_CONCEPTS),
        )
        parser.add_argument(
            "--provider", choices=provider_names(), help="who writes (CONTENT_PROVIDER)"
        )
        parser.add_argument("--owner", metavar="EMAIL", help="whose roadmap it is; else public")
        parser.add_argument(
            "--new", action="store_true", help="write it again although it is there already"
        )
        parser.add_argument(
            "--enqueue", action="store_true", help="have the workers write it, and watch"
        )
        parser.add_argument(
            "--plan-first",
            action="store_true",
            help="stop when there is a plan, and print it; --resume has it written",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="print the outline, write nothing"
        )
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *_args: Any, **options: Any) -> None:
        if bool(options["goal"]) == bool(options["resume"]):
            raise CommandError("Give a goal, or --resume with a run.", returncode=BAD_USAGE)
        if options["resume"]:
            _refuse_another_order(options)
        try:
            self._serve_what_is_meant(options)
        except (GoalRefused, ImproperlyConfigured) as error:
            raise CommandError(str(error), returncode=BAD_USAGE) from error
        except ProviderError as error:
            raise CommandError(str(error)) from error
        except (Closed, LimitReached) as error:
            when = say_when(getattr(error, "seconds", 0), None)
            raise CommandError(str(error.words) % {"when": when}) from error
        except OperationalError as error:
            raise CommandError(
                f"The database could not be used: {error}\n"
                "What was finished before is saved; try again with --resume."
            ) from error

    def _serve_what_is_meant(self, options: dict[str, Any]) -> None:
        try:
            self._serve(options)
        except GoalRefused as refused:
            if not refused.suggestions or not is_meant(refused.suggestions[0]):
                raise
            self._serve(options | {"goal": refused.suggestions[0]})

    def _serve(self, options: dict[str, Any]) -> None:
        if options["dry_run"]:
            self._print_outline(options)
            return
        with Foreground() as foreground:
            run_id, provider = self._choose_run(foreground, options)
            try:
                if options["enqueue"]:
                    foreground.follow(run_id)
                else:
                    foreground.generate(run_id, provider)
            except KeyboardInterrupt:
                self.stderr.write(_interrupted(run_id, is_enqueued=options["enqueue"]))
                sys.exit(1)
            if refusal := foreground.find_refusal(run_id):
                raise GoalRefused(refusal)
            if skeleton := foreground.find_plan(run_id):
                self._print_plan(run_id, skeleton, options["format"])
                return
            self._print_report(
                foreground.report(run_id), foreground.find_reason(run_id), options["format"]
            )

    def _print_plan(self, run_id: uuid.UUID, skeleton: Skeleton, format_: str) -> None:
        """A plan that waits for a word."""
        if format_ == "json":
            run = {"id": str(run_id), "state": RunState.PLANNED.value}
            told = {"run": run, "plan": skeleton.model_dump(mode="json")}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(format_skeleton(skeleton))
        self.stderr.write(f"To have it written: {_resume(run_id)}")

    def _print_outline(self, options: dict[str, Any]) -> None:
        provider = get_provider(options["provider"] or settings.CONTENT_PROVIDER)
        request = check_request(_request(options), provider)
        owner = None
        if options["owner"]:
            with Foreground() as foreground:
                owner = self._find_owner(foreground, options)
        with planning(provider) if keeps_books(provider) else nullcontext():
            outline = runner.plan_outline(request, provider, owner)
        if options["format"] == "json":
            self.stdout.write(outline.model_dump_json())
        else:
            self.stdout.write(format_outline(outline))

    def _find_owner(self, foreground: Foreground, options: dict[str, Any]) -> User | None:
        try:
            return foreground.find_owner(options["owner"])
        except User.DoesNotExist:
            raise CommandError(
                f"--owner: nobody has the address {options['owner']}.", returncode=BAD_USAGE
            ) from None

    def _choose_run(
        self, foreground: Foreground, options: dict[str, Any]
    ) -> tuple[uuid.UUID, Provider]:
        if options["resume"]:
            return options["resume"], self._resumed(foreground, options)
        provider = get_provider(options["provider"] or settings.CONTENT_PROVIDER)
        owner = self._find_owner(foreground, options)
        order = Order(_request(options), owner=owner)
        run_id = foreground.order(order, provider, new=options["new"], enqueue=options["enqueue"])
        return run_id, provider

    def _resumed(self, foreground: Foreground, options: dict[str, Any]) -> Provider:
        run_id = options["resume"]
        try:
            provider = foreground.find_provider(run_id)
        except GenerationRun.DoesNotExist:
            raise CommandError(f"There is no run {run_id}.", returncode=BAD_USAGE) from None
        is_taken_up = foreground.resume(run_id, enqueue=options["enqueue"])
        if not is_taken_up and foreground.find_plan(run_id):
            raise CommandError(ALL_KNOWN, returncode=BAD_USAGE)
        return provider

    def _print_report(self, report: dict[str, Any], reason: str, format_: str) -> None:
        told = (
            json.dumps(report, ensure_ascii=False) if format_ == "json" else format_report(report)
        )
        try:
            self.stdout.write(told)
            self.stdout.flush()
        except OSError:
            saved = "The report cannot be written here; the roadmap is saved. To have it again:"
            self.stderr.write(f"{saved}\n  {_resume(report['run']['id'])}")
            raise
        state = RunState(report["run"]["state"])
        if state is not RunState.READY:
            self.stderr.write(f"{state.capitalize()}: {reason}")
            self.stderr.write(f"To go on: {_resume(report['run']['id'])}")
        sys.exit(EXIT_CODES.get(state, 1))


def _refuse_another_order(options: dict[str, Any]) -> None:
    """What would be ignored is told, 0 and an empty word, too."""
    for name in OF_AN_ORDER:
        if options[name] is not None and options[name] is not False:
            raise CommandError(
                f"--{name.replace('_', '-')} belongs to a new order, and cannot stand beside "
                "--resume: a run is written as it was ordered.",
                returncode=BAD_USAGE,
            )


def _request(options: dict[str, Any]) -> OutlineRequest:
    return OutlineRequest(
        goal=options["goal"],
        level=options["level"],
        language=options["language"],
        hours_per_week=options["hours_per_week"],
        target_date=options["target_date"],
        concepts=options["concepts"],
        plan_first=options["plan_first"],
    )


def _interrupted(run_id: object, *, is_enqueued: bool) -> str:
    if is_enqueued:
        return (
            f"No longer watching; the workers go on. To watch again:\n  {_resume(run_id)} --enqueue"
        )
    return f"Stopped; what is finished is saved. To go on:\n  {_resume(run_id)}"


def _resume(run_id: object) -> str:
    return f"manage.py generate_roadmap --resume {run_id}"
