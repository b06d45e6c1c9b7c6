"""A run whose plan is to be seen first: it waits, and goes on with what its learner says."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from concepts.models import Artifact, Concept
from connection_budget.lanes.executor import DbExecutor
from generation import dispatch
from generation.models import EventType, GenerationEvent
from generation.port.request import OutlineRequest
from generation.port.skeleton_edits import Editing
from generation.puller.limits import Limits
from generation.puller.pipeline import plan, pull
from generation.run_states import RunState
from generation.runs import plans
from tests.generation.cast import (
    ScriptedProvider,
    assert_complete,
    assert_history,
    get_run,
    make_outline,
)
from tests.generation.stepwise import StepwiseProvider, make_skeleton, make_stepwise

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

QUICK = Limits(batch_concepts=4, batch_seconds=0.02, poll_seconds=0.02, retry_seconds=0.01)
FRAME = make_skeleton(4)


def order(provider: StepwiseProvider | ScriptedProvider) -> uuid.UUID:
    wanted = OutlineRequest(goal="Tying knots", concepts=8, plan_first=True)
    return dispatch.request_roadmap(dispatch.Order(wanted), provider, enqueue=False)


def work(run_id: uuid.UUID, provider: StepwiseProvider, db: DbExecutor) -> RunState:
    return asyncio.run(pull(run_id, provider=provider, db=db, limits=QUICK))


def waiting_plan(run_id: uuid.UUID) -> plans.Plan:
    found = plans.find_plan(run_id)
    assert found is not None
    return found


def test_a_plan_to_be_seen_first_waits_and_nothing_is_written(db_executor: DbExecutor) -> None:
    provider = make_stepwise(FRAME)
    run_id = order(provider)
    assert work(run_id, provider, db_executor) is RunState.PLANNED
    assert waiting_plan(run_id).skeleton == FRAME
    assert (provider.detailed.total(), provider.calls.total()) == (0, 0)
    assert not Concept.objects.exists()
    run = get_run(run_id)
    assert (run.tokens_out, run.leased_by, run.plan_version) == (200, None, 1)
    assert work(run_id, provider, db_executor) is RunState.PLANNED
    assert provider.skeletons == 1
    assert_history(run_id)


def test_whoever_only_plans_keeps_it_the_same_way(db_executor: DbExecutor) -> None:
    """The task that begins a run in the fleet."""
    provider = make_stepwise(FRAME)
    run_id = order(provider)
    state = asyncio.run(plan(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert (state, Concept.objects.exists()) == (RunState.PLANNED, False)


def test_an_approved_plan_is_written_as_it_was_changed_and_planned_once(
    db_executor: DbExecutor,
) -> None:
    provider = make_stepwise(FRAME)
    run_id = order(provider)
    work(run_id, provider, db_executor)
    editing = Editing(FRAME)
    editing.rename("c1", "The bowline")
    editing.mark_known("c2", known=True)
    plans.change_plan(run_id, 1, editing.finish())
    assert plans.approve_plan(run_id, 2) == 8
    assert work(run_id, provider, db_executor) is RunState.READY
    assert provider.skeletons == 1
    first, second = Concept.objects.order_by("position")[:2]
    assert (first.title, second.is_known) == ("The bowline", True)
    # What is known is planned in detail, and not written.
    assert second.objectives
    assert not second.artifacts.exists()
    assert Artifact.objects.filter(state="ready").count() == 7 * 3
    assert_history(run_id)


def test_what_is_missing_is_said_to_whoever_plans_anew(db_executor: DbExecutor) -> None:
    """With the plan there is, changes included; what comes of it waits, too."""
    provider = make_stepwise(FRAME)
    run_id = order(provider)
    work(run_id, provider, db_executor)
    editing = Editing(FRAME)
    editing.rename("c1", "The bowline")
    changed = plans.change_plan(run_id, 1, editing.finish()).skeleton
    plans.plan_anew(run_id, 2, "More practice, less theory")
    provider.frame = make_skeleton(3)
    assert work(run_id, provider, db_executor) is RunState.PLANNED
    assert provider.wished == [(None, ""), (changed, "More practice, less theory")]
    plan_now = waiting_plan(run_id)
    assert (plan_now.skeleton, plan_now.version) == (provider.frame, 3)
    assert get_run(run_id).plan_wish == ""
    assert not Concept.objects.exists()
    plans.approve_plan(run_id)
    assert work(run_id, provider, db_executor) is RunState.READY
    assert_complete(run_id, 6)


def test_a_plan_somebody_brought_along_is_not_asked_for(db_executor: DbExecutor) -> None:
    provider = make_stepwise(FRAME)
    wanted = OutlineRequest(goal="Tying knots", concepts=8)
    run_id = dispatch.request_roadmap(
        dispatch.Order(wanted, skeleton=FRAME), provider, enqueue=False
    )
    assert work(run_id, provider, db_executor) is RunState.PLANNED
    assert dispatch.resume(run_id, enqueue=False)
    assert work(run_id, provider, db_executor) is RunState.READY
    assert provider.skeletons == 0
    assert_complete(run_id, 8)


def test_a_plan_that_is_there_at_once_is_never_held_back(db_executor: DbExecutor) -> None:
    provider = ScriptedProvider(make_outline(8))
    run_id = order(provider)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert state is RunState.READY
    assert not GenerationEvent.objects.filter(type=EventType.RUN_PLANNED).exists()
