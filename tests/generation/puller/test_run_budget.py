"""A run stops when what it may cost is spent, and goes on with what is missing."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings
from structlog.testing import capture_logs

from concepts.artifact_states import ArtifactState
from concepts.models import Artifact
from connection_budget.lanes.executor import DbExecutor
from generation.port.spent import Spent
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.puller.runner import configured_budget
from generation.run_states import RunState
from generation.runs.budgets import RunBudget
from generation.runs.lifecycle import resume_run
from generation.runs.progress import get_run_progress
from generation.runs.spending import get_run_spending, record_spending
from tests.databases import database_url
from tests.generation.cast import assert_complete, get_run, make_outline, open_run
from tests.generation.paying import (
    ARTIFACT_TOKENS,
    COST,
    OUTLINE_TOKENS,
    PayingProvider,
    rows_of,
    tokens_of,
)
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("paying_process.py")
ROOT = SCRIPT.parents[3]
CALLS = 3
QUICK = Limits(
    model_calls=CALLS, batch_concepts=2, batch_seconds=0.01, poll_seconds=0.02, retry_seconds=0.01
)

Paying = subprocess.Popen[str]


def work(run_id: uuid.UUID, provider: PayingProvider, db: DbExecutor, **budget: object) -> RunState:
    limits = replace(QUICK, budget=RunBudget(**budget))  # type: ignore[arg-type]  # passed on
    return asyncio.run(pull(run_id, provider=provider, db=db, limits=limits))


@pytest.mark.parametrize(
    ("spent", "told"),
    [
        (Spent(1, 999, 0, Decimal("0.4")), None),
        (Spent(1, 400, 600), "1,000 tokens are used, and RUN_MAX_TOKENS is 1,000."),
        (Spent(1, 1, 1, Decimal("0.5")), "it has cost $0.5000, and RUN_MAX_COST_USD is 0.5."),
        (Spent(1, 1, 1, None), None),
    ],
)
def test_a_refusal_names_the_variable_and_the_figures(spent: Spent, told: str | None) -> None:
    refusal = RunBudget(1_000, Decimal("0.5")).refusal(spent)
    assert (told or "") in (refusal or "")
    assert (refusal is None) == (told is None)


def test_without_limits_nothing_is_refused() -> None:
    assert not RunBudget()
    assert RunBudget().refusal(Spent(9, 10**9, 10**9, Decimal(10**6))) is None


def test_the_settings_say_what_a_run_may_cost(settings: Settings) -> None:
    settings.RUN_MAX_TOKENS, settings.RUN_MAX_COST_USD = 5_000, 0.1
    assert configured_budget() == RunBudget(5_000, Decimal("0.1"))
    settings.RUN_MAX_TOKENS = settings.RUN_MAX_COST_USD = None
    assert configured_budget() == RunBudget()


def test_a_run_pauses_when_its_tokens_are_spent(db_executor: DbExecutor) -> None:
    provider = PayingProvider(make_outline(20), longest_delay=0.01)
    run_id = open_run(provider)
    budget = OUTLINE_TOKENS + 20 * ARTIFACT_TOKENS
    assert work(run_id, provider, db_executor, max_tokens=budget) == RunState.PAUSED
    assert "RUN_MAX_TOKENS is 900. Raise it, then resume the run." in get_run(run_id).reason
    # Whoever had begun may finish: no more than the calls that may be in flight.
    assert budget <= tokens_of(run_id) < budget + CALLS * ARTIFACT_TOKENS
    assert get_run_progress(run_id).ready == provider.calls.total()
    assert not Artifact.objects.filter(state=ArtifactState.RUNNING).exists()


def test_resuming_writes_what_is_missing_once_the_budget_is_raised(
    db_executor: DbExecutor,
) -> None:
    provider = PayingProvider(make_outline(8))
    run_id = open_run(provider)
    work(run_id, provider, db_executor, max_tokens=600)
    written = provider.calls.total()
    assert 10 <= written < 10 + CALLS
    resume_run(run_id)
    assert work(run_id, provider, db_executor, max_tokens=600) == RunState.PAUSED
    assert provider.calls.total() == written
    resume_run(run_id)
    assert work(run_id, provider, db_executor, max_tokens=60_000) == RunState.READY
    assert (provider.outlines, set(provider.calls.values())) == (1, {1})
    assert_complete(run_id, 8)
    assert tokens_of(run_id) == OUTLINE_TOKENS + 24 * ARTIFACT_TOKENS


def test_a_run_pauses_when_its_dollars_are_spent(db_executor: DbExecutor) -> None:
    provider = PayingProvider(make_outline(8))
    run_id = open_run(provider)
    assert work(run_id, provider, db_executor, max_cost_usd=10 * COST) == RunState.PAUSED
    assert "RUN_MAX_COST_USD is 0.010." in get_run(run_id).reason
    assert 10 <= provider.asked < 10 + CALLS


def test_what_nobody_knows_the_price_of_counts_as_nothing_and_is_told_once(
    db_executor: DbExecutor,
) -> None:
    provider = PayingProvider(make_outline(4))
    provider.price = None
    run_id = open_run(provider)
    with capture_logs() as told:
        assert work(run_id, provider, db_executor, max_cost_usd=COST) == RunState.READY
    assert get_run_spending(run_id).cost_usd is None
    assert [entry["event"] for entry in told].count("llm_cost_unknown") == 1


def test_a_run_whose_last_call_spends_the_rest_is_ready(db_executor: DbExecutor) -> None:
    provider = PayingProvider(make_outline(4))
    run_id = open_run(provider)
    budget = OUTLINE_TOKENS + 12 * ARTIFACT_TOKENS
    assert work(run_id, provider, db_executor, max_tokens=budget) == RunState.READY
    assert_complete(run_id, 4)


def test_a_plan_that_spends_everything_is_kept(db_executor: DbExecutor) -> None:
    provider = PayingProvider(make_outline(4))
    run_id = open_run(provider)
    assert work(run_id, provider, db_executor, max_tokens=1) == RunState.PAUSED
    assert (provider.outlines, provider.calls.total()) == (1, 0)
    resume_run(run_id)
    assert work(run_id, provider, db_executor) == RunState.READY
    assert provider.outlines == 1


def test_nothing_is_planned_on_a_spent_budget(db_executor: DbExecutor) -> None:
    provider = PayingProvider(make_outline(4))
    run_id = open_run(provider)
    record_spending(run_id, uuid.uuid4(), Spent(1, 100, 0))
    assert work(run_id, provider, db_executor, max_tokens=100) == RunState.PAUSED
    assert provider.asked == 0


@pytest.mark.django_db
def test_what_a_puller_has_spent_never_falls() -> None:
    """The smaller figure comes last: of a unit that was repeated, or overtaken by the next."""
    run_id = open_run(PayingProvider(make_outline(4)))
    alice, bob = uuid.uuid4(), uuid.uuid4()
    record_spending(run_id, bob, Spent(1, 10, 20))
    record_spending(run_id, alice, Spent(2, 20, 40, COST))
    record_spending(run_id, alice, Spent(1, 10, 20))
    assert get_run_spending(run_id, besides=[bob]) == Spent(2, 20, 40, COST)
    assert get_run_spending(run_id, besides=[alice]) == Spent(1, 10, 20)
    assert get_run_spending(run_id) == Spent(3, 30, 60, COST)
    assert get_run(run_id).model_calls == 3


@pytest.fixture
def start_paying() -> Iterator[Callable[..., Paying]]:
    started: list[Paying] = []

    def start(*, concepts: int, delay: float, max_tokens: int) -> Paying:
        process = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(concepts), str(delay), str(max_tokens)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT)},
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def say(process: Paying, run_id: uuid.UUID) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{run_id}\n")
    process.stdin.flush()


def hear(process: Paying) -> tuple[str, int]:
    assert process.stdout is not None
    state, calls = process.stdout.readline().split()
    return state, int(calls)


@pytest.mark.django_db(transaction=True)
def test_two_processes_stop_together_and_overshoot_by_no_more_than_is_in_flight(
    start_paying: Callable[..., Paying],
) -> None:
    run_id = open_run(PayingProvider(make_outline(40)))
    budget = OUTLINE_TOKENS + 60 * ARTIFACT_TOKENS
    pair = [start_paying(concepts=40, delay=0.1, max_tokens=budget) for _ in range(2)]
    for process in pair:
        say(process, run_id)
    (first, ours), (second, theirs) = [hear(process) for process in pair]
    assert (first, second) == ("paused", "paused")
    assert ours > 0
    assert theirs > 0
    assert budget <= tokens_of(run_id) < budget + 2 * 6 * ARTIFACT_TOKENS
    assert get_run_spending(run_id) == rows_of(run_id)
    assert rows_of(run_id).calls == ours + theirs


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_process_had_saved_stays_counted(
    start_paying: Callable[..., Paying], db_executor: DbExecutor
) -> None:
    second = PayingProvider(make_outline(20))
    run_id = open_run(second)
    first = start_paying(concepts=20, delay=0.2, max_tokens=0)
    say(first, run_id)
    wait_until(lambda: 6 <= get_run_progress(run_id).ready < 60)
    first.kill()
    first.wait()
    saved = get_run_progress(run_id).ready
    assert get_run_spending(run_id).calls > saved
    assert work(run_id, second, db_executor) == RunState.READY
    assert second.asked <= 60 - saved  # what the server had yet to commit is not asked for either
    assert_complete(run_id, 20)
    assert get_run_spending(run_id).calls >= 61
