"""The one door through which a roadmap is ordered: command, page, API and admin call it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from concepts.bounds import MODEL_MAX_CHARACTERS
from concepts.drafts import storable
from generation import tasks
from generation.enqueueing import enqueue_on_commit
from generation.models import EventType, GenerationRun
from generation.port.errors import GoalRefused
from generation.port.goals import check_wishes, clean_goal
from generation.port.provider import PlansInSteps, Provider
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton
from generation.port.skeleton_edits import EditRefused
from generation.runs import lifecycle, plans
from generation.runs.events import Event, append_events
from roadmaps.models import Level, Visibility
from roadmaps.services import create_roadmap


@dataclass(frozen=True)
class Order:
    """Who wants what. Without an owner the roadmap is public unless `visibility` says otherwise."""

    request: OutlineRequest
    owner: User | None = None
    visibility: Visibility | None = None
    idempotency_key: str | None = None
    # A visitor's address and session, as rows may keep them; empty for people with an account.
    placed_from: str = ""
    placed_by: str = ""
    # A plan that somebody brought along: nobody is asked for one.
    skeleton: Skeleton | None = None

    @property
    def chosen_visibility(self) -> Visibility:
        if self.visibility is not None:
            return self.visibility
        return Visibility.PRIVATE if self.owner else Visibility.PUBLIC


def check_request(request: OutlineRequest, provider: Provider) -> OutlineRequest:
    """The request with its goal cleaned; the plan is shown first only where there is one before
    anything is written. Raises GoalRefused before anything is spent."""
    cleaned = OutlineRequest.from_options(clean_goal(request.goal), request.options())
    problems = check_wishes(cleaned, timezone.localdate())
    if problems:
        raise GoalRefused("\n".join(f"{field}: {text}" for field, text in problems.items()))
    provider.check_goal(cleaned)
    return cleaned if isinstance(provider, PlansInSteps) else replace(cleaned, plan_first=False)


def request_roadmap(order: Order, provider: Provider, *, enqueue: bool = True) -> uuid.UUID:
    """Open a roadmap and its run, and enqueue the run once both are committed; return its id.

    The same idempotency key gives the same run, also when two requests race. Raises GoalRefused.
    """
    request = check_request(order.request, provider)
    try:
        return _open_run(order, request, provider, enqueue=enqueue)
    except IntegrityError:
        run_id = find_order(order, request)
        if run_id is None:
            raise
        return run_id


@transaction.atomic
def resume(run_id: uuid.UUID, *, enqueue: bool = True) -> bool:
    """Have what is missing of a run written, or the plan that waits; False when nothing can be."""
    resumed = _approve(run_id)
    if resumed is None:
        resumed = lifecycle.resume_run(run_id)
    if resumed and enqueue:
        enqueue_on_commit(tasks.start_run, run_id)
    return resumed


def _approve(run_id: uuid.UUID) -> bool | None:
    """Whether the plan that waits is written now; None where none waits."""
    try:
        return bool(plans.approve_plan(run_id))
    except plans.NotPlanned:
        return None
    except EditRefused:
        return False


class KeyReused(Exception):
    """An idempotency key came back with another goal or other options."""


def find_order(order: Order, request: OutlineRequest) -> uuid.UUID | None:
    """The run this very order opened before. Raises KeyReused."""
    if order.idempotency_key is None:
        return None
    run = (
        GenerationRun.objects.select_related("roadmap")
        .filter(idempotency_key=order.idempotency_key, requested_by=order.owner)
        .first()
    )
    if run is None:
        return None
    if (run.roadmap.goal, run.options) != (request.goal, request.options()):
        raise KeyReused(f"“{order.idempotency_key}” stands for another order.")
    return run.pk


@transaction.atomic
def _open_run(
    order: Order, request: OutlineRequest, provider: Provider, *, enqueue: bool
) -> uuid.UUID:
    existing = find_order(order, request)
    if existing is not None:
        return existing
    roadmap = create_roadmap(
        goal=request.goal,
        owner=order.owner,
        visibility=order.chosen_visibility,
        level=request.level or Level.BEGINNER,
        language=request.language or "en",
        hours_per_week=request.hours_per_week,
        target_date=request.target_date,
    )
    run = GenerationRun.objects.create(
        roadmap=roadmap,
        requested_by=order.owner,
        placed_from=order.placed_from,
        placed_by=order.placed_by,
        idempotency_key=order.idempotency_key,
        provider=provider.name,
        model=storable(provider.model)[:MODEL_MAX_CHARACTERS],
        options=request.options(),
        **(plans.first_plan(order.skeleton) if order.skeleton else {}),
    )
    planned = [plans.planned_event(order.skeleton)] if order.skeleton else []
    append_events(run.pk, planned or [Event(EventType.RUN_QUEUED)])
    if enqueue and not planned:
        enqueue_on_commit(tasks.start_run, run.pk)
    return run.pk
