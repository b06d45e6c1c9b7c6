"""One artifact written anew: each function is one unit of database work (see concepts.services).

A run is about it, and holds the lease and the state of the work. The artifact stays ready: nobody
who counts what a roadmap has, or reads it, sees a difference before the new version is there.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from concepts.artifact_states import ArtifactState
from concepts.bounds import MODEL_MAX_CHARACTERS
from concepts.drafts import VersionDraft, storable
from concepts.leases import lock_artifacts
from concepts.models import Artifact, Origin
from concepts.services import store_new_version
from generation import metrics
from generation.models import EventType, GenerationRun
from generation.port.provider import Provider
from generation.port.spent import Spent
from generation.run_states import RunState
from generation.runs.events import Event, append_events
from generation.runs.lifecycle import FREE, find_open_rewriting, log_end, move_run
from generation.runs.spending import record_spending
from generation.runs.work import Work, list_work


class NotRewritten(Exception):
    """There is no version to be replaced, or somebody is replacing it, or it is built in."""


@transaction.atomic
def open_rewriting(
    artifact_id: int, instruction: str, provider: Provider, **ordered: object
) -> GenerationRun:
    """A run about this artifact; `ordered` tells by whom. Raises NotRewritten."""
    artifact = Artifact.objects.select_for_update().get(pk=artifact_id)
    version = artifact.current_version
    if artifact.state != ArtifactState.READY or version is None:
        raise NotRewritten("it is not written yet")
    if version.origin == Origin.AUTHORED:
        raise NotRewritten("it is built in")
    if find_open_rewriting(artifact_id) is not None:
        raise NotRewritten("it is being written anew")
    run = GenerationRun.objects.create(
        roadmap_id=artifact.concept.roadmap_id,
        artifact=artifact,
        instruction=storable(instruction),
        provider=provider.name,
        model=storable(provider.model)[:MODEL_MAX_CHARACTERS],
        **ordered,
    )
    append_events(run.pk, [Event(EventType.RUN_QUEUED)])
    return run


def get_work(run_id: uuid.UUID) -> Work:
    """What this run writes, with all that a writer has to know."""
    run = GenerationRun.objects.get(pk=run_id)
    assert run.artifact_id is not None, "a run about a whole roadmap claims its work"
    (work,) = list_work([run.artifact_id])
    return replace(work, brief=replace(work.brief, instruction=run.instruction))


@transaction.atomic
def save_new_version(
    run_id: uuid.UUID, puller_id: uuid.UUID, draft: VersionDraft, spent: Spent
) -> bool:
    """Show what was written, and close its run; False when the run is not open any more.

    Whoever finishes first wins, with or without the lease. Of a run that somebody stopped nothing
    is kept: they want what they have.
    """
    lock_artifacts([draft.artifact_id])
    finished = {"reason": "", "finished_at": timezone.now(), **FREE}
    if not move_run(run_id, RunState.READY, **finished):
        return False
    store_new_version(run_id, draft)
    record_spending(run_id, puller_id, spent)
    payload = {"state": RunState.READY.value, "ready": 1, "failed": 0}
    append_events(
        run_id,
        [
            Event(EventType.ARTIFACT_READY, draft.concept_id, draft.kind.value),
            Event(EventType.RUN_FINISHED, payload=payload),
        ],
    )
    transaction.on_commit(lambda: metrics.RUNS.add(state=RunState.READY.value))
    log_end(GenerationRun.objects.get(pk=run_id), RunState.READY, ready=1, failed=0)
    return True
