"""One run as operators see it: where it is, what it cost, what went wrong and what was said."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.shortcuts import get_object_or_404

from concepts.artifact_states import ArtifactState
from concepts.models import Artifact, ArtifactKindLabel
from generation.live.pages import describe_event
from generation.models import (
    CallOutcome,
    EventType,
    GenerationEvent,
    GenerationRun,
    ModelCallRecord,
)
from generation.operations.acts import Act, acts_for
from generation.run_states import RunState
from generation.runs.spending import total_by_purpose

EVENTS_SHOWN = 50
FAILED_SHOWN = 50
CALLS_SHOWN = 20
STATES = tuple(ArtifactState)
# No run has more events than a number of so many figures.
LONGEST_NUMBER = 9


@dataclass(frozen=True)
class EventLine:
    event: GenerationEvent
    text: str
    detail: str


@dataclass(frozen=True)
class KindRow:
    """How many of one kind are in each of STATES."""

    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class RunDetails:
    run: GenerationRun
    acts: tuple[Act, ...]
    kinds: list[KindRow]
    failed: list[Artifact]
    failed_count: int
    events: list[EventLine]
    older: int
    purposes: list[dict[str, Any]]
    calls: list[ModelCallRecord]


def get_run_details(run_id: uuid.UUID, *, before: str = "") -> RunDetails:
    """Raises Http404. `before` is the number of an event: of a long history, a part."""
    runs = GenerationRun.objects.select_related("roadmap", "requested_by")
    run = get_object_or_404(runs, pk=run_id)
    counts = _count_by_kind(run_id)
    failed_count = sum(of_kind[ArtifactState.FAILED] for of_kind in counts.values())
    events = _list_events(run, before)
    return RunDetails(
        run=run,
        acts=acts_for(RunState(run.state), failed=failed_count),
        kinds=[
            KindRow(str(kind.label), tuple(counts[kind.value][state] for state in STATES))
            for kind in ArtifactKindLabel
        ],
        failed=_list_failed(run_id) if failed_count else [],
        failed_count=failed_count,
        events=events,
        older=events[-1].event.seq if events and events[-1].event.seq > 1 else 0,
        purposes=total_by_purpose(run_id),
        calls=_list_useless_calls(run_id),
    )


def _count_by_kind(run_id: uuid.UUID) -> dict[str, Counter[str]]:
    rows = Artifact.objects.filter(run_id=run_id).order_by().values_list("kind", "state")
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, state, count in rows.annotate(count=Count("pk")):
        counts[kind][state] = count
    return counts


def _list_failed(run_id: uuid.UUID) -> list[Artifact]:
    failed = Artifact.objects.filter(run_id=run_id, state=ArtifactState.FAILED)
    return list(failed.select_related("concept").order_by("position")[:FAILED_SHOWN])


def _list_events(run: GenerationRun, before: str) -> list[EventLine]:
    """The newest first."""
    events = run.events.order_by("-seq").prefetch_related("concept")
    if before.isascii() and before.isdecimal() and len(before) <= LONGEST_NUMBER:
        events = events.filter(seq__lt=int(before))
    return [
        EventLine(event, describe_event(event, for_staff=True), _detail(event))
        for event in events[:EVENTS_SHOWN]
    ]


def _detail(event: GenerationEvent) -> str:
    """What learners are not told: what a server said when a run was stopped."""
    stopped = event.type in {EventType.RUN_PAUSED, EventType.RUN_FINISHED, EventType.RUN_CANCELLED}
    return str(event.payload.get("detail", "")) if stopped else ""


def _list_useless_calls(run_id: uuid.UUID) -> list[ModelCallRecord]:
    """The last ones that came to nothing."""
    calls = ModelCallRecord.objects.filter(run=run_id).exclude(outcome=CallOutcome.OK)
    return list(calls.order_by("-at", "pk")[:CALLS_SHOWN])
