"""The bounds of one process, driven past: permits, model calls, and what cancelling leaves."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Callable

import psycopg
import pytest

from concepts.content import ArtifactKind
from concepts.models import Tutorial
from connection_budget.lanes.executor import DbExecutor
from generation.port.briefs import ConceptBrief
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.run_states import RunState
from generation.runs.batches import SavedBatch
from tests.faults.slow_commits import slow_commits
from tests.generation.cast import ScriptedProvider, assert_complete, get_run, make_outline, open_run
from tests.generation.sampling import Sampler

pytestmark = pytest.mark.slow

QUICK = Limits(batch_concepts=4, batch_seconds=0.05, poll_seconds=0.05)


@pytest.mark.parametrize("permits", [1, pytest.param(2, marks=pytest.mark.wide), 3])
def test_fifty_concepts_stay_within_their_permits(
    executors: Callable[[int], DbExecutor],
    observer: psycopg.Connection,
    sampler: Sampler,
    permits: int,
) -> None:
    """The acceptance test: 50 concepts, permits 1, 2 and 3.

    - Peak usage < 90 %: of the server, all its clients / max_connections, for that is what runs
      out ("too many clients"). Of its own lanes a process uses 100 % whenever it is busy.
    - No too-many-connections error: no unit was repeated, and no artifact failed.
    - Never more concurrent writers than permits: the executor never ran more units, and the
      server never saw more transactions nor connections. Commits are made slow, so that the
      bound is reached.
    """
    provider = ScriptedProvider(make_outline(50), longest_delay=0.02)
    db = executors(permits)
    run_id = db.run_sync(open_run, provider)
    with slow_commits(observer, table=Tutorial._meta.db_table, seconds=0.01):
        state = asyncio.run(pull(run_id, provider=provider, db=db, limits=QUICK))
        sampler.stop()
    assert state == RunState.READY
    assert_complete(run_id, 50)
    assert sampler.samples > 10
    assert 0 < sampler.most_usage < 0.9
    assert db.statistics().retried == 0
    assert db.statistics().peak_running == permits
    assert 1 <= sampler.most_at_work <= sampler.most_open <= permits


def test_no_connection_is_at_work_while_the_provider_is_waited_for(
    db_executor: DbExecutor, sampler: Sampler
) -> None:
    seen: list[int] = []

    async def look(_kind: ArtifactKind, _brief: ConceptBrief) -> None:
        if provider.in_flight == QUICK.model_calls and not seen:
            await db_executor.drain(5)
            seen.append(sampler.states().total() - sampler.states()["idle"])

    provider = ScriptedProvider(make_outline(8), before=look, longest_delay=0.05)
    run_id = db_executor.run_sync(open_run, provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert seen == [0]


def test_model_calls_stay_within_their_own_bound(db_executor: DbExecutor) -> None:
    provider = ScriptedProvider(make_outline(12), longest_delay=0.01)
    run_id = open_run(provider)
    limits = Limits(model_calls=5, batch_seconds=0.01, poll_seconds=0.05)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=limits))
    assert provider.most_in_flight == 5


def test_what_is_written_and_not_yet_saved_is_bounded(
    db_executor: DbExecutor, observer: psycopg.Connection
) -> None:
    """A quick provider before a slow database: it waits, instead of filling the memory."""
    limits = Limits(model_calls=12, batch_concepts=1, batch_seconds=0.01, poll_seconds=0.02)
    saved, most = 0, 0

    async def look(_kind: ArtifactKind, _brief: ConceptBrief) -> None:
        nonlocal most
        most = max(most, provider.calls.total() - saved)

    async def count(batch: SavedBatch) -> None:
        nonlocal saved
        saved += len(batch.ready)

    provider = ScriptedProvider(make_outline(24), before=look)
    run_id = open_run(provider)
    with slow_commits(observer, table=Tutorial._meta.db_table, seconds=0.1):
        asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=limits, on_saved=count))
    assert limits.model_calls < most <= limits.unsaved
    assert_complete(run_id, 24)


def test_half_of_the_pullers_cancelled_at_random_lose_and_double_nothing(
    executors: Callable[[int], DbExecutor], sampler: Sampler
) -> None:
    db = executors(2)
    provider = ScriptedProvider(make_outline(50), longest_delay=0.05)
    run_id = db.run_sync(open_run, provider)
    asyncio.run(_storm(run_id, provider, db, pullers=6, cancelled=3))
    db.run_sync(assert_untouched_or_ready, run_id)
    asyncio.run(pull(run_id, provider=provider, db=db, limits=QUICK))
    sampler.stop()
    assert sampler.most_open <= 2
    assert db.statistics().waiting == db.statistics().running == 0
    assert_complete(run_id, 50)


async def _storm(
    run_id: uuid.UUID, provider: ScriptedProvider, db: DbExecutor, *, pullers: int, cancelled: int
) -> None:
    """Half of the pullers are cancelled at random moments; the others stop when those have."""
    limits = Limits(model_calls=4, batch_concepts=3, batch_seconds=0.03, poll_seconds=0.02)
    tasks = [
        asyncio.create_task(pull(run_id, provider=provider, db=db, limits=limits))
        for _ in range(pullers)
    ]
    for task in random.sample(tasks, cancelled):
        await asyncio.sleep(random.uniform(0.05, 0.25))
        task.cancel()
    for task in tasks:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} <= {asyncio.CancelledError, RunState}


def assert_untouched_or_ready(run_id: uuid.UUID) -> None:
    """What a cancelled puller leaves: finished, or free to be claimed; never half, never held."""
    roadmap = get_run(run_id).roadmap
    states = {
        artifact.state
        for concept in roadmap.concepts.prefetch_related("artifacts")
        for artifact in concept.artifacts.all()
    }
    assert states <= {"ready", "pending"}
