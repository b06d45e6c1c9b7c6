"""A plan that waits for its learner's word: keeping it, changing it, and what becomes of it.

Each function is one unit. Every change counts the version; whoever changes what they have not seen
is told so, and nothing is done.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from concepts.bounds import INSTRUCTION_MAX_CHARACTERS, REASON_MAX_CHARACTERS
from concepts.drafts import storable
from generation import metrics
from generation.models import EventType, GenerationEvent, GenerationRun
from generation.port.skeleton import Skeleton
from generation.port.skeleton_changes import list_changes
from generation.port.skeleton_edits import check_titles, check_worth_writing, keep_known
from generation.port.spent import Spent
from generation.run_states import RunState
from generation.runs.events import Event, append_events
from generation.runs.learner_words import DISCARDED, FORGOTTEN
from generation.runs.lifecycle import FREE, move_run, stop_run
from generation.runs.skeleton_rows import save_skeleton_rows
from generation.runs.spending import record_spending
from roadmaps.models import Roadmap
from roadmaps.text import without_directions

KEPT = timedelta(days=14)
# Of those whose time is over, in one sweep.
ENDED_AT_ONCE = 200


class NotPlanned(Exception):
    """There is no plan here that waits for a word."""


class PlanStale(Exception):
    """Somebody changed the plan meanwhile."""


@dataclass(frozen=True)
class Plan:
    run_id: uuid.UUID
    version: int
    skeleton: Skeleton


def read_plan(run: GenerationRun) -> Plan:
    """Raises NotPlanned."""
    if run.state != RunState.PLANNED or run.skeleton is None:
        raise NotPlanned
    return Plan(run.pk, run.plan_version, Skeleton.model_validate(run.skeleton))


def find_plan(run_id: uuid.UUID) -> Plan | None:
    try:
        return read_plan(GenerationRun.objects.get(pk=run_id))
    except NotPlanned:
        return None


def base_of(run: GenerationRun) -> tuple[Skeleton | None, str]:
    """The plan from which a new one is wished, and the wish."""
    if run.skeleton is None or not run.plan_wish:
        return None, ""
    return Skeleton.model_validate(run.skeleton), run.plan_wish


def waits_for_word(run: GenerationRun) -> bool:
    """Whether a plan that was just made is shown before it is written."""
    return bool(run.options.get("plan_first")) or run.skeleton is not None


def keep_plan(run: GenerationRun, skeleton: Skeleton) -> bool:
    """Have a running run wait with what was planned; False when it is running no more.

    The caller holds the transaction and the run, and has written down what was spent.
    """
    if run.skeleton is not None:
        skeleton = keep_known(Skeleton.model_validate(run.skeleton), skeleton)
    planned = _planned(run, skeleton) | {"plan_wish": ""} | FREE
    if not move_run(run.pk, RunState.PLANNED, **planned):
        return False
    append_events(run.pk, [planned_event(skeleton)])
    transaction.on_commit(lambda: metrics.RUNS.add(state=RunState.PLANNED.value))
    return True


@transaction.atomic
def keep_former_plan(run_id: uuid.UUID, planner: uuid.UUID, reason: str, *, spent: Spent) -> bool:
    """Have a run wait with the plan it had, where none could be made of a wish: that stays, to be
    said in other words. False where there was none, or somebody else is planning.
    """
    run = GenerationRun.objects.select_for_update().get(pk=run_id)
    if run.leased_by != planner or base_of(run)[0] is None:
        return False
    told = {"reason": storable(reason).strip()[:REASON_MAX_CHARACTERS]}
    if not move_run(run_id, RunState.PLANNED, planned_until=timezone.now() + KEPT, **told, **FREE):
        return False
    record_spending(run_id, planner, spent)
    kept = planned_event(Skeleton.model_validate(run.skeleton))
    append_events(run_id, [replace(kept, payload=kept.payload | told)])
    transaction.on_commit(lambda: metrics.RUNS.add(state=RunState.PLANNED.value))
    return True


def planned_event(skeleton: Skeleton) -> Event:
    return Event(EventType.RUN_PLANNED, payload={"concepts": len(skeleton.concepts())})


def first_plan(skeleton: Skeleton) -> dict[str, Any]:
    """The fields of a new run that begins with a plan."""
    return {
        "state": RunState.PLANNED,
        "skeleton": skeleton.model_dump(mode="json"),
        "plan_version": 1,
        "planned_until": timezone.now() + KEPT,
    }


@transaction.atomic
def change_plan(run_id: uuid.UUID, version: int, skeleton: Skeleton) -> Plan:
    """Raises EditRefused, PlanStale and NotPlanned."""
    check_titles(skeleton)
    run, plan = _lock(run_id, version)
    if skeleton == plan.skeleton:
        return plan
    changed = _planned(run, skeleton) | {"plan_wish": "", "reason": ""}
    for name, value in changed.items():
        setattr(run, name, value)
    run.save(update_fields=list(changed))
    changes = [asdict(change) for change in list_changes(plan.skeleton, skeleton)]
    payload = {
        "concepts": len(skeleton.concepts()),
        "version": run.plan_version,
        "changes": changes,
    }
    append_events(run_id, [Event(EventType.PLAN_CHANGED, payload=payload)])
    return Plan(run_id, run.plan_version, skeleton)


@transaction.atomic
def approve_plan(run_id: uuid.UUID, version: int | None = None) -> int:
    """Make rows of the plan and queue its run; the number of concepts. The caller enqueues it.

    Raises EditRefused, PlanStale and NotPlanned.
    """
    _, plan = _lock(run_id, version, stopped=True)
    check_titles(plan.skeleton)
    check_worth_writing(plan.skeleton)
    roadmap = Roadmap.objects.select_for_update().get(runs=run_id)
    concepts = save_skeleton_rows(roadmap, plan.skeleton, run_id)
    move_run(run_id, RunState.QUEUED, reason="", planned_until=None, finished_at=None)
    payload = {"concepts": len(concepts), "warnings": []}
    append_events(
        run_id, [Event(EventType.OUTLINE_SAVED, payload=payload), Event(EventType.RUN_QUEUED)]
    )
    return len(concepts)


@transaction.atomic
def plan_anew(run_id: uuid.UUID, version: int, wish: str) -> None:
    """Queue the run to be planned once more, from this plan, as somebody wishes. The caller
    enqueues it. Raises PlanStale and NotPlanned."""
    _lock(run_id, version)
    said = storable(without_directions(wish)).strip()[:INSTRUCTION_MAX_CHARACTERS]
    move_run(run_id, RunState.QUEUED, reason="", planned_until=None, plan_wish=said)
    append_events(run_id, [Event(EventType.RUN_QUEUED)])


@transaction.atomic
def discard_plan(run_id: uuid.UUID, version: int | None = None, *, reason: str = DISCARDED) -> None:
    """Raises PlanStale and NotPlanned."""
    _lock(run_id, version)
    GenerationRun.objects.filter(pk=run_id).update(skeleton=None, planned_until=None)
    stop_run(run_id, RunState.CANCELLED, reason)


def end_old_plans() -> int:
    """Discard what nobody has approved in time; return how many plans that were."""
    old = GenerationRun.objects.filter(state=RunState.PLANNED, planned_until__lt=timezone.now())
    ids = list(old.order_by("planned_until").values_list("pk", flat=True)[:ENDED_AT_ONCE])
    return sum(_end_if_old(run_id) for run_id in ids)


@transaction.atomic
def _end_if_old(run_id: uuid.UUID) -> bool:
    """Somebody may have changed or approved it just now."""
    run = GenerationRun.objects.select_for_update().get(pk=run_id)
    is_old = run.planned_until is not None and run.planned_until < timezone.now()
    if run.state != RunState.PLANNED or not is_old:
        return False
    discard_plan(run_id, reason=FORGOTTEN)
    return True


def list_changes_since(run_id: uuid.UUID, version: int) -> list[dict[str, str]]:
    """What was changed after a version, as `Change` has it."""
    events = GenerationEvent.objects.filter(
        run_id=run_id, type=EventType.PLAN_CHANGED, payload__version__gt=version
    )
    payloads = events.order_by("seq").values_list("payload", flat=True)[:ENDED_AT_ONCE]
    return [change for payload in payloads for change in payload["changes"]]


def _lock(
    run_id: uuid.UUID, version: int | None, *, stopped: bool = False
) -> tuple[GenerationRun, Plan]:
    """`stopped`: also a plan whose run was cancelled while it waited, and that nobody discarded."""
    run = GenerationRun.objects.select_for_update().get(pk=run_id)
    if stopped and run.state == RunState.CANCELLED and not run.plan_wish:
        has_rows = run.roadmap.concepts.exists()
        run.state = run.state if has_rows else RunState.PLANNED
    plan = read_plan(run)
    if version is not None and version != plan.version:
        raise PlanStale
    return run, plan


def _planned(run: GenerationRun, skeleton: Skeleton) -> dict[str, Any]:
    return {
        "skeleton": skeleton.model_dump(mode="json"),
        "plan_version": run.plan_version + 1,
        "planned_until": timezone.now() + KEPT,
    }
