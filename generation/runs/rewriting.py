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
from concepts.models import Artifact, ArtifactVersion, Origin
from concepts.services import find_new_version, show_version, store_new_version
from generation import metrics
from generation.models import EventType, GenerationRun
from generation.port.provider import Provider
from generation.port.spent import Spent
from generation.run_states import OPEN, RunState
from generation.runs.earlier import tell_version
from generation.runs.events import Event, append_events
from generation.runs.lifecycle import FREE, find_open_rewriting, log_end, move_run
from generation.runs.spending import record_spending
from generation.runs.work import Work, list_work
from roadmaps.text import without_directions


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
        instruction=storable(without_directions(instruction)),
        provider=provider.name,
        model=storable(provider.model)[:MODEL_MAX_CHARACTERS],
        **ordered,
    )
    append_events(run.pk, [Event(EventType.RUN_QUEUED)])
    return run


def get_work(run_id: uuid.UUID) -> Work:
    """What this run writes, with all that a writer has to know."""
    run = GenerationRun.objects.select_related("artifact__current_version").get(pk=run_id)
    assert run.artifact is not None, "a run about a whole roadmap claims its work"
    (work,) = list_work([run.artifact.pk])
    earlier = tell_version(run.artifact.current_version)
    brief = replace(work.brief, instruction=run.instruction, earlier=earlier)
    return replace(work, brief=brief)


@transaction.atomic
def save_new_version(
    run_id: uuid.UUID, puller_id: uuid.UUID, draft: VersionDraft, spent: Spent
) -> bool:
    """Show what was written, and close its run; False when the run is not open any more.

    Whoever finishes first wins, with or without the lease. Of a run that somebody stopped it is
    kept, for it is paid for, and not shown: they want what they have, until they say so.
    """
    lock_artifacts([draft.artifact_id])
    if find_new_version(run_id, draft.artifact_id) is not None:
        return False
    if not _move_to_its_end(run_id):
        _keep(run_id, puller_id, draft, spent)
        return False
    show_version(store_new_version(run_id, draft))
    record_spending(run_id, puller_id, spent)
    _tell_its_end(run_id, Event(EventType.ARTIFACT_READY, draft.concept_id, draft.kind.value))
    return True


def _keep(run_id: uuid.UUID, puller_id: uuid.UUID, draft: VersionDraft, spent: Spent) -> None:
    if not GenerationRun.objects.filter(pk=run_id).exists():
        return
    store_new_version(run_id, draft)
    record_spending(run_id, puller_id, spent)
    append_events(run_id, [Event(EventType.VERSION_KEPT, draft.concept_id, draft.kind.value)])


@transaction.atomic
def finish_with_kept(run_id: uuid.UUID) -> bool:
    """Show what was kept of a run that is taken up again: it is not paid for twice. False where
    nothing was."""
    artifact, version = _lock_kept(run_id)
    if artifact is None or version is None or not _move_to_its_end(run_id):
        return False
    show_version(version)
    _tell_its_end(run_id, Event(EventType.ARTIFACT_READY, artifact.concept_id, artifact.kind))
    return True


@transaction.atomic
def show_kept(run_id: uuid.UUID) -> bool:
    """As somebody asks who had it stopped; False where there is nothing that could be shown."""
    artifact, version = _lock_kept(run_id)
    if artifact is None or version is None or find_open_rewriting(artifact.pk) is not None:
        return False
    if not dismiss(run_id):
        return False
    show_version(version)
    append_events(run_id, [Event(EventType.ARTIFACT_READY, artifact.concept_id, artifact.kind)])
    return True


def dismiss(run_id: uuid.UUID) -> bool:
    """Nobody is told any more how it ended; False where that was not so, or it goes on."""
    ended = GenerationRun.objects.filter(pk=run_id, artifact__isnull=False, dismissed_at=None)
    return bool(ended.exclude(state__in=list(OPEN)).update(dismissed_at=timezone.now()))


def _lock_kept(run_id: uuid.UUID) -> tuple[Artifact | None, ArtifactVersion | None]:
    artifact = Artifact.objects.filter(rewritings=run_id).select_for_update(of=("self",)).first()
    if artifact is None:
        return None, None
    version = find_new_version(run_id, artifact.pk)
    is_new = version is not None and version.pk != artifact.current_version_id
    return artifact, version if is_new else None


def _move_to_its_end(run_id: uuid.UUID) -> bool:
    return move_run(run_id, RunState.READY, reason="", finished_at=timezone.now(), **FREE)


def _tell_its_end(run_id: uuid.UUID, written: Event) -> None:
    payload = {"state": RunState.READY.value, "ready": 1, "failed": 0}
    append_events(run_id, [written, Event(EventType.RUN_FINISHED, payload=payload)])
    transaction.on_commit(lambda: metrics.RUNS.add(state=RunState.READY.value))
    log_end(GenerationRun.objects.get(pk=run_id), RunState.READY, ready=1, failed=0)
