"""Writing a plan, and what was written, in one transaction each."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from concepts.drafts import Draft, FailureDraft, VersionDraft
from concepts.leases import lock_artifacts
from concepts.payloads import count_rows
from concepts.services import store_failures, store_versions
from generation.models import EventType, GenerationRun
from generation.port.outline import Outline
from generation.port.skeleton import Skeleton
from generation.port.spent import Spent
from generation.runs import plans
from generation.runs.events import Event, append_events
from generation.runs.lifecycle import FREE
from generation.runs.outline_rows import save_outline_rows
from generation.runs.skeleton_rows import save_skeleton_rows
from generation.runs.spending import record_spending
from roadmaps.graph import Edge
from roadmaps.models import Roadmap


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
    def about(self) -> set[int]:
        """The ids of its concepts."""
        drafts: list[Draft] = [*self.ready, *self.failed]
        return {draft.concept_id for draft in drafts}

    @property
    def concepts(self) -> int:
        return len(self.about)


@transaction.atomic
def save_outline(
    run_id: uuid.UUID,
    puller_id: uuid.UUID,
    outline: Outline,
    *,
    prerequisites: dict[str, list[str]],
    dropped: Sequence[Edge],
    spent: Spent,
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
    GenerationRun.objects.filter(pk=run_id, leased_by=puller_id).update(**FREE)
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
def save_skeleton(
    run_id: uuid.UUID, puller_id: uuid.UUID, skeleton: Skeleton, *, spent: Spent
) -> bool:
    """Write the titles of a plan, or have it wait for its learner's word; False when the roadmap
    has one already. As `save_outline`."""
    run = GenerationRun.objects.select_for_update().get(pk=run_id)
    roadmap = Roadmap.objects.select_for_update().get(pk=run.roadmap_id)
    if roadmap.concepts.exists():
        return False
    if plans.waits_for_word(run):
        record_spending(run_id, puller_id, spent)
        return plans.keep_plan(run, skeleton)
    concepts = save_skeleton_rows(roadmap, skeleton, run_id)
    GenerationRun.objects.filter(pk=run_id, leased_by=puller_id).update(**FREE)
    record_spending(run_id, puller_id, spent)
    payload = {"concepts": len(concepts), "warnings": []}
    append_events(run_id, [Event(EventType.OUTLINE_SAVED, payload=payload)])
    return True


@transaction.atomic
def save_batch(
    run_id: uuid.UUID, puller_id: uuid.UUID, drafts: Sequence[Draft], spent: Spent | None = None
) -> SavedBatch:
    """Write one batch: versions, failures, and their events. All of it, or (raising) nothing.

    `spent` is all that the puller has spent on the run so far.
    """
    lock_artifacts(draft.artifact_id for draft in drafts)
    ready = store_versions(run_id, [draft for draft in drafts if isinstance(draft, VersionDraft)])
    failed = store_failures(
        run_id, puller_id, [draft for draft in drafts if isinstance(draft, FailureDraft)]
    )
    written = {id(draft) for draft in (*ready, *failed)}
    # Rows are locked in their own order; the history tells in which all this was finished.
    events = [_tell(draft) for draft in drafts if id(draft) in written]
    record_spending(run_id, puller_id, spent or Spent())
    seq = append_events(run_id, events) if events else 0
    return SavedBatch(run_id, tuple(ready), tuple(failed), seq)


def _tell(draft: Draft) -> Event:
    if isinstance(draft, VersionDraft):
        return Event(EventType.ARTIFACT_READY, draft.concept_id, draft.kind.value)
    error = {"error": draft.public}
    return Event(EventType.ARTIFACT_FAILED, draft.concept_id, draft.kind.value, error)
