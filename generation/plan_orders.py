"""What a person does with a plan that waits for their word, on a page or through the API."""

from __future__ import annotations

import uuid

from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.limits.refusals import take_places
from accounts.limits.rules import plan_change_windows
from generation import tasks
from generation.admission import Asker, ask_once_more
from generation.enqueueing import enqueue_on_commit
from generation.models import GenerationRun
from generation.port.skeleton import Skeleton
from generation.runs import plans
from generation.runs.access import get_visible_run
from roadmaps.access import Visitor, may_change
from roadmaps.makers import made_roadmaps

ENOUGH = _(
    "That is as much as can be asked for in a day. You can ask for another plan %(when)s, and "
    "have this one written at any time."
)
CHANGED_OFTEN = _(
    "This plan cannot be changed more often in a day. You can change it %(when)s, and have it "
    "written at any time."
)
CLOSED = _("Nothing new is written for you at present. Everything that is ready can be read.")


def get_changeable_run(visitor: Visitor, session: SessionBase, run_id: uuid.UUID) -> GenerationRun:
    """A plan is for those who may resume its run. Raises Http404 where it is not seen,
    PermissionDenied where it is not theirs."""
    run = get_visible_run(visitor, run_id)
    if not may_change(visitor, run.roadmap, made_roadmaps(session)):
        raise PermissionDenied
    return run


def change_plan(run: GenerationRun, asker: Asker, version: int, changed: Skeleton) -> plans.Plan:
    """Each change is kept with its run, and so there is an end to them; what changes nothing is
    none. Raises EditRefused, PlanStale, NotPlanned and LimitReached."""
    windows = [] if asker.is_staff else plan_change_windows(asker.person)
    with take_places(windows, words=CHANGED_OFTEN, closed=CHANGED_OFTEN) as places:
        plan = plans.change_plan(run.pk, version, changed)
        if plan.version == version:
            places.give_back()
        return plan


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


def plan_anew(run: GenerationRun, asker: Asker, version: int, changed: Skeleton, wish: str) -> None:
    """Have a new plan made of this one, as somebody wishes: as much as another order, for a model
    is asked once more.

    Raises EditRefused, PlanStale, NotPlanned, LimitReached and Closed.
    """
    with ask_once_more(run, asker, enough=ENOUGH, closed=CLOSED), transaction.atomic():
        version = plans.change_plan(run.pk, version, changed).version
        plans.plan_anew(run.pk, version, wish)
        enqueue_on_commit(tasks.start_run, run.pk)
