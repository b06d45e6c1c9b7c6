"""What a person does with a plan that waits for their word, on a page or through the API."""

from __future__ import annotations

import uuid
from functools import partial

import structlog
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import PermissionDenied
from django.db import transaction
from kombu.exceptions import OperationalError

from generation import tasks
from generation.models import GenerationRun
from generation.port.skeleton import Skeleton
from generation.runs import plans
from generation.runs.access import get_visible_run
from roadmaps.access import Visitor, may_change
from roadmaps.makers import made_roadmaps

log = structlog.get_logger(__name__)


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
        _enqueue(run_id)


def plan_anew(run_id: uuid.UUID, version: int, changed: Skeleton, wish: str) -> None:
    """Have a new plan made of this one, as somebody wishes.

    Raises EditRefused, PlanStale and NotPlanned.
    """
    with transaction.atomic():
        version = plans.change_plan(run_id, version, changed).version
        plans.plan_anew(run_id, version, wish)
        _enqueue(run_id)


def _enqueue(run_id: uuid.UUID) -> None:
    """Once it is committed; the sweep enqueues what no message was sent for."""
    transaction.on_commit(partial(_tell_workers, run_id))


def _tell_workers(run_id: uuid.UUID) -> None:
    try:
        tasks.start_run.delay(str(run_id))
    except OperationalError as error:
        log.warning("order_not_enqueued", error=str(error))
