import asyncio
import threading
from collections.abc import Callable

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from connection_budget.lanes.executor import DbExecutor
from tests.connection_budget.cast import (
    PATIENCE_SECONDS,
    REAL_TRANSACTIONS,
    Backends,
    Rows,
    backend_pid,
    fill_every_lane,
)

pytestmark = REAL_TRANSACTIONS


class FailsAtFirst:
    """A unit that raises `error` the first `times` it is called."""

    def __init__(self, error: Exception, times: int = 1) -> None:
        self.calls = 0
        self._error = error
        self._times = times

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self._times:
            raise self._error
        return "done"


async def test_a_deadlock_is_broken_and_both_units_end(executor: DbExecutor, rows: Rows) -> None:
    both_have_one = threading.Barrier(2)
    tried: set[int] = set()

    def write_in_order(first: int, second: int) -> None:
        with transaction.atomic():
            rows.write(first)
            if first not in tried:  # the repetition comes alone
                tried.add(first)
                both_have_one.wait(PATIENCE_SECONDS)
            rows.write(second)

    await executor.run(rows.write, 1, 2)
    await asyncio.gather(executor.run(write_in_order, 1, 2), executor.run(write_in_order, 2, 1))
    assert rows.committed() == {1: 3, 2: 3}
    assert executor.statistics().retried == 1


async def test_a_serialization_failure_is_repeated(executor: DbExecutor) -> None:
    unit = FailsAtFirst(psycopg.errors.SerializationFailure())
    assert (await executor.run(unit), unit.calls) == ("done", 2)


async def test_a_failure_is_repeated_only_once(executor: DbExecutor) -> None:
    unit = FailsAtFirst(psycopg.errors.DeadlockDetected(), times=2)
    with pytest.raises(psycopg.errors.DeadlockDetected):
        await executor.run(unit)
    assert unit.calls == 2


async def test_nothing_is_repeated_when_the_caller_forbids_it(executor: DbExecutor) -> None:
    unit = FailsAtFirst(psycopg.errors.DeadlockDetected())
    with pytest.raises(psycopg.errors.DeadlockDetected):
        await executor.run(unit, retry=False)
    assert unit.calls == 1


@pytest.mark.parametrize(
    "error", [ValueError(), psycopg.errors.UniqueViolation(), psycopg.errors.LockNotAvailable()]
)
async def test_a_lasting_failure_is_not_repeated(executor: DbExecutor, error: Exception) -> None:
    unit = FailsAtFirst(error)
    with pytest.raises(type(error)):
        await executor.run(unit)
    assert unit.calls == 1


@pytest.mark.parametrize("health_checks", [True, False])
async def test_units_succeed_after_the_server_ended_every_lanes_connection(
    executors: Callable[..., DbExecutor],
    backends: Backends,
    health_checks: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(connection.settings_dict, "CONN_HEALTH_CHECKS", health_checks)
    executor = executors(2)
    await fill_every_lane(executor)
    await asyncio.gather(*(executor.run(backend_pid) for _ in range(8)))
    ended = backends.others()
    backends.terminate(ended)
    pids = await asyncio.gather(*(executor.run(backend_pid) for _ in range(8)))
    assert ended
    assert not ended & set(pids)


async def test_a_connection_lost_inside_a_transaction_is_replaced(
    executors: Callable[..., DbExecutor], backends: Backends, rows: Rows
) -> None:
    executor = executors(1)
    lost: list[int] = []

    def lose_connection_once() -> None:
        if not lost:
            lost.append(backend_pid())
            backends.terminate(set(lost))

    await executor.run(rows.write_together, 1, before_commit=lose_connection_once)
    assert rows.committed() == {1: 1}
    assert await executor.run(backend_pid) not in lost


async def test_without_retry_a_lost_connection_is_an_error_only_once(
    executors: Callable[..., DbExecutor], backends: Backends, rows: Rows
) -> None:
    executor = executors(1)

    def lose_connection() -> None:
        backends.terminate({backend_pid()})

    with pytest.raises(OperationalError):
        await executor.run(rows.write_together, 1, before_commit=lose_connection, retry=False)
    await executor.run(rows.write, 1, retry=False)
    assert rows.committed() == {1: 1}
