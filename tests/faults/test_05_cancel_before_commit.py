"""Fault scenario 5, a cancellation between the write and the commit.

Scenario: pg_sleep inside the transaction, cancelled at 100 ms, then the task is run again. Pass:
each concept is all there or not at all, no duplicates, the second run is a no-op, and the permit
cannot be used again while the transaction lives.

The code is the product's: its puller and its batches. A deferred trigger makes the commit wait.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable

import psycopg
import pytest

from concepts.drafts import Provenance, VersionDraft, draft_version
from concepts.models import ArtifactVersion, Origin, Tutorial
from connection_budget.lanes.executor import DbExecutor
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.run_states import RunState
from generation.runs import batches
from generation.runs.work import Work
from tests.faults.slow_commits import count_open_transactions, slow_commits
from tests.generation.cast import (
    ScriptedProvider,
    assert_complete,
    get_run,
    make_content,
    make_outline,
    open_run,
)
from tests.generation.scribe import Scribe

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

CANCEL_AFTER_SECONDS = 0.1
COMMIT_SECONDS = 0.5
CONCEPTS = 16
TABLE = Tutorial._meta.db_table
QUICK = Limits(model_calls=4, batch_concepts=2, batch_seconds=0.05, poll_seconds=0.05)


def finished(work: Work) -> VersionDraft:
    provenance = Provenance("scripted", "rope-1", "en", Origin.GENERATED)
    content = make_content(work.kind, work.brief.key)
    return draft_version(
        work.artifact_id, work.concept_id, work.kind, content, provenance, seed=work.brief.key
    )


async def until(condition: Callable[[], object]) -> None:
    give_up_at = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < give_up_at, "it never happened"
        await asyncio.sleep(0.002)


async def cancel(task: asyncio.Task[object]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_batch_cancelled_before_its_commit_keeps_its_permit_and_is_written_once(
    executors: Callable[[int], DbExecutor], observer: psycopg.Connection
) -> None:
    db = executors(1)
    provider = ScriptedProvider(make_outline(4))
    run_id = db.run_sync(open_run, provider)
    scribe = Scribe(run_id, provider)
    db.run_sync(scribe.plan)
    drafts = [finished(work) for work in db.run_sync(scribe.claim, 3)]

    async def save() -> batches.SavedBatch:
        return await db.run(batches.save_batch, run_id, uuid.uuid4(), drafts)

    async def act() -> batches.SavedBatch:
        first = asyncio.create_task(save())
        await until(lambda: count_open_transactions(observer) == 1)
        await asyncio.sleep(CANCEL_AFTER_SECONDS)
        await cancel(first)
        again = asyncio.create_task(save())
        await until(lambda: db.statistics().waiting == 1)
        # The awaiter has left; its transaction lives, so nobody else may have the permit.
        assert count_open_transactions(observer) == 1
        assert (db.statistics().permits_free, db.statistics().running) == (0, 1)
        assert db.statistics().started == before + 1
        return await again

    before = db.statistics().started
    with slow_commits(observer, table=TABLE, seconds=COMMIT_SECONDS):
        second = asyncio.run(act())
    assert (second.ready, second.failed, second.last_seq) == ((), (), 0)
    assert ArtifactVersion.objects.count() == 3
    assert Tutorial.objects.count() == 1


def test_a_puller_cancelled_before_a_commit_ends_whole_and_the_next_ones_add_what_is_missing(
    executors: Callable[[int], DbExecutor], observer: psycopg.Connection
) -> None:
    db = executors(2)
    provider = ScriptedProvider(make_outline(CONCEPTS))
    run_id = db.run_sync(open_run, provider)

    def pulling() -> asyncio.Task[RunState]:
        return asyncio.create_task(pull(run_id, provider=provider, db=db, limits=QUICK))

    async def act() -> None:
        task = pulling()
        await until(lambda: commits_wait(observer))
        await asyncio.sleep(CANCEL_AFTER_SECONDS)
        await cancel(task)

    with slow_commits(observer, table=TABLE, seconds=0.1):
        asyncio.run(act())
    missing = 3 * CONCEPTS - count_whole(run_id)
    calls, events = provider.calls.total(), get_run(run_id).last_seq
    assert asyncio.run(_pull_again(run_id, provider, db)) == "ready"
    assert_complete(run_id, CONCEPTS)
    # What the first one had written was not asked for again.
    assert 0 < missing == provider.calls.total() - calls
    last = get_run(run_id).last_seq
    calls = provider.calls.total()
    assert last > events
    assert asyncio.run(_pull_again(run_id, provider, db)) == "ready"
    assert (provider.calls.total(), get_run(run_id).last_seq) == (calls, last)


async def _pull_again(run_id: uuid.UUID, provider: ScriptedProvider, db: DbExecutor) -> RunState:
    return await pull(run_id, provider=provider, db=db, limits=QUICK)


def commits_wait(observer: psycopg.Connection) -> bool:
    rows = observer.execute(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event = 'PgSleep'"
    )
    return rows.fetchone() is not None


def count_whole(run_id: uuid.UUID) -> int:
    """How many artifacts are ready, with all their rows; the others are pending, with none."""
    versions = {"pending": 0, "ready": 0}
    for concept in get_run(run_id).roadmap.concepts.all():
        for artifact in concept.artifacts.all():
            versions[artifact.state] += 1
            assert artifact.versions.count() == (artifact.state == "ready")
    return versions["ready"]


def test_the_trigger_does_make_commits_wait(observer: psycopg.Connection) -> None:
    observer.execute("CREATE TABLE fault_probe (number int)")
    try:
        with slow_commits(observer, table="fault_probe", seconds=0.2):
            began = time.monotonic()
            observer.execute("INSERT INTO fault_probe VALUES (1)")
            assert time.monotonic() - began >= 0.2
    finally:
        observer.execute("DROP TABLE fault_probe")
