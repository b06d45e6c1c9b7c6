"""A run never costs more than it may, pauses, and goes on with what is missing."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from concepts.artifact_states import ArtifactState
from concepts.content import ArtifactKind
from concepts.models import Artifact
from connection_budget.lanes.executor import DbExecutor
from generation.port.briefs import ConceptBrief
from generation.port.errors import SystemicError
from generation.port.spent import Spent
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.run_states import RunState
from generation.runs.lifecycle import resume_run
from generation.runs.progress import get_run_progress
from generation.runs.spending import record_spending
from tests.databases import database_url
from tests.generation.cast import assert_complete, get_run, make_outline, open_run
from tests.generation.paying import (
    ARTIFACT_TOKENS,
    COST,
    OUTLINE_TOKENS,
    PayingProvider,
    get_run_spending,
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
Work = Callable[..., RunState]


@pytest.fixture
def work(db_executor: DbExecutor, settings: Settings) -> Callable[..., RunState]:
    def work(
        run_id: uuid.UUID,
        provider: PayingProvider,
        max_tokens: int | None = None,
        max_cost_usd: Decimal | None = None,
    ) -> RunState:
        settings.RUN_MAX_TOKENS, settings.RUN_MAX_COST_USD = max_tokens, max_cost_usd
        return asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))

    return work


def test_a_run_pauses_with_the_last_call_that_fits_and_never_takes_more(work: Work) -> None:
    provider = PayingProvider(make_outline(20), longest_delay=0.01)
    run_id = open_run(provider)
    budget = OUTLINE_TOKENS + 20 * ARTIFACT_TOKENS
    assert work(run_id, provider, budget + ARTIFACT_TOKENS - 1) == RunState.PAUSED
    assert tokens_of(run_id) == budget
    told = "900 tokens are used, and the next request may take 30. Raise it, then resume the run."
    assert told in get_run(run_id).reason
    assert "RUN_MAX_TOKENS is 929" in get_run(run_id).reason
    assert get_run(run_id).resumes_at is None
    assert get_run_progress(run_id).ready == provider.calls.total() == 20
    assert not Artifact.objects.filter(state=ArtifactState.RUNNING).exists()


def test_resuming_writes_what_is_missing_once_the_budget_is_raised(work: Work) -> None:
    provider = PayingProvider(make_outline(8))
    run_id = open_run(provider)
    work(run_id, provider, 600)
    assert provider.calls.total() == 10
    resume_run(run_id)
    assert work(run_id, provider, 600) == RunState.PAUSED
    assert provider.calls.total() == 10
    resume_run(run_id)
    assert work(run_id, provider, 60_000) == RunState.READY
    assert (provider.outlines, set(provider.calls.values())) == (1, {1})
    assert_complete(run_id, 8)
    assert tokens_of(run_id) == OUTLINE_TOKENS + 24 * ARTIFACT_TOKENS


def test_a_budget_that_is_set_later_counts_what_was_spent_before(work: Work) -> None:
    async def stop(_kind: ArtifactKind, _brief: ConceptBrief) -> None:
        raise SystemicError("the key")

    provider = PayingProvider(make_outline(8), before=stop)
    run_id = open_run(provider)
    assert work(run_id, provider) == RunState.PAUSED
    before, provider.before = tokens_of(run_id), None
    assert before > OUTLINE_TOKENS
    resume_run(run_id)
    assert work(run_id, provider, before + 2 * ARTIFACT_TOKENS) == RunState.PAUSED
    assert tokens_of(run_id) == before + 2 * ARTIFACT_TOKENS


def test_a_run_pauses_when_its_dollars_are_spent(work: Work) -> None:
    provider = PayingProvider(make_outline(8))
    run_id = open_run(provider)
    assert work(run_id, provider, max_cost_usd=10 * COST) == RunState.PAUSED
    assert "RUN_MAX_COST_USD is $0.010," in get_run(run_id).reason
    assert provider.asked == 10


def test_a_budget_in_dollars_is_refused_where_nobody_knows_the_price(work: Work) -> None:
    provider = PayingProvider(make_outline(4))
    provider.price = None
    run_id = open_run(provider)
    assert work(run_id, provider, max_cost_usd=COST) == RunState.PAUSED
    assert get_run(run_id).reason == (
        "RUN_MAX_COST_USD is set, and nobody knows what rope-1 costs: set LLM_PRICE_INPUT and "
        "LLM_PRICE_OUTPUT, then resume the run."
    )
    assert provider.asked == 0


def test_a_run_whose_last_call_spends_the_rest_is_ready(work: Work) -> None:
    provider = PayingProvider(make_outline(4))
    run_id = open_run(provider)
    assert work(run_id, provider, OUTLINE_TOKENS + 12 * ARTIFACT_TOKENS) == RunState.READY
    assert_complete(run_id, 4)


def test_a_plan_that_spends_everything_is_kept(work: Work) -> None:
    provider = PayingProvider(make_outline(4))
    run_id = open_run(provider)
    assert work(run_id, provider, OUTLINE_TOKENS) == RunState.PAUSED
    assert (provider.outlines, provider.calls.total()) == (1, 0)
    resume_run(run_id)
    assert work(run_id, provider) == RunState.READY
    assert provider.outlines == 1


def test_nothing_is_planned_that_does_not_fit(work: Work) -> None:
    provider = PayingProvider(make_outline(4))
    run_id = open_run(provider)
    assert work(run_id, provider, OUTLINE_TOKENS - 1) == RunState.PAUSED
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

    def start(*, concepts: int, delay: float, max_tokens: int, lease: float = 1) -> Paying:
        process = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(concepts), str(delay), str(max_tokens), str(lease)],
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
def test_two_processes_stop_together_and_take_no_token_too_many(
    start_paying: Callable[..., Paying],
) -> None:
    run_id = open_run(PayingProvider(make_outline(40)))
    budget = OUTLINE_TOKENS + 60 * ARTIFACT_TOKENS
    # Longer than a busy machine keeps a process waiting: what it has set aside stays its own.
    paying = {"concepts": 40, "delay": 0.1, "max_tokens": budget, "lease": 120}
    pair = [start_paying(**paying) for _ in range(2)]
    for process in pair:
        say(process, run_id)
    (first, ours), (second, theirs) = [hear(process) for process in pair]
    assert (first, second) == ("paused", "paused")
    assert ours > 0
    assert theirs > 0
    assert tokens_of(run_id) == budget
    assert get_run_spending(run_id) == rows_of(run_id)
    assert rows_of(run_id).calls == ours + theirs == 61


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_process_had_saved_stays_counted(
    start_paying: Callable[..., Paying], work: Work
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
    assert work(run_id, second) == RunState.READY
    assert second.asked <= 60 - saved  # what the server had yet to commit is not asked for either
    assert_complete(run_id, 20)
    assert get_run_spending(run_id).calls >= 61
