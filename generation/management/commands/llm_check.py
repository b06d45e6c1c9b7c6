"""`manage.py llm_check`: ask the configured model for one outline, and tell how that went."""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import time
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from connection_budget.conf import get_budget
from generation.management.progress import Waiting
from generation.port.calls import ModelCall
from generation.port.errors import ProviderError
from generation.port.estimates import NOTHING_KNOWN, Averages, Bounds, Sample, estimate, hours_for
from generation.port.outline_rules import check_outline
from generation.port.request import OutlineRequest
from generation.providers.dialogue import Answer
from generation.providers.endpoints import Endpoint
from generation.providers.gateway.opening import configured_endpoint, open_gateway
from generation.providers.gateway.responses import price_of
from generation.providers.openai.plan_prompting import outline_prompt
from generation.providers.openai.schemas import OutlineAnswer, read_outline
from generation.puller.one_off import open_books
from generation.puller.runner import open_executor
from generation.runs.estimates import get_averages

BAD_USAGE = 2
# A day; nobody waits for longer.
MOST_SECONDS = 86_400.0
CONCEPTS = 36
REQUEST = OutlineRequest("Keeping bees in a small garden", language="en", concepts=12)


class Command(BaseCommand):
    help = (
        "Ask the configured model server for one outline: how long it takes, whether it keeps to "
        f"the schema, and what a roadmap of {CONCEPTS} concepts will take. Spends one call."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument(
            "--timeout",
            metavar="SECONDS",
            type=seconds,
            help="how long to wait for all of it (default: LLM_TIMEOUT_SECONDS for each attempt)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            endpoint = configured_endpoint()
        except ImproperlyConfigured as error:
            raise CommandError(str(error), returncode=BAD_USAGE) from error
        averages = read_averages(endpoint.model)
        try:
            report = asyncio.run(check(endpoint, options["timeout"], averages))
        except TimeoutError:
            raise CommandError(
                f"{endpoint.host}: no outline within {options['timeout']:g} s (--timeout). A slow "
                "machine may need more; LLM_TIMEOUT_SECONDS says how long an answer may take."
            ) from None
        except ProviderError as error:
            detail = f"\n{error.detail}" if error.detail else ""
            raise CommandError(f"{endpoint.host}: {error}{detail}") from None
        if options["format"] == "json":
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self.stdout.write(as_text(report))
        if not report["schema_kept"]:
            raise CommandError(
                "The answer is no outline: the server does not hold the model to the schema. Try "
                "LLM_OUTPUT_MODE=tool or prompted."
            )


def seconds(text: str) -> float:
    """Of --timeout."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(
            f"“{text}” is not a number of seconds, above zero and at most {MOST_SECONDS:g}"
        )
    return value


def read_averages(model: str) -> Averages:
    """What the last runs took. Whether a server answers can be asked without a database, too."""
    try:
        with closing(open_executor()) as db:
            return db.run_sync(get_averages, model)
    except DatabaseError:
        return NOTHING_KNOWN


async def check(
    endpoint: Endpoint, within: float | None = None, averages: Averages = NOTHING_KNOWN
) -> dict[str, Any]:
    """One outline from the server, and what it tells. Raises ProviderError and TimeoutError."""
    calls: list[ModelCall] = []
    if within is not None:
        endpoint = replace(endpoint, timeout_seconds=within)
    with waiting(endpoint, within) as progress:

        def note(call: ModelCall) -> None:
            calls.append(call)
            if within is None:
                progress.restart()

        async with (
            asyncio.timeout(within),
            open_books(model=endpoint.model, on_call=note) as books,
            open_gateway(endpoint, on_call=books.note, before_call=books.reserve) as gateway,
        ):
            began = time.monotonic()
            prompt = outline_prompt(REQUEST, REQUEST.language, timezone.localdate())
            answer = await gateway.write_object(prompt, OutlineAnswer)
            took = time.monotonic() - began
    return describe(endpoint, answer, calls, took, averages)


def waiting(endpoint: Endpoint, within: float | None) -> Waiting:
    limit = "LLM_TIMEOUT_SECONDS" if within is None else "--timeout"
    what = f"{endpoint.model} at {endpoint.host} plans an outline"
    return Waiting(what, most=endpoint.timeout_seconds, limit=limit)


def describe(
    endpoint: Endpoint,
    answer: Answer[OutlineAnswer],
    calls: list[ModelCall],
    seconds: float,
    averages: Averages,
) -> dict[str, Any]:
    usage, good = answer.usage, [call for call in calls if call.outcome == "ok"]
    outline, problems = read_outline(answer.content, REQUEST.language)
    if outline is not None:
        problems = [*problems, *check_outline(outline, REQUEST)]
    bounds = fleet_bounds(endpoint)
    wanted = estimate(CONCEPTS, averages, partial(price_of, endpoint))
    sample = Sample(good[-1].seconds, usage.tokens_out)
    return {
        "host": endpoint.host,
        "model": endpoint.model,
        "output_mode": endpoint.output_mode,
        "seconds": round(seconds, 2),
        "requests": usage.calls,
        # Every field may be left out where a verdict is given; a plan without stages is none.
        "schema_kept": bool(answer.content.stages),
        "schema_valid_at_once": len(good) == 1 and bool(answer.content.stages),
        "problems": problems,
        "tokens_in": usage.tokens_in,
        "tokens_out": usage.tokens_out,
        "cost_usd": _number(usage.cost_usd),
        "estimate": {
            "concepts": CONCEPTS,
            "calls_at_once": bounds.calls_at_once,
            "runs": wanted.runs,
            "tokens_in": wanted.tokens_in,
            "tokens_out": wanted.tokens_out,
            "hours": round(hours_for(wanted, sample, bounds), 4),
            "cost_usd": _number(wanted.cost_usd),
        },
    }


def fleet_bounds(endpoint: Endpoint) -> Bounds:
    processes = get_budget().role("content_generation").processes
    return Bounds(
        calls_at_once=processes * settings.LLM_MAX_CONCURRENCY,
        requests_per_minute=endpoint.requests_per_minute,
        tokens_per_minute=endpoint.tokens_per_minute,
    )


def _number(cost: Decimal | None) -> float | None:
    return None if cost is None else round(float(cost), 4)


def as_text(report: dict[str, Any]) -> str:
    estimate = report["estimate"]
    valid = "valid at once" if report["schema_valid_at_once"] else "not kept"
    if report["schema_kept"] and not report["schema_valid_at_once"]:
        valid = f"valid after {report['requests']} requests"
    lines = [
        f"{report['model']} at {report['host']}, asked in mode {report['output_mode']}",
        f"an outline took  {report['seconds']} s, {report['requests']} request(s)",
        f"schema           {valid}",
        f"tokens           {report['tokens_in']} in, {report['tokens_out']} out",
        f"cost             {_dollars(report['cost_usd'])}",
        *(f"problem          {problem}" for problem in report["problems"]),
        (
            f"{estimate['concepts']} concepts      {_hours(estimate['hours'])} with "
            f"{estimate['calls_at_once']} calls at once (all content processes)"
        ),
        (
            f"                 {estimate['tokens_in']:,} tokens in, {estimate['tokens_out']:,} out,"
            f" {_grounds(estimate['runs'])}"
        ),
        f"                 {_dollars(estimate['cost_usd'])}",
    ]
    return "\n".join(lines)


def _grounds(runs: int) -> str:
    if not runs:
        return "as is assumed while no run of this model is ready"
    return f"as the last {runs} runs took" if runs > 1 else "as the last run took"


def _hours(hours: float) -> str:
    return f"{hours:.2g} hours ({60 * hours:.2g} minutes)"


def _dollars(cost: float | None) -> str:
    if cost is None:
        return "unknown price (set LLM_PRICE_INPUT and LLM_PRICE_OUTPUT)"
    return f"{cost} USD"
