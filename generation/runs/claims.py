"""Taking a run or its work for a time, and giving it back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from concepts.leases import (
    claim_artifacts,
    find_claimable,
    moment_in,
    release_artifacts,
    renew_leases,
    take_artifacts,
)
from generation.models import EventType, GenerationRun
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton
from generation.port.spent import Spent
from generation.run_states import OPEN, RunState
from generation.runs import modules
from generation.runs.details import DetailsWork, list_details_work
from generation.runs.events import Event, append_events
from generation.runs.lifecycle import (
    FREE,
    MOST_STARTS,
    NEVER_PLANNED,
    NEVER_WRITTEN,
    count_start,
    move_run,
    stop_run,
)
from generation.runs.plans import base_of
from generation.runs.spending import record_spending
from generation.runs.work import Work, list_work


@dataclass(frozen=True)
class RunClaim:
    """A run that may be worked on. `needs_outline` means: by nobody else, and outline first;
    `rewrites`: by nobody else, and all there is to do is its one artifact."""

    run_id: uuid.UUID
    roadmap_id: uuid.UUID
    request: OutlineRequest
    needs_outline: bool
    rewrites: bool = False
    # A plan that is to be made anew, and what its learner says of it.
    base: Skeleton | None = None
    wish: str = ""


@transaction.atomic
def claim_run(
    run_id: uuid.UUID, puller_id: uuid.UUID, *, lease_seconds: float, only_plans: bool = False
) -> RunClaim | None:
    """Start or join a run; None when it is closed, or what one alone may make is in other hands.

    Whoever `only_plans` leaves an artifact that is written anew to others.
    """
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
    rewrites = run.artifact_id is not None and not only_plans
    if needs_outline or rewrites:
        if run.is_leased:
            return None
        if count_start(run) > MOST_STARTS:
            stop_run(run_id, RunState.PAUSED, NEVER_WRITTEN if rewrites else NEVER_PLANNED)
            return None
        lease = {"leased_by": puller_id, "lease_until": moment_in(lease_seconds)}
        GenerationRun.objects.filter(pk=run_id).update(**lease)
    if run.state == RunState.QUEUED:
        move_run(run_id, RunState.RUNNING, started_at=run.started_at or timezone.now())
        append_events(run_id, [Event(EventType.RUN_STARTED)])
    request = OutlineRequest.from_options(run.roadmap.goal, run.options)
    base, wish = base_of(run)
    if base is not None:
        # What they chose on the page of the plan goes before what they ordered.
        planned = len(base.concepts())
        request = replace(request, level=base.level, language=base.language, planned=planned)
    return RunClaim(run_id, run.roadmap_id, request, needs_outline, rewrites, base, wish)


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


@dataclass(frozen=True)
class Claimed:
    """What a puller has to do next: modules to be planned, artifacts to be written."""

    works: list[Work] = field(default_factory=list)
    details: list[DetailsWork] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.works) + len(self.details)


@transaction.atomic
def claim_next(
    run_id: uuid.UUID,
    puller_id: uuid.UUID,
    *,
    limit: int,
    lease_seconds: float,
    besides: Sequence[int] = (),
    planning: Sequence[int] = (),
) -> Claimed:
    """`claim_work`, and modules whose details are wanted; what is urgent first, whichever it is,
    and of the same urgency modules: without them there is nothing to write.

    `planning` are the modules that the puller plans already.
    """
    if not GenerationRun.objects.filter(pk=run_id, state=RunState.RUNNING).exists():
        return Claimed()
    wanted = modules.find_claimable(run_id, limit=limit, besides=planning)
    if not wanted:
        ids = claim_artifacts(
            run_id, puller_id, limit=limit, lease_seconds=lease_seconds, besides=besides
        )
        return Claimed(list_work(ids))
    artifacts = find_claimable(run_id, limit=limit, besides=besides)
    rows = [(row.urgency, 0, row) for row in wanted] + [(row.urgency, 1, row) for row in artifacts]
    chosen = sorted(rows)[:limit]
    module_ids, artifact_ids = ([row.pk for _, kind, row in chosen if kind == k] for k in (0, 1))
    take_artifacts(artifact_ids, puller_id, lease_seconds=lease_seconds)
    modules.take_modules(module_ids, puller_id, lease_seconds=lease_seconds)
    return Claimed(list_work(artifact_ids), list_details_work(run_id, module_ids))


@transaction.atomic
def renew_work(
    run_id: uuid.UUID,
    puller_id: uuid.UUID,
    artifact_ids: Sequence[int],
    module_ids: Sequence[int] = (),
    *,
    lease_seconds: float,
) -> None:
    """Push on the leases of what a puller is working on, the outline included."""
    renew_leases(puller_id, artifact_ids, lease_seconds=lease_seconds)
    modules.renew_module_leases(run_id, puller_id, module_ids, lease_seconds=lease_seconds)
    held = GenerationRun.objects.filter(pk=run_id, leased_by=puller_id)
    held.update(lease_until=moment_in(lease_seconds))


@transaction.atomic
def give_up_work(run_id: uuid.UUID, puller_id: uuid.UUID, spent: Spent | None = None) -> int:
    """Hand back everything a puller still holds, the outline included; `spent` as in a batch."""
    # It has not been tried to the end, so it does not count as a start.
    GenerationRun.objects.filter(pk=run_id, leased_by=puller_id).update(
        starts=Greatest(F("starts") - 1, 0), **FREE
    )
    released = release_artifacts(puller_id)
    modules.release_modules(run_id, puller_id)
    record_spending(run_id, puller_id, spent or Spent())
    return released
