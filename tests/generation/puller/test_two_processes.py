"""Real processes on the same run: everything once, no deadlock; a killed one costs only time."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from connection_budget.lanes.executor import DbExecutor
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.run_states import RunState
from generation.runs.progress import get_run_progress
from tests.databases import database_url
from tests.generation.cast import ScriptedProvider, assert_complete, make_outline, open_run
from tests.waiting import wait_until

SCRIPT = Path(__file__).with_name("puller_process.py")
ROOT = SCRIPT.parents[3]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Puller = subprocess.Popen[str]


@pytest.fixture
def start_puller() -> Iterator[Callable[..., Puller]]:
    started: list[Puller] = []

    def start(*, concepts: int, longest_delay: float) -> Puller:
        process = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(concepts), str(longest_delay)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT)},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def say(process: Puller, run_id: uuid.UUID) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{run_id}\n")
    process.stdin.flush()


def hear(process: Puller) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def count_deadlocks(observer: psycopg.Connection) -> int:
    observer.execute("SELECT pg_stat_force_next_flush()")
    row = observer.execute(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.wide
def test_two_processes_on_one_run_write_everything_once_in_a_hundred_tries(
    start_puller: Callable[..., Puller], observer: psycopg.Connection
) -> None:
    pair = [start_puller(concepts=6, longest_delay=0.004) for _ in range(2)]
    before = count_deadlocks(observer)
    for _ in range(100):
        run_id = open_run(ScriptedProvider(make_outline(6)))
        for process in pair:
            say(process, run_id)
        assert [hear(process) for process in pair] == ["ready", "ready"]
        assert_complete(run_id, 6)
    ends = [process.communicate()[0].split() for process in pair]
    assert sum(int(calls) for _, calls in ends) == 100 * 18
    assert all(int(calls) > 0 for _, calls in ends)
    assert count_deadlocks(observer) == before


def test_a_killed_process_costs_only_time(
    start_puller: Callable[..., Puller], db_executor: DbExecutor
) -> None:
    """Of two: the other one, which goes on, is this one."""
    provider = ScriptedProvider(make_outline(20))
    run_id = open_run(provider)
    first = start_puller(concepts=20, longest_delay=0.2)
    say(first, run_id)
    wait_until(lambda: 6 <= get_run_progress(run_id).ready < 60)
    first.kill()
    limits = Limits(model_calls=6, batch_concepts=2, batch_seconds=0.01, poll_seconds=0.02)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=limits))
    assert state == RunState.READY
    assert_complete(run_id, 20)
