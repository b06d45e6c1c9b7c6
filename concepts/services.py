"""Writing artifacts: claims and leases, finished versions, failures.

Each function is one unit of database work: synchronous, atomic inside, idempotent, rows locked in
the order of their keys. Async code calls them through a lane.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Greatest, Now

from concepts import payloads
from concepts.artifact_states import ArtifactState, sources
from concepts.bounds import (
    ERROR_CLASS_MAX_CHARACTERS,
    ERROR_DETAIL_MAX_CHARACTERS,
    MODEL_MAX_CHARACTERS,
    PROMPT_VERSION_MAX_CHARACTERS,
    REASON_MAX_CHARACTERS,
)
from concepts.drafts import FailureDraft, VersionDraft, storable
from concepts.models import Artifact, ArtifactVersion

_FREE = {"leased_by": None, "lease_until": None}
_NO_ERROR = {"error_class": "", "error_public": "", "error_detail": ""}


def moment_in(seconds: float) -> ExpressionWrapper[Any]:
    """A moment on the server's clock; workers' clocks may differ."""
    span = Value(timedelta(seconds=seconds), output_field=DurationField())
    return ExpressionWrapper(Now() + span, output_field=DateTimeField())


def claimable(run_id: uuid.UUID) -> QuerySet[Artifact]:
    """A run's unfinished artifacts that nobody holds, or whose holder has not come back."""
    free = Q(state=ArtifactState.PENDING) & (Q(retry_at__isnull=True) | Q(retry_at__lte=Now()))
    abandoned = Q(state=ArtifactState.RUNNING, lease_until__lt=Now())
    return Artifact.objects.filter(free | abandoned, run_id=run_id)


@transaction.atomic
def claim_artifacts(
    run_id: uuid.UUID,
    puller_id: uuid.UUID,
    *,
    limit: int,
    lease_seconds: float,
    besides: Sequence[int] = (),
) -> list[int]:
    """Take up to `limit` artifacts in order of priority, then of the roadmap; return their ids.

    Rows another claim is looking at are skipped, so pullers never wait for each other. `besides`
    are those the puller is writing already, though it may have lost their leases.
    """
    ids = list(
        claimable(run_id)
        .exclude(pk__in=besides)
        .order_by("-priority", "position")
        .select_for_update(skip_locked=True)
        .values_list("pk", flat=True)[:limit]
    )
    Artifact.objects.filter(pk__in=ids).update(
        state=ArtifactState.RUNNING,
        leased_by=puller_id,
        lease_until=moment_in(lease_seconds),
        retry_at=None,
        attempts=F("attempts") + 1,
    )
    return ids


def _held_by(puller_id: uuid.UUID) -> QuerySet[Artifact]:
    return Artifact.objects.filter(leased_by=puller_id, state=ArtifactState.RUNNING)


@transaction.atomic
def renew_leases(puller_id: uuid.UUID, artifact_ids: Sequence[int], *, lease_seconds: float) -> int:
    """Push on a puller's leases; return how many.

    The puller names what it knows to hold: a claim whose answer got lost on the way must run out.
    """
    ids = _lock(_held_by(puller_id).filter(pk__in=artifact_ids))
    return Artifact.objects.filter(pk__in=ids).update(lease_until=moment_in(lease_seconds))


@transaction.atomic
def release_artifacts(puller_id: uuid.UUID) -> int:
    """Give back what a puller holds and will not finish; return how many.

    It has not been tried to the end, so it does not count as an attempt.
    """
    ids = _lock(_held_by(puller_id))
    return Artifact.objects.filter(pk__in=ids).update(
        state=ArtifactState.PENDING, attempts=Greatest(F("attempts") - 1, 0), **_FREE
    )


@transaction.atomic
def retry_failed(run_id: uuid.UUID, artifact_ids: Sequence[int] | None = None) -> int:
    """Make a run's failed artifacts, or these of them, claimable again; return how many.

    All start counting their attempts anew, those that only wait for another try included.
    """
    states = [ArtifactState.FAILED, ArtifactState.PENDING]
    wanted = Artifact.objects.filter(run_id=run_id, state__in=states)
    ids = _lock(wanted if artifact_ids is None else wanted.filter(pk__in=artifact_ids))
    failed = Artifact.objects.filter(pk__in=ids, state=ArtifactState.FAILED).count()
    Artifact.objects.filter(pk__in=ids).update(
        state=ArtifactState.PENDING, attempts=0, retry_at=None, finished_at=None, **_NO_ERROR
    )
    return failed


def _lock(artifacts: QuerySet[Artifact]) -> list[int]:
    """Lock rows in key order: two units that share rows then wait, but never deadlock."""
    return list(artifacts.order_by("pk").select_for_update().values_list("pk", flat=True))


def lock_artifacts(artifact_ids: Iterable[int]) -> None:
    """Lock a batch's rows at once, in key order, before anything touches them in another."""
    _lock(Artifact.objects.filter(pk__in=sorted(artifact_ids)))


def lock_writable(run_id: uuid.UUID, artifact_ids: Iterable[int]) -> set[int]:
    """Lock the rows this run may still write.

    An artifact that is finished already, or was taken over by a newer run, is not among them:
    that makes a redelivered batch and a stale run's write harmless.
    """
    return set(
        _lock(
            Artifact.objects.filter(
                pk__in=sorted(artifact_ids), run_id=run_id, state__in=sources(ArtifactState.READY)
            )
        )
    )


@transaction.atomic
def store_versions(run_id: uuid.UUID, drafts: Sequence[VersionDraft]) -> list[VersionDraft]:
    """Write finished artifacts, all of them or (raising) none; return those that were ours.

    Whoever finishes first wins: a puller whose lease ran out may still store what it paid for.
    """
    writable = lock_writable(run_id, [draft.artifact_id for draft in drafts])
    ours = [
        draft
        for artifact_id, draft in sorted({draft.artifact_id: draft for draft in drafts}.items())
        if artifact_id in writable
    ]
    versions = _create_versions(run_id, ours)
    payloads.create_payloads(list(zip(versions, ours, strict=True)))
    newest = ArtifactVersion.objects.filter(artifact=OuterRef("pk"), run_id=run_id)
    Artifact.objects.filter(pk__in=[draft.artifact_id for draft in ours]).update(
        state=ArtifactState.READY,
        current_version=Subquery(newest.values("pk")),
        finished_at=Now(),
        retry_at=None,
        **_FREE,
        **_NO_ERROR,
    )
    return ours


@transaction.atomic
def store_new_version(run_id: uuid.UUID, draft: VersionDraft) -> None:
    """Write one more version of an artifact that is ready; it is the one shown from now on.

    The caller has locked the artifact, and knows that this run has not written it yet.
    """
    versions = _create_versions(run_id, [draft])
    payloads.create_payloads(list(zip(versions, [draft], strict=True)))
    ready = Artifact.objects.filter(pk=draft.artifact_id, state=ArtifactState.READY)
    ready.update(current_version=versions[0], finished_at=Now())


def _create_versions(run_id: uuid.UUID, drafts: Sequence[VersionDraft]) -> list[ArtifactVersion]:
    numbers = dict(
        ArtifactVersion.objects.filter(artifact__in=[draft.artifact_id for draft in drafts])
        .order_by("artifact_id")
        .values_list("artifact_id")
        .annotate(Max("number"))
    )
    return ArtifactVersion.objects.bulk_create(
        ArtifactVersion(
            artifact_id=draft.artifact_id,
            number=numbers.get(draft.artifact_id, 0) + 1,
            run_id=run_id,
            origin=draft.provenance.origin,
            provider=draft.provenance.provider,
            model=storable(draft.provenance.model)[:MODEL_MAX_CHARACTERS],
            prompt_version=draft.provenance.prompt_version[:PROMPT_VERSION_MAX_CHARACTERS],
            instruction=draft.provenance.instruction,
            language=draft.provenance.language,
            content_hash=draft.content_hash,
            reviewed_on=draft.provenance.reviewed_on,
            tokens_in=draft.provenance.tokens_in,
            tokens_out=draft.provenance.tokens_out,
            cost_usd=draft.provenance.cost_usd,
        )
        for draft in drafts
    )


@transaction.atomic
def store_failures(
    run_id: uuid.UUID, puller_id: uuid.UUID, drafts: Sequence[FailureDraft]
) -> list[FailureDraft]:
    """Mark artifacts failed, or give them back for another try; return those now failed.

    Only the holder of the lease may: somebody else may be writing the artifact by now.
    """
    by_id = {draft.artifact_id: draft for draft in drafts}
    held = _held_by(puller_id).filter(run_id=run_id, pk__in=sorted(by_id))
    artifacts = list(held.order_by("pk").select_for_update())
    for artifact in artifacts:
        _fail(artifact, by_id[artifact.pk])
    Artifact.objects.bulk_update(
        artifacts,
        ["state", "finished_at", "retry_at", *_FREE, *_NO_ERROR],
    )
    return [by_id[artifact.pk] for artifact in artifacts if artifact.state == ArtifactState.FAILED]


def _fail(artifact: Artifact, draft: FailureDraft) -> None:
    artifact.state = ArtifactState.FAILED if draft.retry_seconds is None else ArtifactState.PENDING
    artifact.leased_by = artifact.lease_until = None
    artifact.error_class = draft.error_class[:ERROR_CLASS_MAX_CHARACTERS]
    artifact.error_public = draft.public[:REASON_MAX_CHARACTERS]
    artifact.error_detail = draft.detail[:ERROR_DETAIL_MAX_CHARACTERS]
    if draft.retry_seconds is None:
        artifact.finished_at = Now()
    else:
        artifact.retry_at = moment_in(draft.retry_seconds)
