"""What a person does with a plan that waits for their word, on a page or through the API."""

from __future__ import annotations

import uuid

from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import PermissionDenied
from django.db import transaction

from generation import tasks
from generation.enqueueing import enqueue_on_commit
from generation.models import GenerationRun
from generation.port.skeleton import Skeleton
from generation.runs import plans
from generation.runs.access import get_visible_run
from roadmaps.access import Visitor, may_change
from roadmaps.makers import made_roadmaps


def get_changeable_run(visitor: Visitor, session: SessionBase, run_id: uuid.UUID) -> GenerationRun:
    """A plan is for those who may resume its run. Raises Http404 where it is not seen,
    PermissionDenied where it is not theirs."""
    run = get_visible_run(visitor, run_id)
    if not may_change(visitor, run.roadmap, made_roadmaps(session)):
        raise PermissionDenied
    return run


def write_plan(
    run_id: uuid.UUID, version: int | None = None, changed: Skeleton | None = None
) -> None:
    """Have it written, as it was `changed` in the same form.

    Raises EditRefused, PlanStale and NotPlanned.
    """
    with transaction.atomic():
        if changed is not None and version is not None:
            version = plans.change_plan(run_id, version, changed).version
        plans.approve_plan(run_id, version)
        enqueue_on_commit(tasks.start_run, run_id)


def plan_anew(run_id: uuid.UUID, version: int, changed: Skeleton, wish: str) -> None:
    """Have a new plan made of this one, as somebody wishes.

    Raises EditRefused, PlanStale and NotPlanned.
    """
    with transaction.atomic():
        version = plans.change_plan(run_id, version, changed).version
        plans.plan_anew(run_id, version, wish)
        enqueue_on_commit(tasks.start_run, run_id)
