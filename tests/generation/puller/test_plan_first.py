"""A run whose plan is to be seen first: it waits, and goes on with what its learner says."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from django.test import Client

from concepts.models import Artifact, Concept
from connection_budget.lanes.executor import DbExecutor
from generation import dispatch
from generation.models import EventType, GenerationEvent
from generation.port.errors import ContentError, GoalRefused, ProviderError
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


@pytest.mark.parametrize(
    "failing",
    [ContentError("No plan came."), GoalRefused("“x” is not planned here.", for_learners="No.")],
)
def test_a_plan_is_not_lost_to_a_wish_that_comes_to_nothing(
    db_executor: DbExecutor, failing: ProviderError
) -> None:
    provider = make_stepwise(FRAME)
    run_id = order(provider)
    work(run_id, provider, db_executor)
    plans.plan_anew(run_id, 1, "More practice")
    provider.fail_skeleton = failing
    assert work(run_id, provider, db_executor) is RunState.PLANNED
    run, waiting = get_run(run_id), waiting_plan(run_id)
    assert (waiting.skeleton, waiting.version, run.leased_by) == (FRAME, 1, None)
    assert (run.plan_wish, run.reason) == (
        "More practice",
        getattr(failing, "for_learners", "") or str(failing),
    )
    assert_history(run_id)
    provider.fail_skeleton = None
    plans.approve_plan(run_id)
    assert work(run_id, provider, db_executor) is RunState.READY


def test_what_was_changed_on_its_page_holds_for_the_next_plan(db_executor: DbExecutor) -> None:
    """The level, how much there is, and what is known already."""
    provider = make_stepwise(FRAME)
    run_id = order(provider)
    work(run_id, provider, db_executor)
    editing = Editing(FRAME)
    editing.set_level("advanced")
    editing.mark_known("c2", known=True)
    for key in ("c4", "c5", "c6", "c7", "c8"):
        editing.drop(key)
    plans.change_plan(run_id, 1, editing.finish())
    plans.plan_anew(run_id, 2, "Other knots")
    # As little would not answer the order.
    provider.frame = make_skeleton(1, size=4)
    assert work(run_id, provider, db_executor) is RunState.PLANNED
    assert (provider.asked[-1].level, provider.asked[-1].wanted) == ("advanced", (1, 10))
    assert [one.known for one in waiting_plan(run_id).skeleton.concepts()] == [
        False, True, False, False,
    ]  # fmt: skip


def test_staff_who_resume_a_plan_that_waits_have_it_written_not_planned_anew(
    db_executor: DbExecutor, admin_client: Client
) -> None:
    provider = make_stepwise(FRAME)
    run_id = order(provider)
    work(run_id, provider, db_executor)
    chosen = {"action": "resume", "_selected_action": [str(run_id)]}
    admin_client.post("/admin/generation/generationrun/", chosen)
    assert (get_run(run_id).state, Concept.objects.count()) == (RunState.QUEUED, 8)


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
