"""Who plans the details of a module, and until when: claims and leases, as with artifacts.

Each function is one unit of database work, or a part of one. Modules are locked after artifacts and
before their run.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest, Now

from concepts.artifact_states import ArtifactState, sources
from concepts.leases import FREE, Claimable, moment_in
from roadmaps.models import OPEN_DETAILS, DetailsState, Module

NO_ERROR = {"error_public": "", "error_detail": ""}


def find_claimable(
    run_id: uuid.UUID, *, limit: int, besides: Sequence[int] = ()
) -> list[Claimable]:
    """Modules whose details are wanted and that nobody plans, locked; those in work are skipped."""
    free = Q(details_state=DetailsState.PENDING) & (
        Q(retry_at__isnull=True) | Q(retry_at__lte=Now())
    )
    abandoned = Q(details_state=DetailsState.RUNNING, lease_until__lt=Now())
    rows = (
        Module.objects.filter(free | abandoned, run_id=run_id, details_state__in=OPEN_DETAILS)
        .exclude(pk__in=besides)
        .order_by("-priority", "stage__position", "position")
        .select_for_update(skip_locked=True, of=("self",))
        .values_list("priority", "stage__position", "position", "pk")[:limit]
    )
    # No stage has so many modules.
    return [Claimable(-priority, 1_000 * stage + place, pk) for priority, stage, place, pk in rows]


def take_modules(module_ids: Sequence[int], puller_id: uuid.UUID, *, lease_seconds: float) -> None:
    """Claim rows that this transaction has locked."""
    if not module_ids:
        return
    Module.objects.filter(pk__in=module_ids).update(
        details_state=DetailsState.RUNNING,
        leased_by=puller_id,
        lease_until=moment_in(lease_seconds),
        retry_at=None,
        attempts=F("attempts") + 1,
    )


def held_by(run_id: uuid.UUID, puller_id: uuid.UUID) -> QuerySet[Module]:
    """What a puller may plan, as far as the rows know."""
    return Module.objects.filter(
        run_id=run_id, leased_by=puller_id, details_state=DetailsState.RUNNING
    )


def lock_rows(modules: QuerySet[Module]) -> list[int]:
    """In key order: two units that share rows then wait, but never deadlock."""
    return list(modules.order_by("pk").select_for_update().values_list("pk", flat=True))


def renew_module_leases(
    run_id: uuid.UUID, puller_id: uuid.UUID, module_ids: Sequence[int], *, lease_seconds: float
) -> None:
    if not module_ids:
        return
    ids = lock_rows(held_by(run_id, puller_id).filter(pk__in=module_ids))
    Module.objects.filter(pk__in=ids).update(lease_until=moment_in(lease_seconds))


def release_modules(run_id: uuid.UUID, puller_id: uuid.UUID) -> None:
    """Give back what a puller holds; it has not been tried to the end, so it was no attempt."""
    ids = lock_rows(held_by(run_id, puller_id))
    if not ids:
        return
    Module.objects.filter(pk__in=ids).update(
        details_state=DetailsState.PENDING, attempts=Greatest(F("attempts") - 1, 0), **FREE
    )


def lock_plannable(run_id: uuid.UUID, module_id: int) -> bool:
    """Lock a module whose details this run may still write; False when somebody was first."""
    states = sources(ArtifactState.READY)
    mine = Module.objects.filter(pk=module_id, run_id=run_id, details_state__in=states)
    return bool(lock_rows(mine))


def retry_failed_modules(run_id: uuid.UUID) -> int:
    """Make a run's failed modules claimable again; return how many. All count anew."""
    states = [DetailsState.FAILED, DetailsState.PENDING]
    ids = lock_rows(Module.objects.filter(run_id=run_id, details_state__in=states))
    if not ids:
        return 0
    failed = Module.objects.filter(pk__in=ids, details_state=DetailsState.FAILED).count()
    Module.objects.filter(pk__in=ids).update(
        details_state=DetailsState.PENDING, attempts=0, retry_at=None, **NO_ERROR
    )
    return failed
