"""Who writes an artifact, and until when: claims and leases.

Each function is one unit of database work: synchronous, atomic inside, idempotent, rows locked in
the order of their keys. Async code calls them through a lane.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import (
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Greatest, Now

from concepts.artifact_states import ArtifactState, sources
from concepts.models import Artifact

FREE = {"leased_by": None, "lease_until": None}


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
    found = find_claimable(run_id, limit=limit, besides=besides)
    return take_artifacts([one.pk for one in found], puller_id, lease_seconds=lease_seconds)


class Claimable(NamedTuple):
    """A row that may be claimed, locked; the first in this order is to be written first."""

    urgency: int  # the priority, below zero
    position: int
    pk: int


def find_claimable(
    run_id: uuid.UUID, *, limit: int, besides: Sequence[int] = ()
) -> list[Claimable]:
    """What a claim would take, locked; in a transaction. It is left alone unless it is taken."""
    rows = (
        claimable(run_id)
        .exclude(pk__in=besides)
        .order_by("-priority", "position")
        .select_for_update(skip_locked=True)
        .values_list("priority", "position", "pk")[:limit]
    )
    return [Claimable(-priority, position, pk) for priority, position, pk in rows]


def take_artifacts(
    artifact_ids: Sequence[int], puller_id: uuid.UUID, *, lease_seconds: float
) -> list[int]:
    """Claim rows that this transaction has locked."""
    Artifact.objects.filter(pk__in=artifact_ids).update(
        state=ArtifactState.RUNNING,
        leased_by=puller_id,
        lease_until=moment_in(lease_seconds),
        retry_at=None,
        attempts=F("attempts") + 1,
    )
    return list(artifact_ids)


def held_by(puller_id: uuid.UUID) -> QuerySet[Artifact]:
    """What a puller may write, as far as the rows know."""
    return Artifact.objects.filter(leased_by=puller_id, state=ArtifactState.RUNNING)


@transaction.atomic
def renew_leases(puller_id: uuid.UUID, artifact_ids: Sequence[int], *, lease_seconds: float) -> int:
    """Push on a puller's leases; return how many.

    The puller names what it knows to hold: a claim whose answer got lost on the way must run out.
    """
    ids = lock_rows(held_by(puller_id).filter(pk__in=artifact_ids))
    return Artifact.objects.filter(pk__in=ids).update(lease_until=moment_in(lease_seconds))


@transaction.atomic
def release_artifacts(puller_id: uuid.UUID) -> int:
    """Give back what a puller holds and will not finish; return how many.

    It has not been tried to the end, so it does not count as an attempt.
    """
    ids = lock_rows(held_by(puller_id))
    return Artifact.objects.filter(pk__in=ids).update(
        state=ArtifactState.PENDING, attempts=Greatest(F("attempts") - 1, 0), **FREE
    )


def lock_rows(artifacts: QuerySet[Artifact]) -> list[int]:
    """Lock rows in key order: two units that share rows then wait, but never deadlock."""
    return list(artifacts.order_by("pk").select_for_update().values_list("pk", flat=True))


def lock_artifacts(artifact_ids: Iterable[int]) -> None:
    """Lock a batch's rows at once, in key order, before anything touches them in another."""
    lock_rows(Artifact.objects.filter(pk__in=sorted(artifact_ids)))


def lock_writable(run_id: uuid.UUID, artifact_ids: Iterable[int]) -> set[int]:
    """Lock the rows this run may still write.

    An artifact that is finished already, or was taken over by a newer run, is not among them:
    that makes a redelivered batch and a stale run's write harmless.
    """
    return set(
        lock_rows(
            Artifact.objects.filter(
                pk__in=sorted(artifact_ids), run_id=run_id, state__in=sources(ArtifactState.READY)
            )
        )
    )
