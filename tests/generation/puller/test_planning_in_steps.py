"""A run that is planned in steps, from its skeleton to its end, whatever comes between."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from typing import Any

import pytest

from concepts.content import ArtifactKind
from connection_budget.lanes.executor import DbExecutor
from generation.models import EventType, GenerationEvent
from generation.port.allowances import LimitMet
from generation.port.briefs import ConceptBrief
from generation.port.details import ModuleDetails
from generation.port.errors import ContentError, SystemicError, TransientError
from generation.port.request import OutlineRequest
from generation.port.spent import Spent
from generation.puller.drafting import draft_plan
from generation.puller.limits import Limits
from generation.puller.pipeline import plan, pull
from generation.run_states import RunState
from generation.runs.lifecycle import resume_run
from generation.runs.reports import list_failures
from roadmaps.models import DetailsState, Module
from tests.generation.cast import assert_complete, assert_history, get_run, open_run
from tests.generation.stepwise import (
    StepwiseProvider,
    make_details,
    make_skeleton,
    make_stepwise,
)
from tests.waiting import PATIENCE_SECONDS, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

QUICK = Limits(
    batch_concepts=4,
    batch_seconds=0.02,
    poll_seconds=0.02,
    retry_seconds=0.01,
)
# Its half passes within a test; all of it in no pause that a busy machine makes.
LEASED = replace(QUICK, lease_seconds=4.0)
FRAME = make_skeleton(4)


def run_through(provider: StepwiseProvider, db: DbExecutor) -> tuple[uuid.UUID, RunState]:
    run_id = open_run(provider)
    return run_id, asyncio.run(pull(run_id, provider=provider, db=db, limits=QUICK))


def test_a_plan_in_steps_ends_as_whole_as_one_made_at_once(db_executor: DbExecutor) -> None:
    provider = make_stepwise(FRAME)
    run_id, state = run_through(provider, db_executor)
    assert state is RunState.READY
    assert_complete(run_id, 8)
    assert (provider.skeletons, provider.outlines) == (1, 0)
    assert provider.detailed == {0: 1, 1: 1, 2: 1, 3: 1}
    assert get_run(run_id).model_calls == 1 + 4 + 24


def test_writing_begins_with_the_first_module_that_is_planned(db_executor: DbExecutor) -> None:
    """The others are not planned before a tutorial of the first one is being written."""
    writing = asyncio.Event()

    async def write(_kind: ArtifactKind, _brief: ConceptBrief) -> None:
        writing.set()

    async def wait(module: int) -> None:
        if module:
            async with asyncio.timeout(60):
                await writing.wait()

    provider = make_stepwise(FRAME, before=write, before_details=wait)
    run_id, state = run_through(provider, db_executor)
    assert state is RunState.READY
    assert_complete(run_id, 8)


def test_modules_are_planned_side_by_side_within_the_model_bound(db_executor: DbExecutor) -> None:
    under_way, most = 0, 0

    async def count(_module: int) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await until(lambda: most == 3 or provider.detailed.total() == 8)
        under_way -= 1

    provider = make_stepwise(make_skeleton(8), before_details=count)
    run_id = open_run(provider)
    limits = Limits(model_calls=3, batch_seconds=0.02, poll_seconds=0.02)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=limits))
    assert most == 3


def test_a_module_that_cannot_be_planned_costs_itself_alone(db_executor: DbExecutor) -> None:
    provider = make_stepwise(FRAME, fail_details={2: ContentError("It was nonsense.")})
    run_id, state = run_through(provider, db_executor)
    assert state is RunState.PARTIAL
    assert list_failures(get_run(run_id).roadmap_id) == [
        {"concept": f"The knot c{number}", "artifact": "details", "error": "It was nonsense."}
        for number in (5, 6)
    ]
    assert provider.detailed[2] == 1
    assert_history(run_id)
    provider.fail_details = {}
    assert resume_run(run_id)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert state is RunState.READY
    assert_complete(run_id, 8)


@pytest.mark.parametrize("error", [KeyError("x"), AssertionError("x"), Exception()])
def test_whatever_a_provider_raises_costs_one_module(
    db_executor: DbExecutor, error: Exception
) -> None:
    run_id, state = run_through(make_stepwise(FRAME, fail_details={0: error}), db_executor)
    assert state is RunState.PARTIAL
    assert len(list_failures(get_run(run_id).roadmap_id)) == 2


def test_a_moment_of_overload_is_waited_out(db_executor: DbExecutor) -> None:
    provider = make_stepwise(FRAME, fail_details={1: [TransientError("Busy."), OSError("Gone.")]})
    run_id, state = run_through(provider, db_executor)
    assert (state, provider.detailed[1]) == (RunState.READY, 3)
    assert_complete(run_id, 8)


def test_overload_without_an_end_fails_the_module(db_executor: DbExecutor) -> None:
    provider = make_stepwise(FRAME, fail_details={1: TransientError("Busy.")})
    _, state = run_through(provider, db_executor)
    assert (state, provider.detailed[1]) == (RunState.PARTIAL, QUICK.attempts)


def test_a_refused_key_pauses_and_a_mended_one_plans_the_rest(db_executor: DbExecutor) -> None:
    provider = make_stepwise(FRAME, fail_details={1: SystemicError("The key was refused.")})
    run_id, state = run_through(provider, db_executor)
    assert (state, get_run(run_id).reason) == (RunState.PAUSED, "The key was refused.")
    provider.fail_details = {}
    assert resume_run(run_id)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert state is RunState.READY
    assert_complete(run_id, 8)


def test_details_that_say_something_else_than_was_asked_are_refused(
    db_executor: DbExecutor,
) -> None:
    """Whoever the provider is: what it says is judged once more before it is stored."""
    answers = {0: make_details(FRAME, 1)}
    run_id, state = run_through(make_stepwise(FRAME, answers=answers), db_executor)
    assert state is RunState.PARTIAL
    (failure, _) = list_failures(get_run(run_id).roadmap_id)
    assert "“c1” is missing" in failure["error"]


def test_what_the_database_refuses_costs_one_module(db_executor: DbExecutor) -> None:
    details = make_details(FRAME, 0)
    concepts = [
        concept.model_copy(update={"summary": "Half an emoji: \ud83d"})
        for concept in details.concepts
    ]
    answers = {0: ModuleDetails.model_construct(concepts=concepts)}
    run_id, state = run_through(make_stepwise(FRAME, answers=answers), db_executor)
    assert state is RunState.PARTIAL
    (failure, _) = list_failures(get_run(run_id).roadmap_id)
    assert "cannot be stored" in failure["error"]


def test_two_pullers_plan_each_module_once(db_executor: DbExecutor) -> None:
    provider = make_stepwise(make_skeleton(9))
    run_id = open_run(provider)

    async def both() -> None:
        await asyncio.gather(
            *(pull(run_id, provider=provider, db=db_executor, limits=QUICK) for _ in range(2))
        )

    asyncio.run(both())
    assert set(provider.detailed.values()) == {1}
    assert_complete(run_id, 18)


def test_everything_stopped_after_the_first_module_goes_on_where_it_was(
    db_executor: DbExecutor,
) -> None:
    async def hang(module: int) -> None:
        if module:
            await asyncio.Event().wait()

    provider = make_stepwise(FRAME, before_details=hang)
    run_id = open_run(provider)

    def is_first_written() -> bool:
        return GenerationEvent.objects.filter(run=run_id, type="artifact_ready").count() == 6

    async def stop_when_written() -> None:
        work = asyncio.create_task(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
        while not await db_executor.run(is_first_written):  # noqa: ASYNC110 - the database changes
            await asyncio.sleep(0.02)
        work.cancel()
        await asyncio.wait({work})

    asyncio.run(stop_when_written())
    assert get_run(run_id).state == RunState.RUNNING
    states = Module.objects.order_by("pk").values_list("details_state", "attempts")
    assert list(states) == [(DetailsState.READY, 1), *[(DetailsState.PENDING, 0)] * 3]
    again = make_stepwise(FRAME)
    state = asyncio.run(pull(run_id, provider=again, db=db_executor, limits=QUICK))
    assert (state, again.skeletons, sorted(again.detailed)) == (RunState.READY, 0, [1, 2, 3])
    assert_complete(run_id, 8)


def test_the_module_of_a_puller_that_died_is_planned_by_another(db_executor: DbExecutor) -> None:
    provider = make_stepwise(FRAME)
    run_id = open_run(provider)
    asyncio.run(plan(run_id, provider=provider, db=db_executor, limits=QUICK))
    Module.objects.filter(title="Ropes a").update(
        details_state=DetailsState.RUNNING, leased_by=uuid.uuid4(), lease_until="2020-01-01T00:00Z"
    )
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert state is RunState.READY
    assert_complete(run_id, 8)


def test_a_module_that_takes_longer_than_a_lease_is_planned_once(db_executor: DbExecutor) -> None:
    async def outlast(_module: int) -> None:
        """Until the lease has been pushed on twice."""
        first = await db_executor.run(lease_end)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while first and (await db_executor.run(lease_end) or first) <= first:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    def lease_end() -> Any:
        return Module.objects.order_by("pk").values_list("lease_until", flat=True)[0]

    provider = make_stepwise(make_skeleton(1, size=4), before_details=outlast)
    rival = make_stepwise(provider.frame)
    run_id = open_run(provider)

    async def both() -> None:
        first = asyncio.create_task(pull(run_id, provider=provider, db=db_executor, limits=LEASED))
        await until(provider.detailed.total)
        await asyncio.gather(first, pull(run_id, provider=rival, db=db_executor, limits=LEASED))

    asyncio.run(both())
    assert (provider.detailed.total(), rival.detailed.total()) == (1, 0)


ONE = Limits(model_calls=1, batch_seconds=0.02, poll_seconds=0.02)


def test_a_spent_budget_stops_the_planning_and_a_raised_one_goes_on(
    db_executor: DbExecutor,
) -> None:
    provider = make_stepwise(FRAME, fail_details={1: LimitMet("RUN_MAX_TOKENS is 330")})
    run_id = open_run(provider)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=ONE))
    assert state == RunState.PAUSED
    assert "RUN_MAX_TOKENS is 330" in get_run(run_id).reason
    provider.fail_details = {}
    assert resume_run(run_id)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert state is RunState.READY
    assert_complete(run_id, 8)


def test_planning_alone_saves_the_skeleton_and_asks_for_no_details(
    db_executor: DbExecutor,
) -> None:
    provider = make_stepwise(FRAME)
    run_id = open_run(provider)
    state = asyncio.run(plan(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert (state, provider.detailed.total()) == (RunState.RUNNING, 0)
    saved = GenerationEvent.objects.get(run=run_id, type=EventType.OUTLINE_SAVED)
    assert saved.payload["concepts"] == 8


def test_a_plan_that_is_only_printed_has_all_its_details() -> None:
    request = OutlineRequest("Tying knots", concepts=8)
    outline = asyncio.run(draft_plan(request, make_stepwise(FRAME), at_once=2))
    assert [concept.summary for concept in outline.concepts()][:2] == ["What c1 is.", "What c2 is."]
    broken = make_stepwise(FRAME, fail_details={3: ContentError("It was nonsense.")})
    with pytest.raises(ContentError, match="nonsense"):
        asyncio.run(draft_plan(request, broken, at_once=2))


def test_what_planning_costs_is_counted(db_executor: DbExecutor) -> None:
    provider = make_stepwise(FRAME, fail_details={0: ContentError("No.", usage=Spent(1, 5, 7))})
    run_id, _ = run_through(provider, db_executor)
    run = get_run(run_id)
    assert run.model_calls == 1 + 4 + 18
    assert run.tokens_out == 200 + 3 * 20 + 7 + 18 * 20
