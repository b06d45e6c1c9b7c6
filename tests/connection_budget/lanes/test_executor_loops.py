import asyncio
from collections.abc import Callable

import pytest

from connection_budget.lanes.executor import DbExecutor
from tests.connection_budget.cast import (
    REAL_TRANSACTIONS,
    Gate,
    Rows,
    backend_pid,
    eventually,
    fill_every_lane,
)

pytestmark = REAL_TRANSACTIONS


def test_one_executor_serves_one_event_loop_after_another(executor: DbExecutor) -> None:
    asyncio.run(fill_every_lane(executor))
    asyncio.run(fill_every_lane(executor))
    assert executor.statistics().finished == 4


def test_event_loops_in_several_threads_share_the_lanes(executor: DbExecutor) -> None:
    async def both_loops() -> None:
        loop = asyncio.get_running_loop()
        other = loop.run_in_executor(None, asyncio.run, use_lanes())
        await asyncio.gather(use_lanes(), other)

    async def use_lanes() -> None:
        await asyncio.gather(*(executor.run(backend_pid) for _ in range(20)))

    asyncio.run(both_loops())
    assert executor.statistics().peak_running <= 2


def test_a_unit_outlives_the_loop_that_was_cancelled_under_it(
    executor: DbExecutor, rows: Rows, gate: Gate
) -> None:
    async def leave_unit_running() -> None:
        save = executor.run(rows.write_together, 1, before_commit=gate.hold)
        leave_unit_running.task = asyncio.create_task(save)  # type: ignore[attr-defined]
        await eventually(gate.reached.is_set)

    asyncio.run(leave_unit_running())
    gate.open()
    asyncio.run(fill_every_lane(executor))
    assert rows.committed() == {1: 1}


def test_a_unit_that_ends_after_its_loop_closed_loses_nothing(
    executors: Callable[..., DbExecutor],
    rows: Rows,
    gate: Gate,
    caplog: pytest.LogCaptureFixture,
) -> None:
    executor, loop = executors(1), asyncio.new_event_loop()
    save = executor.run(rows.write_together, 1, before_commit=gate.hold)
    task = loop.create_task(save)
    loop.run_until_complete(eventually(gate.reached.is_set))
    loop.close()
    gate.open()
    assert asyncio.run(executor.run(rows.committed)) == {1: 1}
    assert executor.statistics().permits_free == 1
    assert not task.done()
    assert [record for record in caplog.records if record.name == "concurrent.futures"] == []


def test_a_unit_of_the_next_loop_waits_for_the_lane_of_the_last(
    executors: Callable[..., DbExecutor], gate: Gate
) -> None:
    executor = executors(1)

    async def leave_unit_running() -> None:
        task = asyncio.create_task(executor.run(gate.hold))
        await eventually(gate.reached.is_set)
        task.cancel()

    async def queue_and_cancel() -> None:
        task = asyncio.create_task(executor.run(backend_pid))
        await eventually(lambda: executor.statistics().waiting == 1)
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(leave_unit_running())
    asyncio.run(queue_and_cancel())
    gate.open()
    asyncio.run(fill_every_lane(executor))
    assert executor.statistics().started == 2
