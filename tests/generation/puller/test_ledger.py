"""Every request to a model server is one row, whatever becomes of it, its message or its puller."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from structlog.testing import capture_logs

from concepts.artifact_states import ArtifactState
from concepts.content import ArtifactKind
from concepts.models import Artifact
from config.celery import app
from connection_budget.lanes.executor import DbExecutor
from generation.models import GenerationRun, ModelCallRecord
from generation.port.briefs import ConceptBrief
from generation.port.errors import ContentError, TransientError
from generation.port.spent import Spent
from generation.puller import ledger
from generation.puller.ledger import CallRecord
from generation.puller.ledger_rows import save_calls
from generation.puller.limits import Limits
from generation.puller.pipeline import plan, pull
from generation.run_states import RunState
from generation.runs import batches, claims, lifecycle
from generation.runs.spending import record_spending
from generation.tasks import persist_model_calls
from roadmaps.models import Roadmap
from tests.generation.cast import get_run, make_outline, open_run
from tests.generation.paying import (
    COST,
    PayingProvider,
    as_a_message,
    get_run_spending,
    outcomes_of,
    rows_of,
)

QUICK = Limits(batch_concepts=4, batch_seconds=0.02, poll_seconds=0.02, retry_seconds=0.01)
Records = list[CallRecord]


class Broker:
    """Takes messages and keeps them; or is away."""

    def __init__(self, *, is_away: bool = False) -> None:
        self.is_away = is_away
        self.messages: list[Records] = []

    def publish(self, records: Records) -> None:
        if self.is_away:
            raise ConnectionRefusedError("nobody listens")
        self.messages.append(records)

    def deliver(self, db: DbExecutor) -> int:
        return sum(db.run_sync(save_calls, as_a_message(records)) for records in self.messages)


def write_all(provider: PayingProvider, db: DbExecutor, **options: Any) -> uuid.UUID:
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db, limits=QUICK, **options))
    return run_id


def test_each_call_is_a_row_also_when_it_failed_and_was_repeated(db_executor: DbExecutor) -> None:
    fail: dict[Any, Any] = {
        ("c01", ArtifactKind.QUIZ): [TransientError("overloaded"), TransientError("overloaded")],
        ("c02", ArtifactKind.TUTORIAL): ContentError("It would not hold."),
    }
    provider = PayingProvider(make_outline(4), fail=fail)
    run_id = write_all(provider, db_executor)
    assert get_run(run_id).state == RunState.PARTIAL
    assert outcomes_of(run_id) == {"ok": 12, "transient": 2, "failed": 1}
    failure = ModelCallRecord.objects.get(run=run_id, outcome="failed")
    assert (failure.purpose, failure.prompt_version) == ("tutorial", "tutorial-1")
    assert (failure.error_class, failure.model) == ("ContentError", "rope-1")
    assert rows_of(run_id) == get_run_spending(run_id)
    assert rows_of(run_id).calls == provider.asked == 15
    assert rows_of(run_id).cost_usd == 15 * COST


def test_the_runs_own_totals_are_the_ledgers(db_executor: DbExecutor) -> None:
    """Failed and repeated calls included."""
    fail: dict[Any, Any] = {
        ("c01", ArtifactKind.QUIZ): [TransientError("overloaded")],
        ("c02", ArtifactKind.TUTORIAL): ContentError("It would not hold."),
    }
    run = get_run(write_all(PayingProvider(make_outline(4), fail=fail), db_executor))
    totals = Spent(run.model_calls, run.tokens_in, run.tokens_out, run.cost_usd)
    assert totals == rows_of(run.pk) == get_run_spending(run.pk)
    assert totals.calls == 1 + 12 + 1


def test_what_a_plan_or_its_refusal_cost_is_written_with_it(transactional_db: None) -> None:
    """A worker that is killed right after has told it."""
    puller, spent = uuid.uuid4(), Spent(2, 100, 200, COST)
    planned, refused = (open_run(PayingProvider(make_outline(4))) for _ in range(2))
    for run_id in (planned, refused):
        claims.claim_run(run_id, puller, lease_seconds=30)
    rest: dict[str, Any] = {"prerequisites": {}, "dropped": [], "spent": spent}
    assert batches.save_outline(planned, puller, make_outline(4), **rest)
    lifecycle.stop_run(refused, RunState.FAILED, "Not this.", planner=puller, spent=spent)
    for run_id in (planned, refused):
        run = get_run(run_id)
        assert (run.model_calls, run.tokens_in, run.tokens_out) == (2, 100, 200)
        assert get_run_spending(run_id) == spent


def test_who_repeats_its_requests_is_asked_for_an_artifact_three_times_only(
    db_executor: DbExecutor,
) -> None:
    """The layers that repeat would multiply."""
    fail: dict[Any, Any] = {("c01", ArtifactKind.QUIZ): TransientError("overloaded")}
    provider = PayingProvider(make_outline(4), fail=fail)
    run_id = write_all(provider, db_executor)
    assert get_run(run_id).state == RunState.PARTIAL
    assert provider.calls["c01", ArtifactKind.QUIZ] == Limits().outer_attempts == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("costs", "told"),
    [
        ([None, None], None),
        ([None, COST], COST),
        ([Decimal("999999.9"), COST, Decimal("0.2")], Decimal("999999.999999")),
    ],
)
def test_what_nobody_knows_the_price_of_costs_an_unknown_sum(
    costs: list[Decimal | None], told: Decimal | None
) -> None:
    run_id = open_run(PayingProvider(make_outline(4)))
    for number, cost in enumerate(costs):
        _record(run_id, uuid.UUID(int=number), Spent(1, 10, 20, cost))
    assert get_run(run_id).cost_usd == told


def test_two_pullers_add_up_although_they_write_at_once(db_executor: DbExecutor) -> None:
    """Each many times, on lanes of their own; nothing is lost between reading and writing a sum."""
    run_id = open_run(PayingProvider(make_outline(4)))
    units = [
        partial(_record, run_id, puller, Spent(calls, 10 * calls, 20 * calls, calls * COST))
        for calls in range(1, 31)
        for puller in (uuid.UUID(int=1), uuid.UUID(int=2))
    ]

    async def record_all() -> None:
        await asyncio.gather(*(db_executor.run(unit) for unit in units))

    asyncio.run(record_all())
    run = get_run(run_id)
    assert (run.model_calls, run.tokens_out, run.cost_usd) == (60, 1_200, 60 * COST)


@transaction.atomic
def _record(run_id: uuid.UUID, puller_id: uuid.UUID, spent: Spent) -> None:
    record_spending(run_id, puller_id, spent)


def test_planning_alone_is_in_the_ledger_too(db_executor: DbExecutor) -> None:
    provider = PayingProvider(make_outline(4))
    run_id = open_run(provider)
    asyncio.run(plan(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert rows_of(run_id) == get_run_spending(run_id)
    assert ModelCallRecord.objects.get(run=run_id).purpose == "outline"


def test_a_message_that_is_delivered_again_writes_nothing_twice(db_executor: DbExecutor) -> None:
    broker = Broker()
    run_id = write_all(PayingProvider(make_outline(4)), db_executor, publish=broker.publish)
    assert rows_of(run_id).calls == 0
    assert broker.deliver(db_executor) == 13
    assert broker.deliver(db_executor) == 0
    assert rows_of(run_id) == get_run_spending(run_id)


def test_a_message_holds_a_bounded_number_of_records(
    db_executor: DbExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "RECORDS_AT_ONCE", 5)
    broker = Broker()
    write_all(PayingProvider(make_outline(4)), db_executor, publish=broker.publish)
    sizes = [len(records) for records in broker.messages]
    assert sum(sizes) == 13
    assert max(sizes) == 5


def test_without_a_broker_the_puller_writes_the_rows(db_executor: DbExecutor) -> None:
    away = Broker(is_away=True)
    with capture_logs() as told:
        run_id = write_all(PayingProvider(make_outline(4)), db_executor, publish=away.publish)
    assert rows_of(run_id) == get_run_spending(run_id)
    assert "ledger_not_enqueued" in {entry["event"] for entry in told}


def test_books_that_cannot_be_kept_do_not_stop_the_writing(
    db_executor: DbExecutor, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_records: object) -> int:
        raise ValueError("no room")

    monkeypatch.setattr("generation.puller.ledger_rows.save_calls", refuse)
    run_id = write_all(PayingProvider(make_outline(4)), db_executor)
    assert get_run(run_id).state == RunState.READY
    assert "ledger_records_lost" in caplog.text


@pytest.mark.parametrize("times", [1, 3])
def test_a_cancelled_puller_hands_over_what_it_has(
    db_executor: DbExecutor, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Its time never comes, and what was cancelled is told of as well."""
    monkeypatch.setattr(ledger, "SECONDS_BETWEEN", 60.0)
    stuck = asyncio.Event()

    async def wait(_kind: ArtifactKind, _brief: ConceptBrief) -> None:
        if provider.calls.total() > 6:
            stuck.set()
            await asyncio.Event().wait()

    async def cancel() -> None:
        limits = replace(QUICK, model_calls=4)
        pulling = pull(
            run_id, provider=provider, db=db_executor, limits=limits, publish=broker.publish
        )
        task = asyncio.create_task(pulling)
        await stuck.wait()
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await task

    broker = Broker()
    provider = PayingProvider(make_outline(4), before=wait)
    run_id = open_run(provider)
    asyncio.run(cancel())
    assert broker.deliver(db_executor) == provider.asked
    assert outcomes_of(run_id)["cancelled"] >= 1
    assert rows_of(run_id) == get_run_spending(run_id)
    assert not Artifact.objects.filter(state=ArtifactState.RUNNING).exists()


def test_records_of_a_run_that_is_gone_are_left_out(db_executor: DbExecutor) -> None:
    broker = Broker()
    kept = write_all(PayingProvider(make_outline(4)), db_executor, publish=broker.publish)
    gone = write_all(PayingProvider(make_outline(5)), db_executor, publish=broker.publish)
    Roadmap.objects.filter(runs=gone).delete()
    assert not GenerationRun.objects.filter(pk=gone).exists()
    mixed = [record for records in broker.messages for record in records]
    assert save_calls(mixed) == rows_of(kept).calls == 13


def test_rows_go_with_their_run(db_executor: DbExecutor) -> None:
    run_id = write_all(PayingProvider(make_outline(4)), db_executor)
    Roadmap.objects.filter(runs=run_id).delete()
    assert not ModelCallRecord.objects.exists()


def test_the_task_belongs_to_the_logs_queue() -> None:
    route = app.amqp.router.route({}, persist_model_calls.name)
    assert route["queue"].name == "logs"


def test_the_page_of_a_run_tells_what_was_spent(db_executor: DbExecutor, client: Client) -> None:
    run_id = write_all(PayingProvider(make_outline(4)), db_executor)
    told = "13 calls to the model: 220 tokens in, 440 out, $0.0130"
    assert told in client.get(f"/runs/{run_id}/").content.decode()
    assert client.get(f"/runs/{run_id}/events/").json()["spending"] == told


def test_the_page_of_a_run_tells_what_the_model_was_asked_for(
    db_executor: DbExecutor, client: Client
) -> None:
    fail: dict[Any, Any] = {("c01", ArtifactKind.QUIZ): [TransientError("overloaded")]}
    run_id = write_all(PayingProvider(make_outline(4), fail=fail), db_executor)
    rows = client.get(f"/runs/{run_id}/events/").json()["calls"]
    assert rows == [
        ["the plan", "1", "0", "100", "200", "$0.0010"],
        ["quizzes", "5", "1", "50", "100", "$0.0050"],
        ["resources", "4", "0", "40", "80", "$0.0040"],
        ["tutorials", "4", "0", "40", "80", "$0.0040"],
        ["all", "14", "1", "230", "460", "$0.0140"],
    ]
    page = client.get(f"/runs/{run_id}/").content.decode()
    assert '<th scope="row">quizzes</th><td>5</td><td>1</td>' in page
    other = open_run(PayingProvider(make_outline(4)))
    assert client.get(f"/runs/{other}/events/").json()["calls"] == []


def test_the_list_of_a_runs_calls_tells_the_totals_of_what_it_lists(
    db_executor: DbExecutor, admin_client: Client
) -> None:
    run_id = write_all(PayingProvider(make_outline(4)), db_executor)
    url = "/admin/generation/modelcallrecord/"
    of_run = {"run__id__exact": str(run_id)}
    everything = admin_client.get(url, of_run).content.decode()
    assert "13 calls, 220 tokens in (0 from the cache), 440 tokens out, $0.0130" in everything
    quizzes = admin_client.get(url, of_run | {"purpose": "quiz"}).content.decode()
    assert "4 calls, 40 tokens in (0 from the cache), 80 tokens out" in quizzes
    assert "data-totals" not in admin_client.get(url).content.decode()
