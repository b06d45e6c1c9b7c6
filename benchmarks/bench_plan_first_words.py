"""How long somebody waits for the plan and its first words: planned in steps, and in one call.

Both ask the same model (80 tokens a second, 0.6 s of silence before), which says the same to both.
It keeps its own pace: faster, with 64 calls at once, the processor would be what they wait for.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Sum

from benchmarks.apart import apart
from benchmarks.database import fresh_database
from benchmarks.one_call import OneCallProvider
from benchmarks.paced_model import Pace
from concepts.content import ArtifactContent, ArtifactKind
from connection_budget.lanes.executor import DbExecutor
from generation.dispatch import Order, request_roadmap
from generation.models import EventType, GenerationEvent, GenerationRun, ModelCallRecord
from generation.port.briefs import ConceptBrief
from generation.port.listening import NOBODY, Listener
from generation.port.provider import Written
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton
from generation.providers.openai.provider import OpenAIProvider
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.run_states import RunState
from tests.generation.providers.gateway.model_server import KEY, MODEL

TIMES_AS_FAST = 1
PACE = Pace(tokens=80 * TIMES_AS_FAST, silence=0.6 / TIMES_AS_FAST)
CONCEPTS, CALLS_AT_ONCE, LANES = 36, (64, 8), 2
PLANNING = ("skeleton", "details", "outline")
MOST = {"first_stage": 4.0, "whole_plan": 30.0, "first_words": 40.0}


@dataclass
class Watch:
    """When, since the order, something was first heard; in seconds of this machine."""

    began: float = field(default_factory=time.monotonic)
    heard: dict[str, float] = field(default_factory=dict)

    def note(self, what: str) -> None:
        self.heard.setdefault(what, time.monotonic() - self.began)


class _Ear:
    """Notes the first time that a text says so much."""

    def __init__(self, watch: Watch, what: str, mark: str) -> None:
        self._watch, self._what, self._mark = watch, what, mark

    def said(self, text: str) -> None:
        _, found, rest = text.partition(self._mark)
        if found and "\n" in rest.strip(" "):
            self._watch.note(self._what)


class _Heard:
    """A provider whose texts are listened to, as a page that is open does."""

    watch: Watch

    async def write(
        self, kind: ArtifactKind, brief: ConceptBrief, _listener: Listener = NOBODY
    ) -> Written[ArtifactContent]:
        ear = _Ear(self.watch, "first_words", "=== tutorial ===\n")
        return await super().write(kind, brief, ear)  # type: ignore[misc,no-any-return]  # of the provider


class InSteps(_Heard, OpenAIProvider):
    async def skeleton(self, request: OutlineRequest, **wishes: Any) -> Written[Skeleton]:
        wishes["listener"] = _Ear(self.watch, "first_stage", "## ")
        return await super().skeleton(request, **wishes)


class InOneCall(_Heard, OneCallProvider):
    pass


def main() -> dict[str, Any]:
    settings.LLM_MODEL, settings.LLM_API_KEY = MODEL, KEY
    measured = []
    with apart("benchmarks.paced_model.serve_plan", CONCEPTS, PACE) as settings.LLM_BASE_URL:
        for calls in CALLS_AT_ONCE:
            settings.LLM_MAX_CONCURRENCY = calls
            ways = {name: _measure(way, calls) for name, way in WAYS.items()}
            _check(ways["in_steps"], ways["in_one_call"])
            measured.append({"calls_at_once": calls, **ways})
    return {"concepts": CONCEPTS, "times_as_fast": TIMES_AS_FAST, "runs": measured}


WAYS: dict[str, type[InSteps | InOneCall]] = {"in_steps": InSteps, "in_one_call": InOneCall}


def _measure(way: type[InSteps | InOneCall], calls: int) -> dict[str, Any]:
    limits = Limits(model_calls=calls)
    with fresh_database(), closing(DbExecutor(LANES)) as db:
        provider = way()
        order = Order(OutlineRequest("Keeping bees in a small garden", concepts=CONCEPTS))
        run_id = request_roadmap(order, provider, enqueue=False)
        provider.watch, began = Watch(), time.process_time()
        state = asyncio.run(pull(run_id, provider=provider, db=db, limits=limits))
        assert state is RunState.READY, GenerationRun.objects.get(pk=run_id).reason
        taken = {"processor": round(time.process_time() - began, 1)}
        return _times(run_id, provider.watch) | taken | _tokens(run_id)


def _times(run_id: uuid.UUID, watch: Watch) -> dict[str, float]:
    """At the pace of the model itself. Without a stream the stages are there with the plan."""
    run = GenerationRun.objects.get(pk=run_id)
    events = list(GenerationEvent.objects.filter(run=run_id).order_by("seq"))
    started = run.started_at
    assert started is not None
    planned = [
        event.created_at
        for event in events
        if event.type in {EventType.OUTLINE_SAVED, EventType.DETAILS_SAVED}
    ]
    tutorials = [
        event.created_at
        for event in events
        if event.type == EventType.ARTIFACT_READY and event.kind == ArtifactKind.TUTORIAL
    ]
    plan = (max(planned) - started).total_seconds()
    seconds = {
        "first_stage": watch.heard.get("first_stage", plan),
        "whole_plan": plan,
        "first_words": watch.heard["first_words"],
        "first_tutorial": (min(tutorials) - started).total_seconds(),
        "end": (events[-1].created_at - started).total_seconds(),
    }
    return {name: round(value * TIMES_AS_FAST, 2) for name, value in seconds.items()}


def _tokens(run_id: uuid.UUID) -> dict[str, Any]:
    run = GenerationRun.objects.get(pk=run_id)
    planning = ModelCallRecord.objects.filter(run=run_id, purpose__in=PLANNING)
    sums = planning.aggregate(tokens_in=Sum("tokens_in"), tokens_out=Sum("tokens_out"))
    return {
        "model_calls": run.model_calls,
        "tokens": run.tokens_in + run.tokens_out,
        "tokens_in": run.tokens_in,
        "tokens_out": run.tokens_out,
        "planning_in": sums["tokens_in"],
        "planning_out": sums["tokens_out"],
    }


def _check(steps: dict[str, Any], one_call: dict[str, Any]) -> None:
    for name, most in MOST.items():
        assert steps[name] <= most, (name, steps)
    assert steps["end"] <= one_call["end"], (steps, one_call)
    assert steps["tokens"] <= 1.05 * one_call["tokens"], (steps, one_call)
    assert steps["planning_out"] <= 1.15 * one_call["planning_out"], (steps, one_call)
