"""Writing runs: each function is one unit of database work (see concepts.services).

Whoever changes a run's state does so by compare-and-set and appends the event in the same
transaction, as its last statement.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from concepts.bounds import REASON_MAX_CHARACTERS
from concepts.drafts import storable
from concepts.models import Artifact, Concept
from concepts.services import retry_failed
from generation import metrics
from generation.models import EventType, GenerationRun
from generation.port.spent import Spent
from generation.run_states import OPEN, RunState, closing_state, sources
from generation.runs.events import Event, append_events
from generation.runs.modules import retry_failed_modules
from generation.runs.progress import get_run_progress, is_unfinished
from generation.runs.spending import record_spending

log = structlog.get_logger(__name__)

FREE = {"leased_by": None, "lease_until": None}
AS_NEW: dict[str, Any] = {
    "reason": "",
    "finished_at": None,
    "resumes_at": None,
    "dismissed_at": None,
}
# Of a run, in a row, without anything coming of it.
MOST_STARTS = 5
NEVER_PLANNED = "Planning this was begun again and again, and never came to an end."
NEVER_WRITTEN = "Writing this anew was begun again and again, and never came to an end."


def move_run(run_id: uuid.UUID, target: RunState, **fields: Any) -> bool:
    """Compare-and-set a run's state; False when it was in no state that leads there."""
    allowed = GenerationRun.objects.filter(pk=run_id, state__in=sources(target))
    return bool(allowed.update(state=target, **fields))


def count_start(run: GenerationRun) -> int:
    """Note one more start of a locked run; how many there were since the run's last event."""
    run.starts = run.starts + 1 if run.starts_seq == run.last_seq else 1
    run.starts_seq = run.last_seq
    run.save(update_fields=["starts", "starts_seq"])
    return run.starts


@transaction.atomic
def close_run(run_id: uuid.UUID) -> RunState | None:
    """Close a run that has nothing unfinished left, no artifact and no module's details; None
    while it has, or is not running."""
    # Locked before counting: another puller may close it, and somebody resume it, meanwhile.
    run = GenerationRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None or is_unfinished(run_id) or not _is_planned(run):
        return None
    progress = get_run_progress(run_id)
    ready, failed = progress.ready, progress.failed
    state = closing_state(ready=ready, failed=failed)
    noun = "artifact" if failed == 1 else "artifacts"
    reason = f"{failed} {noun} could not be written" if failed else ""
    if not move_run(run_id, state, reason=reason, finished_at=timezone.now()):
        return None
    payload = {"state": state.value, "ready": ready, "failed": failed}
    append_events(run_id, [Event(EventType.RUN_FINISHED, payload=payload)])
    transaction.on_commit(lambda: metrics.RUNS.add(state=state.value))
    log_end(run, state, ready=ready, failed=failed)
    return state


def _is_planned(run: GenerationRun) -> bool:
    return run.artifact_id is None and Concept.objects.filter(roadmap=run.roadmap_id).exists()


@transaction.atomic
def stop_run(
    run_id: uuid.UUID,
    target: RunState,
    reason: str,
    *,
    planner: uuid.UUID | None = None,
    spent: Spent | None = None,
    instead: Sequence[str] | None = None,
    detail: str = "",
) -> bool:
    """Pause, cancel or fail a run for a reason that people read; False when it was closed.

    A `planner` speaks only while the lease on the outline is its own; `spent` as in a batch.
    `instead` says that the goal is at fault, asking again would not help, and what else might.
    `detail` is for operators, in the history.
    """
    reason = storable(reason).strip()[:REASON_MAX_CHARACTERS] or "No reason was given."
    run = GenerationRun.objects.select_for_update().get(pk=run_id)
    if planner is not None and run.leased_by != planner:
        return False
    if not move_run(run_id, target, reason=reason, finished_at=timezone.now(), **FREE):
        return False
    types = {RunState.PAUSED: EventType.RUN_PAUSED, RunState.CANCELLED: EventType.RUN_CANCELLED}
    payload: dict[str, Any] = {"reason": reason}
    if detail:
        payload["detail"] = storable(detail)[:REASON_MAX_CHARACTERS]
    if instead is not None:
        payload |= {"refused": True, "suggestions": [storable(goal) for goal in instead]}
    if planner is not None:
        record_spending(run_id, planner, spent or Spent())
    append_events(run_id, [Event(types.get(target, EventType.RUN_FINISHED), payload=payload)])
    transaction.on_commit(lambda: metrics.RUNS.add(state=target.value))
    log_end(run, target, reason=reason)
    return True


def log_end(run: GenerationRun, state: RunState, **details: object) -> None:
    """Tell the log once it is true."""
    if run.started_at is not None:
        details["seconds"] = round((timezone.now() - run.started_at).total_seconds(), 3)
    if state is RunState.PAUSED:
        write = partial(log.warning, "run_paused")
    else:
        write = partial(log.info, "run_finished", state=state.value)
    transaction.on_commit(partial(write, run=str(run.pk), **details))


def is_overtaken(run_id: uuid.UUID) -> bool:
    """Whether another run writes the one artifact that this run is about; it is locked then."""
    artifact = Artifact.objects.filter(rewritings=run_id).select_for_update().first()
    return artifact is not None and find_open_rewriting(artifact.pk, besides=run_id) is not None


def find_open_rewriting(
    artifact_id: int, *, besides: uuid.UUID | None = None
) -> GenerationRun | None:
    runs = GenerationRun.objects.filter(artifact=artifact_id, state__in=list(OPEN))
    return (runs if besides is None else runs.exclude(pk=besides)).first()


@transaction.atomic
def resume_run(run_id: uuid.UUID) -> bool:
    """Queue what is missing once more; False when there is nothing to resume."""
    # Artifacts before modules, and both before their run, like what comes late: else the two wait
    # for each other.
    retried = retry_failed(run_id) + retry_failed_modules(run_id)
    if is_overtaken(run_id) or not move_run(run_id, RunState.QUEUED, **AS_NEW):
        transaction.set_rollback(True)
        return False
    append_events(run_id, [Event(EventType.RUN_RESUMED, payload={"retried": retried})])
    return True


@transaction.atomic
def go_on(run_id: uuid.UUID, now: datetime) -> bool:
    """Queue a run again that the limit of a day had paused, once that day is over; what failed
    before stays as it is."""
    due = GenerationRun.objects.filter(pk=run_id, resumes_at__lte=now, state=RunState.PAUSED)
    if is_overtaken(run_id):
        due.update(resumes_at=None)
        return False
    if not due.update(state=RunState.QUEUED, **AS_NEW):
        return False
    append_events(run_id, [Event(EventType.RUN_RESUMED, payload={"retried": 0})])
    return True


@transaction.atomic
def retry_artifacts(run_id: uuid.UUID, artifact_ids: Sequence[int]) -> int:
    """Make these failed artifacts of a run claimable and queue the run again; return how many.

    A run that is open already takes them along.
    """
    retried = retry_failed(run_id, artifact_ids)
    if retried:
        move_run(run_id, RunState.QUEUED, **AS_NEW)
        append_events(run_id, [Event(EventType.RUN_RESUMED, payload={"retried": retried})])
    return retried
