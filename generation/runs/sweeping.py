"""Runs that nobody works on: their message got lost, or their worker died."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from concepts.artifact_states import ArtifactState
from concepts.models import Artifact, Concept
from generation.models import GenerationRun
from generation.run_states import OPEN, RunState
from generation.runs.lifecycle import go_on
from generation.runs.reservations import forget_old
from roadmaps.models import DetailsState, Module


@dataclass(frozen=True)
class NeglectedRun:
    run_id: uuid.UUID
    planned: bool


# More go on with the next sweep.
GO_ON_AT_ONCE = 100


def sweep() -> list[NeglectedRun]:
    """All that is to be enqueued: runs for which a new day has begun are among them."""
    now = timezone.now()
    forget_old(now)
    due = GenerationRun.objects.filter(state=RunState.PAUSED, resumes_at__lte=now)
    ids = due.order_by("resumes_at").values_list("pk", flat=True)[:GO_ON_AT_ONCE]
    for run_id in list(ids):
        go_on(run_id, now)
    return list_neglected_runs()


def list_neglected_runs() -> list[NeglectedRun]:
    """Open runs, older than a sweep, on which no lease is alive; the oldest first.

    A puller that is just about to claim is counted as missing: one message too many does no harm.
    """
    now = timezone.now()
    held = Artifact.objects.filter(
        run_id=OuterRef("pk"), state=ArtifactState.RUNNING, lease_until__gte=now
    )
    planning = Module.objects.filter(
        run_id=OuterRef("pk"), details_state=DetailsState.RUNNING, lease_until__gte=now
    )
    runs = (
        GenerationRun.objects.filter(
            Q(lease_until__isnull=True) | Q(lease_until__lt=now),
            ~Exists(held),
            ~Exists(planning),
            state__in=list(OPEN),
            created_at__lt=now - timedelta(seconds=settings.SWEEP_SECONDS),
        )
        .annotate(planned=Exists(Concept.objects.filter(roadmap=OuterRef("roadmap"))))
        .order_by("created_at")
    )
    return [NeglectedRun(run.pk, run.planned) for run in runs]
