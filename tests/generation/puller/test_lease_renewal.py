"""A puller keeps what it works on, however long that takes, and lets go of what it lost."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db.models import Min
from django.utils import timezone

from concepts.artifact_states import ArtifactState
from concepts.content import ArtifactKind
from concepts.models import Artifact
from connection_budget.lanes.executor import DbExecutor
from generation.models import GenerationRun
from generation.port.briefs import ConceptBrief
from generation.port.outline import Outline
from generation.port.provider import Written
from generation.port.request import OutlineRequest
from generation.port.spent import Spent
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.run_states import RunState
from generation.runs import claims, lifecycle
from tests.generation.cast import (
    ScriptedProvider,
    assert_complete,
    get_run,
    make_outline,
    open_run,
)
from tests.generation.paying import get_run_spending
from tests.generation.scribe import Scribe
from tests.waiting import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LIMITS = Limits(
    model_calls=2, batch_seconds=0.01, poll_seconds=0.02, lease_seconds=1.0, outage_seconds=20.0
)
# How far the end of a lease has to move before it counts as renewed more than once.
THREE_LEASES = timedelta(seconds=3 * LIMITS.lease_seconds)


async def look_until(db: DbExecutor, condition: Callable[[], bool]) -> None:
    """`until`, for what only the database knows."""
    async with asyncio.timeout(60):
        while not await db.run(condition):  # noqa: ASYNC110 - what changes is in the database
            await asyncio.sleep(0.05)


def earliest_end(rows: type[Artifact | GenerationRun]) -> datetime:
    held = rows._default_manager.filter(lease_until__isnull=False)
    end: datetime = held.aggregate(end=Min("lease_until"))["end"]
    return end


async def outlast_three_leases(db: DbExecutor, rows: type[Artifact | GenerationRun]) -> None:
    """Until the first lease to end ends three leases later than it did."""
    goal = await db.run(earliest_end, rows) + THREE_LEASES
    await look_until(db, lambda: earliest_end(rows) >= goal)


async def pull_beside_a_rival(
    run_id: uuid.UUID, writer: ScriptedProvider, rival: ScriptedProvider, db: DbExecutor
) -> None:
    """Both work on one run; the rival looks often for what nobody holds."""
    quick = dataclasses.replace(LIMITS, poll_seconds=0.02)
    first = asyncio.create_task(pull(run_id, provider=writer, db=db, limits=LIMITS))
    await until(lambda: writer.in_flight or writer.outlines)
    second = asyncio.create_task(pull(run_id, provider=rival, db=db, limits=quick))
    await asyncio.gather(first, second)


def test_a_writer_that_takes_three_leases_is_asked_once(db_executor: DbExecutor) -> None:
    waited: list[bool] = []

    async def wait(_kind: ArtifactKind, _brief: ConceptBrief) -> None:
        # The first two calls, which is all that this puller has under way.
        if len(waited) < 2:
            waited.append(True)
            await outlast_three_leases(db_executor, Artifact)

    plan = make_outline(4)
    writer, rival = ScriptedProvider(plan, before=wait), ScriptedProvider(plan)
    run_id = open_run(writer)
    Scribe(run_id, writer).plan()
    asyncio.run(pull_beside_a_rival(run_id, writer, rival, db_executor))
    assert waited == [True, True]
    assert (writer.calls + rival.calls).most_common(1)[0][1] == 1
    assert_complete(run_id, 4)


def test_a_planner_that_takes_three_leases_is_the_only_one(db_executor: DbExecutor) -> None:
    class Slow(ScriptedProvider):
        async def outline(self, request: OutlineRequest) -> Written[Outline]:
            self.outlines += 1
            await outlast_three_leases(db_executor, GenerationRun)
            return Written(self.plan, Spent(calls=1))

    plan = make_outline(4)
    writer, rival = Slow(plan), ScriptedProvider(plan)
    run_id = open_run(writer)
    asyncio.run(pull_beside_a_rival(run_id, writer, rival, db_executor))
    assert (writer.outlines, rival.outlines) == (1, 0)
    assert_complete(run_id, 4)


def test_a_puller_names_what_it_holds_when_it_renews(db_executor: DbExecutor) -> None:
    """A claim whose answer was lost on the way must run out, though the puller lives on."""
    waiting = asyncio.Event()

    async def wait(_kind: ArtifactKind, _brief: ConceptBrief) -> None:
        waiting.set()
        await asyncio.Event().wait()

    provider = ScriptedProvider(make_outline(4), before=wait)
    run_id = open_run(provider)

    async def lose_a_claim() -> tuple[int, object]:
        task = asyncio.create_task(pull(run_id, provider=provider, db=db_executor, limits=LIMITS))
        await waiting.wait()
        held = await db_executor.run(holders_of, run_id)
        (puller,) = {holder for _, holder in held}
        lost = await db_executor.run(
            claims.claim_work, run_id, puller, limit=1, lease_seconds=LIMITS.lease_seconds
        )
        before = await db_executor.run(ends_of, [pk for pk, _ in held])
        unnamed = await db_executor.run(ends_of, [lost[0].artifact_id])

        names = [pk for pk, _ in held]
        await look_until(db_executor, lambda: ends_of(names) > before)
        after = await db_executor.run(ends_of, [lost[0].artifact_id])
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return len(lost), after == unnamed

    assert asyncio.run(lose_a_claim()) == (1, True)


def holders_of(run_id: uuid.UUID) -> list[tuple[int, uuid.UUID | None]]:
    running = Artifact.objects.filter(run_id=run_id, state=ArtifactState.RUNNING)
    return list(running.values_list("pk", "leased_by"))


def ends_of(artifact_ids: list[int]) -> list[object]:
    rows = Artifact.objects.filter(pk__in=artifact_ids).order_by("pk")
    return list(rows.values_list("lease_until", flat=True))


def test_a_planner_that_lost_its_lease_may_not_stop_the_run() -> None:
    run_id = open_run(ScriptedProvider(make_outline(4)))
    late, next_one = uuid.uuid4(), uuid.uuid4()
    claims.claim_run(run_id, late, lease_seconds=30)
    past = timezone.now() - timedelta(seconds=1)
    GenerationRun.objects.filter(pk=run_id).update(lease_until=past)
    assert claims.claim_run(run_id, next_one, lease_seconds=30) is not None
    stopped = lifecycle.stop_run(
        run_id, RunState.FAILED, "It made no sense.", planner=late, spent=Spent(1, 9, 9)
    )
    assert not stopped
    run = get_run(run_id)
    assert (run.state, run.reason, run.leased_by) == (RunState.RUNNING, "", next_one)
    assert get_run_spending(run_id).calls == 0
    assert lifecycle.stop_run(run_id, RunState.FAILED, "It made no sense.", planner=next_one)
