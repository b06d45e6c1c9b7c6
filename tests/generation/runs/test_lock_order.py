"""Whoever locks artifacts and their run locks the artifacts first, or skips what is locked."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from connection_budget.lanes.executor import DbExecutor
from generation.run_states import RunState
from generation.runs import claims, lifecycle
from tests.generation.cast import get_run, make_outline
from tests.generation.scribe import Scribe
from tests.learning.library import QuickProvider, open_order
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

# Not pg_stat_activity: within a transaction that shows what it showed first.
# Of this database: whoever waits holds a lock of one of its tables, while other suites may be at
# work beside it on the same server.
WAITING = """
SELECT count(*) FROM pg_locks waiting JOIN pg_locks held USING (pid)
WHERE NOT waiting.granted
  AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture
def scribe() -> Scribe:
    scribe = open_order(QuickProvider(make_outline(4)))
    scribe.plan()
    lifecycle.stop_run(scribe.run_id, RunState.PAUSED, "The key was refused.")
    return scribe


def test_resuming_waits_for_a_late_batch_without_holding_its_run(
    scribe: Scribe, observer: psycopg.Connection, db_executor: DbExecutor
) -> None:
    """Else the batch, whose last statement is about the run, would wait for it in turn."""
    artifacts = "SELECT pk FROM (SELECT id AS pk FROM concepts_artifact FOR UPDATE) AS held"
    connection.close()
    with ThreadPoolExecutor(1) as thread, observer.transaction():
        observer.execute(artifacts)
        resuming = thread.submit(db_executor.run_sync, lifecycle.resume_run, scribe.run_id)
        wait_until(lambda: is_somebody_waiting(observer))
        run = "SELECT 1 FROM generation_generationrun WHERE id = %s FOR UPDATE NOWAIT"
        assert observer.execute(run, [scribe.run_id]).fetchone() == (1,)
    assert resuming.result(timeout=100) is True
    assert get_run(scribe.run_id).state == RunState.QUEUED


def is_somebody_waiting(observer: psycopg.Connection) -> bool:
    row = observer.execute(WAITING).fetchone()
    return row is not None and row[0] > 0


def test_what_cannot_be_resumed_is_left_as_it_was(scribe: Scribe) -> None:
    assert lifecycle.resume_run(scribe.run_id)
    claims.claim_run(scribe.run_id, uuid.uuid4(), lease_seconds=30)
    before = get_run(scribe.run_id).last_seq
    assert not lifecycle.resume_run(scribe.run_id)
    assert get_run(scribe.run_id).last_seq == before
