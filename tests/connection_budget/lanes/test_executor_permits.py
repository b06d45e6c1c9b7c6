import asyncio
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar

import pytest
from django.db import connection
from structlog.testing import capture_logs

from connection_budget.lanes.executor import DbExecutor
from tests.connection_budget.cast import (
    REAL_TRANSACTIONS,
    Backends,
    Gate,
    Rows,
    backend_pid,
    eventually,
    fail_with,
    fill_every_lane,
)
from tests.waiting import PATIENCE_SECONDS

pytestmark = REAL_TRANSACTIONS


async def test_a_unit_returns_its_result(executor: DbExecutor) -> None:
    assert await executor.run(divmod, 17, 5) == (3, 2)


async def test_a_unit_takes_keyword_arguments(executor: DbExecutor) -> None:
    assert await executor.run(int, "ff", base=16) == 255


async def test_a_unit_sees_the_context_variables_of_its_caller(executor: DbExecutor) -> None:
    run_id: ContextVar[str] = ContextVar("run_id")
    run_id.set("r-1")
    assert await executor.run(run_id.get) == "r-1"


async def test_a_unit_runs_in_a_thread_named_after_the_executor(executor: DbExecutor) -> None:
    thread = await executor.run(threading.current_thread)
    assert thread.name.startswith("db-lane")


async def test_no_thread_exists_before_the_first_unit(executors: Callable[..., DbExecutor]) -> None:
    before = threading.active_count()
    executors(5)
    assert threading.active_count() == before


async def test_a_lane_keeps_its_connection(executors: Callable[..., DbExecutor]) -> None:
    executor = executors(1)
    assert await executor.run(backend_pid) == await executor.run(backend_pid)


async def test_a_connection_that_may_not_persist_goes_with_its_unit(
    executor: DbExecutor, backends: Backends, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    await executor.run(backend_pid)
    await eventually(lambda: backends.others() == set())


async def test_a_connection_that_grew_too_old_between_units_is_replaced(
    executors: Callable[..., DbExecutor],
) -> None:
    expires_at = 0.0

    def connect_briefly() -> int:
        nonlocal expires_at
        pid = backend_pid()
        expires_at = connection.close_at = time.monotonic() + 0.05
        return pid

    executor = executors(1)
    before = await executor.run(connect_briefly)
    await eventually(lambda: time.monotonic() > expires_at)
    assert await executor.run(backend_pid) != before


async def test_as_many_units_run_at_once_as_there_are_lanes(
    executors: Callable[..., DbExecutor],
) -> None:
    executor = executors(3)
    await fill_every_lane(executor)
    assert executor.statistics().peak_running == 3


async def test_a_unit_without_permit_is_counted_as_waiting(
    executors: Callable[..., DbExecutor], gate: Gate
) -> None:
    executor = executors(1)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(executor.run(gate.hold))
        tasks.create_task(executor.run(backend_pid))
        await eventually(lambda: executor.statistics().waiting == 1 and gate.reached.is_set())
        statistics = executor.statistics()
        gate.open()
    assert (statistics.running, statistics.permits_free) == (1, 0)


async def test_statistics_add_up_when_everything_is_over(executor: DbExecutor) -> None:
    await asyncio.gather(*(executor.run(backend_pid) for _ in range(20)))
    statistics = executor.statistics()
    assert (statistics.started, statistics.finished, statistics.running) == (20, 20, 0)
    assert (statistics.waiting, statistics.permits_free) == (0, statistics.lanes)


@pytest.mark.parametrize(
    "error", [ValueError("bad"), KeyboardInterrupt(), SystemExit(3), GeneratorExit()]
)
async def test_a_failing_unit_raises_and_gives_its_permit_back(
    executor: DbExecutor, error: BaseException
) -> None:
    with pytest.raises(type(error)):
        await executor.run(fail_with, error)
    await fill_every_lane(executor)


async def test_a_unit_that_raises_stop_iteration_does_not_hang(executor: DbExecutor) -> None:
    with pytest.raises(RuntimeError, match="raised StopIteration"):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await executor.run(next, iter(()))


async def test_a_failing_transaction_leaves_nothing_behind(
    executor: DbExecutor, rows: Rows
) -> None:
    def fail() -> None:
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        await executor.run(rows.write_together, 1, 2, before_commit=fail)
    assert rows.committed() == {}


async def test_permits_taken_and_given_back_are_logged(executor: DbExecutor) -> None:
    with capture_logs() as events:
        await executor.run(backend_pid)
    assert [event["event"] for event in events] == [
        "db_semaphore_acquired",
        "db_semaphore_released",
    ]


def test_sync_callers_use_the_same_lanes(executor: DbExecutor) -> None:
    assert executor.run_sync(threading.current_thread).name.startswith("db-lane")


def test_a_unit_that_calls_run_sync_stays_in_its_lane(
    executors: Callable[..., DbExecutor],
) -> None:
    """It would wait for itself where there is one lane, so there are two here: nothing hangs."""
    executor = executors(2)
    outer, inner = executor.run_sync(lambda: (backend_pid(), executor.run_sync(backend_pid)))
    assert outer == inner


async def test_run_sync_refuses_to_block_an_event_loop(executor: DbExecutor) -> None:
    with pytest.raises(RuntimeError, match="block the running event loop"):
        executor.run_sync(backend_pid)


def test_an_executor_without_lanes_is_refused() -> None:
    with pytest.raises(ValueError, match="lanes=0"):
        DbExecutor(0)
