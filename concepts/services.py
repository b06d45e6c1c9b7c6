"""Writing artifacts: finished versions, failures, another try (who may: `leases.py`).

Each function is one unit of database work: synchronous, atomic inside, idempotent, rows locked in
the order of their keys. Async code calls them through a lane.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from concepts import payloads
from concepts.artifact_states import ArtifactState
from concepts.bounds import (
    ERROR_CLASS_MAX_CHARACTERS,
    ERROR_DETAIL_MAX_CHARACTERS,
    MODEL_MAX_CHARACTERS,
    PROMPT_VERSION_MAX_CHARACTERS,
    REASON_MAX_CHARACTERS,
)
from concepts.drafts import FailureDraft, VersionDraft, storable
from concepts.leases import FREE, held_by, lock_rows, lock_writable, moment_in
from concepts.models import Artifact, ArtifactVersion, LinkState, Resource

_NO_ERROR = {"error_class": "", "error_public": "", "error_detail": ""}


@transaction.atomic
def retry_failed(run_id: uuid.UUID, artifact_ids: Sequence[int] | None = None) -> int:
    """Make a run's failed artifacts, or these of them, claimable again; return how many.

    All start counting their attempts anew, those that only wait for another try included.
    """
    states = [ArtifactState.FAILED, ArtifactState.PENDING]
    wanted = Artifact.objects.filter(run_id=run_id, state__in=states)
    ids = lock_rows(wanted if artifact_ids is None else wanted.filter(pk__in=artifact_ids))
    failed = Artifact.objects.filter(pk__in=ids, state=ArtifactState.FAILED).count()
    Artifact.objects.filter(pk__in=ids).update(
        state=ArtifactState.PENDING, attempts=0, retry_at=None, finished_at=None, **_NO_ERROR
    )
    return failed


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
        **FREE,
        **_NO_ERROR,
    )
    return ours


@transaction.atomic
def store_new_version(run_id: uuid.UUID, draft: VersionDraft) -> ArtifactVersion:
    """Write one more version of an artifact that is ready; what is shown stays the same.

    The caller has locked the artifact, and knows that this run has not written it yet.
    """
    [version] = _create_versions(run_id, [draft])
    payloads.create_payloads([(version, draft)])
    return version


def find_new_version(run_id: uuid.UUID, artifact_id: int) -> ArtifactVersion | None:
    return ArtifactVersion.objects.filter(artifact=artifact_id, run_id=run_id).first()


@transaction.atomic
def show_version(version: ArtifactVersion) -> None:
    """It is what is read from now on. The caller has locked its artifact."""
    ready = Artifact.objects.filter(pk=version.artifact_id, state=ArtifactState.READY)
    _keep_what_is_known_of_links(version, ready)
    ready.update(current_version=version, finished_at=Now())


def _keep_what_is_known_of_links(version: ArtifactVersion, before: QuerySet[Artifact]) -> None:
    """A link that the version before had, too, is no other link for being named again."""
    known = Resource.objects.filter(
        version__in=before.values("current_version"), url_canonical=OuterRef("url_canonical")
    ).exclude(state=LinkState.UNCHECKED)
    told = {name: Subquery(known.values(name)[:1]) for name in ("state", "checked_at")}
    Resource.objects.filter(Exists(known), version=version).update(**told)


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
    held = held_by(puller_id).filter(run_id=run_id, pk__in=sorted(by_id))
    artifacts = list(held.order_by("pk").select_for_update())
    for artifact in artifacts:
        _fail(artifact, by_id[artifact.pk])
    Artifact.objects.bulk_update(
        artifacts,
        ["state", "finished_at", "retry_at", *FREE, *_NO_ERROR],
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
