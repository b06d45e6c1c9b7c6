"""Cancelling drains: what a provider has returned is written, the rest is left claimable."""

from __future__ import annotations

import asyncio
import uuid

import psycopg
import pytest

from concepts.artifact_states import ArtifactState
from concepts.content import ArtifactKind
from concepts.models import Artifact
from connection_budget.lanes.executor import DbExecutor
from generation.port.briefs import ConceptBrief
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.run_states import RunState
from generation.runs.lifecycle import resume_run, stop_run
from generation.runs.progress import get_run_progress
from tests.generation.cast import (
    ScriptedProvider,
    assert_complete,
    get_run,
    make_outline,
    open_run,
)

pytestmark = pytest.mark.slow

# A batch is never full and its time never comes: only the end of the pull writes it.
NEVER = Limits(model_calls=6, batch_concepts=100, batch_seconds=60, poll_seconds=0.02)
QUICK = Limits(batch_concepts=4, batch_seconds=0.02, poll_seconds=0.02, retry_seconds=0.01)


class Stuck:
    """Lets the first so many calls through; the others wait for ever."""

    def __init__(self, through: int) -> None:
        self.left = through
        self.stuck = asyncio.Event()

    async def __call__(self, _kind: ArtifactKind, _brief: ConceptBrief) -> None:
        self.left -= 1
        if self.left < 0:
            self.stuck.set()
            await asyncio.Event().wait()


async def _cancel_when_stuck(
    run_id: uuid.UUID, provider: ScriptedProvider, db: DbExecutor, *, times: int
) -> None:
    stuck = Stuck(through=10)
    provider.before = stuck
    task = asyncio.create_task(pull(run_id, provider=provider, db=db, limits=NEVER))
    await stuck.stuck.wait()
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    provider.before = None


@pytest.mark.parametrize("times", [1, 2, 5])
def test_what_was_finished_is_written_and_the_rest_is_free(
    db_executor: DbExecutor, times: int
) -> None:
    provider = ScriptedProvider(make_outline(8))
    run_id = open_run(provider)
    asyncio.run(_cancel_when_stuck(run_id, provider, db_executor, times=times))
    assert get_run_progress(run_id).ready == 10
    rest = Artifact.objects.exclude(state=ArtifactState.READY)
    assert set(rest.values_list("state", "leased_by", "lease_until")) == {("pending", None, None)}
    assert db_executor.statistics().running == 0


def test_a_cancelled_run_goes_on_where_it_stopped(db_executor: DbExecutor) -> None:
    provider = ScriptedProvider(make_outline(8))
    run_id = open_run(provider)
    asyncio.run(_cancel_when_stuck(run_id, provider, db_executor, times=1))
    provider.calls.clear()
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert provider.calls.total() == 24 - 10
    assert_complete(run_id, 8)


def test_a_run_cancelled_by_somebody_else_stops_and_keeps_what_it_has(
    db_executor: DbExecutor,
) -> None:
    async def cancel_run(_kind: ArtifactKind, _brief: ConceptBrief) -> None:
        if provider.calls.total() == 9:
            await db_executor.run(stop_run, run_id, RunState.CANCELLED, "Changed my mind.")

    provider = ScriptedProvider(make_outline(20), before=cancel_run)
    run_id = open_run(provider)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert state == RunState.CANCELLED
    assert 9 <= get_run_progress(run_id).ready < 60
    resume_run(run_id)
    provider.before = None
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert_complete(run_id, 20)


def test_a_puller_whose_connections_are_killed_all_the_time_loses_nothing(
    db_executor: DbExecutor, observer: psycopg.Connection
) -> None:
    async def kill(_kind: ArtifactKind, _brief: ConceptBrief) -> None:
        observer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"  # nobody may end the server's own
        )

    provider = ScriptedProvider(make_outline(10), before=kill, longest_delay=0.02)
    run_id = db_executor.run_sync(open_run, provider)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert state == RunState.READY
    assert set(provider.calls.values()) == {1}
    assert db_executor.run_sync(assert_complete, run_id, 10) is None
    assert db_executor.run_sync(get_run, run_id).state == RunState.READY
