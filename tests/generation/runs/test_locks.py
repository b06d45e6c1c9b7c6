"""In which order rows are locked, who waits for whom, and who never does."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from concepts.drafts import Draft
from concepts.leases import claim_artifacts, lock_artifacts
from concepts.models import Artifact
from connection_budget.lanes.executor import DbExecutor
from generation import dispatch, tasks
from generation.models import GenerationEvent
from generation.port.spent import Spent
from generation.run_states import RunState
from generation.runs import batches, lifecycle
from generation.runs.claims import claim_next, claim_run
from generation.runs.events import append_events
from generation.runs.spending import record_spending
from tests.generation.cast import get_run, make_outline, open_run
from tests.generation.runs.test_lock_order import is_somebody_waiting
from tests.generation.scribe import Scribe
from tests.generation.stepwise import make_skeleton, make_stepwise
from tests.learning.library import QuickProvider, open_order
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TRIES = 50


@pytest.fixture
def scribe() -> Scribe:
    scribe = open_order(QuickProvider(make_outline(4)))
    scribe.plan()
    return scribe


def artifact_ids() -> list[int]:
    return list(Artifact.objects.order_by("pk").values_list("pk", flat=True))


def at_the_same_time(*calls: Callable[[], object]) -> None:
    """Each in a thread and a connection of its own; what one raises, we do."""
    start = threading.Barrier(len(calls))

    def call(one: Callable[[], object]) -> None:
        try:
            start.wait(100)
            one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        for done in [pool.submit(call, one) for one in calls]:
            done.result(timeout=100)


@transaction.atomic
def lock_and_touch(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        # An index would give them in order, unasked.
        cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
    lock_artifacts(ids)
    for one in ids:
        Artifact.objects.filter(pk=one).update(priority=1)


def test_units_that_share_rows_in_opposite_order_never_wait_for_each_other_in_a_circle(
    scribe: Scribe,
) -> None:
    """Neither is repeated here: PostgreSQL would end one of the two for a deadlock."""
    ids = artifact_ids()
    for _ in range(TRIES):
        at_the_same_time(lambda: lock_and_touch(ids), lambda: lock_and_touch(ids[::-1]))


def test_rows_are_locked_in_the_order_of_their_keys(
    scribe: Scribe, observer: psycopg.Connection
) -> None:
    """The second row is held by somebody: by then the first is locked, and no later one."""
    ids = artifact_ids()
    # On the disk the rows stand the other way round, as updates leave them; so does their order
    # in the roadmap.
    for place, one in enumerate(reversed(ids)):
        Artifact.objects.filter(pk=one).update(position=place)
    connection.close()
    with ThreadPoolExecutor(1) as thread:
        with observer.transaction():
            observer.execute("SELECT 1 FROM concepts_artifact WHERE id = %s FOR UPDATE", [ids[1]])
            locking = thread.submit(run_alone, lock_and_touch, ids[::-1])
            wait_until(lambda: is_somebody_waiting(observer))
            free = "SELECT id FROM concepts_artifact ORDER BY id FOR UPDATE SKIP LOCKED"
            assert [row[0] for row in observer.execute(free)] == [ids[1], *ids[2:]]
        locking.result(timeout=100)


def run_alone(unit: Callable[[list[int]], None], ids: list[int]) -> None:
    try:
        unit(ids)
    finally:
        connection.close()


def test_a_claim_takes_the_next_rows_at_once_when_another_looks_at_the_first(
    scribe: Scribe, observer: psycopg.Connection
) -> None:
    ordered = list(Artifact.objects.order_by("-priority", "position").values_list("pk", flat=True))
    with observer.transaction():
        observer.execute("SELECT 1 FROM concepts_artifact WHERE id = %s FOR UPDATE", [ordered[0]])
        with connection.cursor() as cursor:
            # It fails, instead of waiting for a test that waits for it.
            cursor.execute("SET lock_timeout = '2s'")
        claimed = claim_artifacts(scribe.run_id, uuid.uuid4(), limit=2, lease_seconds=30)
    assert sorted(claimed) == sorted(ordered[1:3])


def test_a_claim_passes_over_a_module_that_another_looks_at(observer: psycopg.Connection) -> None:
    """Of what stands around modules nothing is locked, and so nothing passed over."""
    skeleton = make_skeleton(3)
    run_id = open_run(make_stepwise(skeleton))
    claim_run(run_id, ALICE, lease_seconds=30)
    batches.save_skeleton(run_id, ALICE, skeleton, spent=Spent())
    with observer.transaction():
        observer.execute("SELECT 1 FROM roadmaps_stage FOR UPDATE")
        observer.execute("SELECT 1 FROM roadmaps_module ORDER BY id LIMIT 1 FOR UPDATE")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        claimed = claim_next(run_id, ALICE, limit=2, lease_seconds=30)
    assert [work.place for work in claimed.details] == [1, 2]


def save(scribe: Scribe) -> int:
    drafts: list[Draft] = [scribe.draft(work) for work in scribe.claim(3)]
    return batches.save_batch(scribe.run_id, uuid.uuid4(), drafts, Spent(1, 2, 3)).last_seq


def test_numbering_is_the_last_statement_of_a_batch_and_artifacts_are_locked_before_their_run(
    scribe: Scribe,
) -> None:
    drafts = [scribe.draft(work) for work in scribe.claim(3)]
    with CaptureQueriesContext(
        connection,
    ) as captured:
        batches.save_batch(scribe.run_id, uuid.uuid4(), drafts, Spent(1, 2, 3))
    statements = [
        query["sql"]
        for query in captured
        if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
    ]
    assert "last_seq = last_seq +" in statements[-1]
    assert '"concepts_artifact"' in statements[0]
    assert "FOR UPDATE" in statements[0]
    touches_run = [
        number
        for number, sql in enumerate(statements)
        if "generation_generationrun" in sql and not sql.startswith("SELECT ")
    ]
    assert touches_run[0] > max(
        number for number, sql in enumerate(statements) if "FOR UPDATE" in sql and "artifact" in sql
    )


def test_a_batch_that_has_not_numbered_its_events_holds_up_no_other(
    scribe: Scribe, db_executor: DbExecutor
) -> None:
    """The run's row is everybody's: what a batch does before its numbering happens side by side."""
    first = [scribe.draft(work) for work in scribe.claim(3)]
    second = [scribe.draft(work) for work in scribe.claim(3)]
    connection.close()
    with before_numbering() as (reached, go_on), ThreadPoolExecutor(1) as thread:
        held = thread.submit(db_executor.run_sync, batches.save_batch, scribe.run_id, ALICE, first)
        assert reached.wait(100)
        saved = db_executor.run_sync(batches.save_batch, scribe.run_id, BOB, second)
        go_on.set()
        assert saved.last_seq < held.result(timeout=100).last_seq
    assert GenerationEvent.objects.filter(type="artifact_ready").count() == 6


ALICE, BOB = uuid.uuid4(), uuid.uuid4()


@contextmanager
def before_numbering() -> Iterator[tuple[threading.Event, threading.Event]]:
    """Stops the first batch just before it numbers its events; the next ones pass."""
    reached, go_on = threading.Event(), threading.Event()
    number = append_events

    def wait(*arguments: object) -> int:
        if not reached.is_set():
            reached.set()
            assert go_on.wait(100)
        return number(*arguments)  # type: ignore[arg-type]  # passed on

    with patch.object(batches, "append_events", wait):
        try:
            yield reached, go_on
        finally:
            go_on.set()


def test_a_resumed_run_is_enqueued_after_its_commit_and_not_at_all_without(
    scribe: Scribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    lifecycle.stop_run(scribe.run_id, RunState.PAUSED, "The key was refused.")
    sent: list[str] = []
    monkeypatch.setattr(tasks.start_run, "delay", sent.append)
    with transaction.atomic():
        assert dispatch.resume(scribe.run_id)
        transaction.set_rollback(True)
    assert sent == []
    assert get_run(scribe.run_id).state == RunState.PAUSED
    with transaction.atomic():
        assert dispatch.resume(scribe.run_id)
        assert sent == []
    assert sent == [str(scribe.run_id)]


def test_what_two_pullers_spend_at_once_is_added_up_whole(scribe: Scribe) -> None:
    """Whoever adds up holds the run's row, or would miss what the other has not committed yet."""
    pullers = [uuid.uuid4() for _ in range(4)]

    @transaction.atomic
    def spend(puller: uuid.UUID, calls: int) -> None:
        record_spending(scribe.run_id, puller, Spent(calls, calls, calls))

    for calls in range(1, TRIES + 1):
        at_the_same_time(*(partial(spend, one, calls) for one in pullers))
        assert get_run(scribe.run_id).model_calls == len(pullers) * calls
