"""Writing runs: each function is one unit of database work (see concepts.services).

Whoever changes a run's state does so by compare-and-set and appends the event in the same
transaction, as its last statement.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from concepts.bounds import REASON_MAX_CHARACTERS
from concepts.drafts import Draft, FailureDraft, VersionDraft, storable
from concepts.payloads import count_rows
from concepts.services import (
    claim_artifacts,
    lock_artifacts,
    moment_in,
    release_artifacts,
    renew_leases,
    retry_failed,
    store_failures,
    store_versions,
)
from generation import metrics
from generation.events import Event, append_events
from generation.models import EventType, GenerationRun
from generation.outline_rows import save_outline_rows
from generation.port.outline import Outline
from generation.port.request import OutlineRequest
from generation.port.spent import Usage
from generation.run_states import OPEN, RunState, closing_state, sources
from generation.selectors import Work, get_run_progress, list_work
from generation.spending import record_spending
from roadmaps.graph import Edge
from roadmaps.models import Roadmap

log = structlog.get_logger(__name__)

_FREE = {"leased_by": None, "lease_until": None}
# Of a run, in a row, without anything coming of it.
MOST_STARTS = 5
NEVER_PLANNED = "Planning this was begun again and again, and never came to an end."


@dataclass(frozen=True)
class RunClaim:
    """A run that may be worked on; `needs_outline` means: by nobody else, and outline first."""

    run_id: uuid.UUID
    roadmap_id: uuid.UUID
    request: OutlineRequest
    needs_outline: bool


@dataclass(frozen=True)
class SavedBatch:
    """What one transaction wrote, and how far the run is after it."""

    run_id: uuid.UUID
    ready: Sequence[VersionDraft]
    failed: Sequence[FailureDraft]
    last_seq: int

    @property
    def rows(self) -> int:
        """Rows that hold what was written: versions and everything in them."""
        return sum(count_rows(draft) for draft in self.ready)

    @property
    def concepts(self) -> int:
        drafts: list[Draft] = [*self.ready, *self.failed]
        return len({draft.concept_id for draft in drafts})


def move_run(run_id: uuid.UUID, target: RunState, **fields: Any) -> bool:
    """Compare-and-set a run's state; False when it was in no state that leads there."""
    allowed = GenerationRun.objects.filter(pk=run_id, state__in=sources(target))
    return bool(allowed.update(state=target, **fields))


@transaction.atomic
def claim_run(run_id: uuid.UUID, puller_id: uuid.UUID, *, lease_seconds: float) -> RunClaim | None:
    """Start or join a run; None when it is closed, or its outline is in other hands."""
    run = (
        GenerationRun.objects.select_for_update(of=("self",))
        .select_related("roadmap")
        .annotate(is_leased=Q(lease_until__gt=Now()) & ~Q(leased_by=puller_id))
        .filter(pk=run_id, state__in=list(OPEN))
        .first()
    )
    if run is None:
        return None
    needs_outline = not run.roadmap.concepts.exists()
    if needs_outline and run.is_leased:
        return None
    if needs_outline:
        if count_start(run) > MOST_STARTS:
            stop_run(run_id, RunState.PAUSED, NEVER_PLANNED)
            return None
        lease = {"leased_by": puller_id, "lease_until": moment_in(lease_seconds)}
        GenerationRun.objects.filter(pk=run_id).update(**lease)
    if run.state == RunState.QUEUED:
        started = {"started_at": run.started_at or timezone.now(), "finished_at": None}
        move_run(run_id, RunState.RUNNING, reason="", **started)
        append_events(run_id, [Event(EventType.RUN_STARTED)])
    request = OutlineRequest.from_options(run.roadmap.goal, run.options)
    return RunClaim(run_id, run.roadmap_id, request, needs_outline)


def count_start(run: GenerationRun) -> int:
    """Note one more start of a locked run; how many there were since the run's last event."""
    run.starts = run.starts + 1 if run.starts_seq == run.last_seq else 1
    run.starts_seq = run.last_seq
    run.save(update_fields=["starts", "starts_seq"])
    return run.starts


@transaction.atomic
def save_outline(
    run_id: uuid.UUID,
    puller_id: uuid.UUID,
    outline: Outline,
    *,
    prerequisites: dict[str, list[str]],
    dropped: Sequence[Edge],
    spent: Usage,
    warnings: Sequence[str] = (),
) -> bool:
    """Write the plan; False when the roadmap has one already.

    Whoever finishes first wins, with or without the lease, and also when the run was paused
    meanwhile: the plan is paid for. `spent` is all that the puller has spent on the run so far.
    """
    run = GenerationRun.objects.select_for_update().get(pk=run_id)
    roadmap = Roadmap.objects.select_for_update().get(pk=run.roadmap_id)
    if roadmap.concepts.exists():
        return False
    concepts = save_outline_rows(roadmap, outline, prerequisites, run_id)
    GenerationRun.objects.filter(pk=run_id, leased_by=puller_id).update(**_FREE)
    events = [
        Event(
            EventType.PREREQUISITE_DROPPED,
            payload={"concept": concept, "requires": required},
        )
        for concept, required in dropped
    ]
    payload = {"concepts": len(concepts), "warnings": list(warnings)}
    record_spending(run_id, puller_id, spent)
    append_events(run_id, [*events, Event(EventType.OUTLINE_SAVED, payload=payload)])
    return True


@transaction.atomic
def claim_work(
    run_id: uuid.UUID,
    puller_id: uuid.UUID,
    *,
    limit: int,
    lease_seconds: float,
    besides: Sequence[int] = (),
) -> list[Work]:
    """Claim artifacts of a run that is still running; [] when it was stopped meanwhile."""
    if not GenerationRun.objects.filter(pk=run_id, state=RunState.RUNNING).exists():
        return []
    ids = claim_artifacts(
        run_id, puller_id, limit=limit, lease_seconds=lease_seconds, besides=besides
    )
    return list_work(ids)


@transaction.atomic
def renew_work(
    run_id: uuid.UUID,
    puller_id: uuid.UUID,
    artifact_ids: Sequence[int],
    *,
    lease_seconds: float,
) -> None:
    """Push on the leases of what a puller is working on, the outline included."""
    renew_leases(puller_id, artifact_ids, lease_seconds=lease_seconds)
    held = GenerationRun.objects.filter(pk=run_id, leased_by=puller_id)
    held.update(lease_until=moment_in(lease_seconds))


@transaction.atomic
def save_batch(
    run_id: uuid.UUID, puller_id: uuid.UUID, drafts: Sequence[Draft], spent: Usage | None = None
) -> SavedBatch:
    """Write one batch: versions, failures, and their events. All of it, or (raising) nothing.

    `spent` is all that the puller has spent on the run so far.
    """
    lock_artifacts(draft.artifact_id for draft in drafts)
    ready = store_versions(run_id, [draft for draft in drafts if isinstance(draft, VersionDraft)])
    failed = store_failures(
        run_id, puller_id, [draft for draft in drafts if isinstance(draft, FailureDraft)]
    )
    events = [
        *(Event(EventType.ARTIFACT_READY, draft.concept_id, draft.kind.value) for draft in ready),
        *(
            Event(
                EventType.ARTIFACT_FAILED,
                draft.concept_id,
                draft.kind.value,
                {"error": draft.public},
            )
            for draft in failed
        ),
    ]
    record_spending(run_id, puller_id, spent or Usage())
    seq = append_events(run_id, events) if events else 0
    return SavedBatch(run_id, tuple(ready), tuple(failed), seq)


@transaction.atomic
def close_run(run_id: uuid.UUID) -> RunState | None:
    """Close a run that has no unfinished artifact left; None while it has, or is not running."""
    # Locked before counting: another puller may close it, and somebody resume it, meanwhile.
    run = GenerationRun.objects.select_for_update().filter(pk=run_id).first()
    progress = get_run_progress(run_id)
    ready, failed = progress.ready, progress.failed
    if not progress.finished or progress.finished < progress.artifacts:
        return None
    state = closing_state(ready=ready, failed=failed)
    noun = "artifact" if failed == 1 else "artifacts"
    reason = f"{failed} {noun} could not be written" if failed else ""
    if run is None or not move_run(run_id, state, reason=reason, finished_at=timezone.now()):
        return None
    payload = {"state": state.value, "ready": ready, "failed": failed}
    append_events(run_id, [Event(EventType.RUN_FINISHED, payload=payload)])
    transaction.on_commit(lambda: metrics.RUNS.add(state=state.value))
    _log_end(run, state, ready=ready, failed=failed)
    return state


@transaction.atomic
def stop_run(
    run_id: uuid.UUID,
    target: RunState,
    reason: str,
    *,
    planner: uuid.UUID | None = None,
    spent: Usage | None = None,
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
    if not move_run(run_id, target, reason=reason, finished_at=timezone.now(), **_FREE):
        return False
    types = {RunState.PAUSED: EventType.RUN_PAUSED, RunState.CANCELLED: EventType.RUN_CANCELLED}
    payload: dict[str, Any] = {"reason": reason}
    if detail:
        payload["detail"] = storable(detail)[:REASON_MAX_CHARACTERS]
    if instead is not None:
        payload |= {"refused": True, "suggestions": [storable(goal) for goal in instead]}
    if planner is not None:
        record_spending(run_id, planner, spent or Usage())
    append_events(run_id, [Event(types.get(target, EventType.RUN_FINISHED), payload=payload)])
    transaction.on_commit(lambda: metrics.RUNS.add(state=target.value))
    _log_end(run, target, reason=reason)
    return True


def _log_end(run: GenerationRun, state: RunState, **details: object) -> None:
    """Tell the log once it is true."""
    if run.started_at is not None:
        details["seconds"] = round((timezone.now() - run.started_at).total_seconds(), 3)
    if state is RunState.PAUSED:
        write = partial(log.warning, "run_paused")
    else:
        write = partial(log.info, "run_finished", state=state.value)
    transaction.on_commit(partial(write, run=str(run.pk), **details))


@transaction.atomic
def resume_run(run_id: uuid.UUID) -> bool:
    """Queue what is missing once more; False when there is nothing to resume."""
    # Artifacts before their run, like a batch that comes late: else the two wait for each other.
    retried = retry_failed(run_id)
    if not move_run(run_id, RunState.QUEUED, reason="", finished_at=None):
        transaction.set_rollback(True)
        return False
    append_events(run_id, [Event(EventType.RUN_RESUMED, payload={"retried": retried})])
    return True


@transaction.atomic
def give_up_work(run_id: uuid.UUID, puller_id: uuid.UUID, spent: Usage | None = None) -> int:
    """Hand back everything a puller still holds, the outline included; `spent` as in a batch."""
    # It has not been tried to the end, so it does not count as a start.
    GenerationRun.objects.filter(pk=run_id, leased_by=puller_id).update(
        starts=Greatest(F("starts") - 1, 0), **_FREE
    )
    released = release_artifacts(puller_id)
    record_spending(run_id, puller_id, spent or Usage())
    return released
