"""The details of modules: what is to be planned, and what came of it, in one transaction each."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from concepts.bounds import ERROR_DETAIL_MAX_CHARACTERS
from concepts.drafts import storable
from concepts.leases import FREE, moment_in
from concepts.models import Concept, ConceptPrerequisite
from generation.models import EventType, GenerationRun
from generation.port.details import ConceptDetails, ModuleDetails
from generation.port.pace import warn_pace
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton
from generation.port.spent import Spent
from generation.runs.events import Event, append_events
from generation.runs.modules import NO_ERROR, held_by, lock_plannable, lock_rows
from generation.runs.outline_rows import create_artifacts
from generation.runs.skeleton_rows import read_skeleton_rows
from generation.runs.spending import record_spending
from roadmaps.bounds import DETAILS_ERROR_MAX_CHARACTERS
from roadmaps.models import OPEN_DETAILS, DetailsState, Module

DETAILS = "details"
_TAUGHT = ["summary", "kind", "difficulty", "est_minutes", "objectives", "keywords"]


@dataclass(frozen=True)
class DetailsWork:
    """One claimed module and what its planner needs to know; `place` counts modules from 0."""

    module_id: int
    place: int
    attempts: int
    request: OutlineRequest
    skeleton: Skeleton

    @property
    def label(self) -> str:
        """How logs name it."""
        return f"module-{self.place + 1}/{DETAILS}"

    @property
    def title(self) -> str:
        return self.skeleton.modules()[self.place].title


def list_details_work(run_id: uuid.UUID, module_ids: Sequence[int]) -> list[DetailsWork]:
    """Claimed modules with the skeleton they belong to, in the order given."""
    if not module_ids:
        return []
    run = GenerationRun.objects.select_related("roadmap").get(pk=run_id)
    request = OutlineRequest.from_options(run.roadmap.goal, run.options)
    skeleton, order = read_skeleton_rows(run.roadmap_id)
    attempts = dict(Module.objects.filter(pk__in=module_ids).values_list("pk", "attempts"))
    return [DetailsWork(pk, order.index(pk), attempts[pk], request, skeleton) for pk in module_ids]


@transaction.atomic
def save_details(
    run_id: uuid.UUID,
    puller_id: uuid.UUID,
    module_id: int,
    details: ModuleDetails,
    *,
    spent: Spent,
) -> int:
    """Write what the concepts of a module teach and require, and ask for their artifacts; the
    number of the last event, 0 when somebody was first.

    With or without the lease, and also when the run was stopped meanwhile: it is paid for.
    """
    if not lock_plannable(run_id, module_id):
        return 0
    module = Module.objects.select_related("stage").get(pk=module_id)
    concepts = _describe_concepts(module, details)
    _require(module.stage.roadmap_id, details)
    create_artifacts([concept for concept in concepts if not concept.is_known], run_id)
    Module.objects.filter(pk=module_id).update(
        details_state=DetailsState.READY, retry_at=None, **FREE, **NO_ERROR
    )
    record_spending(run_id, puller_id, spent)
    payload = {"module": module.title, "concepts": len(concepts), "warnings": _warn(run_id)}
    saved = Event(EventType.DETAILS_SAVED, payload=payload)
    return append_events(run_id, [*_tell_dropped(module.stage.roadmap_id, details), saved])


def _describe_concepts(module: Module, details: ModuleDetails) -> list[Concept]:
    told = {concept.key: concept for concept in details.concepts}
    concepts = list(Concept.objects.filter(module=module).order_by("pk").select_for_update())
    for concept in concepts:
        # One that staff added meanwhile has told of itself.
        if (known := told.get(concept.outline_key)) is not None:
            _describe(concept, known)
    Concept.objects.bulk_update(concepts, [*_TAUGHT, "practice_minutes", "reading_minutes"])
    return concepts


def _describe(concept: Concept, details: ConceptDetails) -> None:
    for name in _TAUGHT:
        setattr(concept, name, getattr(details, name))
    concept.practice_minutes = details.times.practice
    concept.reading_minutes = details.times.reading


def _require(roadmap_id: uuid.UUID, details: ModuleDetails) -> None:
    """Only earlier concepts were accepted: no circle can come of it."""
    rows = Concept.objects.filter(roadmap=roadmap_id).values_list("outline_key", "pk")
    by_key = dict(rows)
    ConceptPrerequisite.objects.bulk_create(
        (
            ConceptPrerequisite(concept_id=by_key[concept.key], requires_id=by_key[required])
            for concept in details.concepts
            for required in dict.fromkeys(concept.requires)
            if concept.key in by_key and required in by_key
        ),
        ignore_conflicts=True,
    )


def _tell_dropped(roadmap_id: uuid.UUID, details: ModuleDetails) -> list[Event]:
    """By their titles, where they have one."""
    if not details.dropped:
        return []
    titles = dict(Concept.objects.filter(roadmap=roadmap_id).values_list("outline_key", "title"))
    return [
        Event(
            EventType.PREREQUISITE_DROPPED,
            payload={"concept": titles.get(key, key), "requires": titles.get(required, required)},
        )
        for key, required in details.dropped
    ]


def _warn(run_id: uuid.UUID) -> list[str]:
    """With the last module it is known how long all of it takes. The run is locked: of two that
    are the last ones together, the second sees the first."""
    runs = GenerationRun.objects.select_for_update(no_key=True, of=("self",))
    run = runs.select_related("roadmap").get(pk=run_id)
    if Module.objects.filter(run_id=run_id, details_state__in=OPEN_DETAILS).exists():
        return []
    request = OutlineRequest.from_options(run.roadmap.goal, run.options)
    return warn_pace(run.roadmap.minutes, request, timezone.localdate())


@dataclass(frozen=True)
class DetailsFailure:
    """`public` is read by learners, `detail` by operators; with `retry_seconds` it is asked for
    again after that time."""

    module_id: int
    public: str
    detail: str = ""
    retry_seconds: float | None = None


@transaction.atomic
def fail_details(
    run_id: uuid.UUID, puller_id: uuid.UUID, failure: DetailsFailure, *, spent: Spent
) -> bool:
    """Mark a module failed, or give it back for another try; whether it is failed now.

    Only the holder of the lease may: somebody else may be planning it by now.
    """
    mine = held_by(run_id, puller_id).filter(pk=failure.module_id)
    if not lock_rows(mine):
        return False
    is_final = failure.retry_seconds is None
    public = storable(failure.public).strip()[:DETAILS_ERROR_MAX_CHARACTERS]
    public = public or "No reason was given."
    Module.objects.filter(pk=failure.module_id).update(
        details_state=DetailsState.FAILED if is_final else DetailsState.PENDING,
        retry_at=None if failure.retry_seconds is None else moment_in(failure.retry_seconds),
        error_public=public,
        error_detail=storable(failure.detail)[:ERROR_DETAIL_MAX_CHARACTERS],
        **FREE,
    )
    record_spending(run_id, puller_id, spent)
    if is_final:
        title = Module.objects.values_list("title", flat=True).get(pk=failure.module_id)
        payload = {"module": title, "error": public}
        append_events(run_id, [Event(EventType.DETAILS_FAILED, payload=payload)])
    return is_final
