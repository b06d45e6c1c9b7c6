import asyncio
import random
from collections.abc import Callable
from functools import partial

import pytest
from structlog.testing import capture_logs

from connection_budget.lanes.executor import DbExecutor
from tests.connection_budget.cast import (
    REAL_TRANSACTIONS,
    Backends,
    Gate,
    Rows,
    backend_pid,
    eventually,
    fill_every_lane,
    pause_on_server,
)

pytestmark = REAL_TRANSACTIONS

STORM_SIZE = 60


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_running_unit_commits_although_its_awaiter_was_cancelled(
    executor: DbExecutor, rows: Rows, gate: Gate
) -> None:
    task = asyncio.create_task(executor.run(rows.write_together, 1, 2, before_commit=gate.hold))
    await eventually(gate.reached.is_set)
    await cancelled(task)
    gate.open()
    await executor.drain(5)
    assert rows.committed() == {1: 1, 2: 1}


async def test_a_unit_cancelled_while_it_waits_never_starts(
    executors: Callable[..., DbExecutor], rows: Rows, gate: Gate
) -> None:
    executor = executors(1)
    running = asyncio.create_task(executor.run(gate.hold))
    await eventually(gate.reached.is_set)
    waiting = asyncio.create_task(executor.run(rows.write, 1))
    await eventually(lambda: executor.statistics().waiting == 1)
    await cancelled(waiting)
    gate.open()
    await running
    await fill_every_lane(executor)
    assert rows.committed() == {}


async def test_a_permit_is_not_free_while_the_transaction_of_a_cancelled_unit_lives(
    executors: Callable[..., DbExecutor], rows: Rows, gate: Gate
) -> None:
    executor = executors(1)
    task = asyncio.create_task(executor.run(rows.write_together, 1, before_commit=gate.hold))
    await eventually(gate.reached.is_set)
    await cancelled(task)
    assert executor._permits().locked()  # not what the lanes count: the semaphore
    next_unit = asyncio.create_task(executor.run(rows.committed))
    await eventually(lambda: executor.statistics().waiting == 1)
    assert executor.statistics().permits_free == 0
    gate.open()
    assert await next_unit == {1: 1}


async def test_a_unit_nobody_waits_for_any_more_still_reports_its_failure(
    executor: DbExecutor, gate: Gate
) -> None:
    def fail_late() -> None:
        gate.hold()
        raise ValueError("unseen")

    task = asyncio.create_task(executor.run(fail_late))
    await eventually(gate.reached.is_set)
    with capture_logs() as events:
        await cancelled(task)
        gate.open()
        await eventually(lambda: "db_unit_orphaned" in [event["event"] for event in events])
    assert "ValueError('unseen')" in [event.get("error") for event in events]


async def test_draining_outlives_the_cancellation_of_a_caller_that_shields_it(
    executor: DbExecutor, rows: Rows, gate: Gate
) -> None:
    drained = asyncio.Event()

    async def drain() -> None:
        await executor.drain(5)
        drained.set()

    async def save_and_drain() -> None:
        try:
            await executor.run(rows.write_together, 1, before_commit=gate.hold)
        finally:
            await asyncio.shield(drain())

    task = asyncio.create_task(save_and_drain())
    await eventually(gate.reached.is_set)
    task.cancel()
    await asyncio.wait([task], timeout=0)
    await cancelled(task)
    gate.open()
    await drained.wait()
    assert rows.committed() == {1: 1}


async def cancel_some(
    executor: DbExecutor, unit: Callable[[int], None], dice: random.Random
) -> None:
    """Start a storm of units and cancel 60 % of them 0 to 50 ms later."""
    tasks = [asyncio.create_task(executor.run(unit, number)) for number in range(STORM_SIZE)]
    loop = asyncio.get_running_loop()
    for task in dice.sample(tasks, k=STORM_SIZE * 6 // 10):
        loop.call_later(dice.uniform(0, 0.05), task.cancel)
    await asyncio.wait(tasks)
    assert [task for task in tasks if not task.cancelled() and task.exception()] == []


@pytest.mark.parametrize("lanes", [1, 2, 3])
async def test_a_cancel_storm_never_opens_more_connections_than_lanes(
    executors: Callable[..., DbExecutor], rows: Rows, backends: Backends, lanes: int
) -> None:
    executor, dice = executors(lanes), random.Random(lanes)

    def write_slowly(number: int) -> None:
        pause = partial(pause_on_server, dice.uniform(0.001, 0.006))
        rows.write_together(number, number + 1000, before_commit=pause)

    busy = True
    loop = asyncio.get_running_loop()
    watching = loop.run_in_executor(None, backends.most_while, lambda: busy)
    for _ in range(5):
        await cancel_some(executor, write_slowly, dice)
    await executor.drain(10)
    busy = False

    assert 1 <= await watching <= lanes
    statistics = executor.statistics()
    assert (statistics.running, statistics.waiting, statistics.permits_free) == (0, 0, lanes)
    assert statistics.peak_running <= lanes
    await fill_every_lane(executor)
    written = rows.committed()
    assert {number + 1000 for number in written if number < 1000} == {
        number for number in written if number >= 1000
    }


async def test_a_save_cancelled_before_its_commit_is_whole_and_can_be_run_again(
    executor: DbExecutor, rows: Rows
) -> None:
    save = partial(rows.write_together, 1, 2, 3, before_commit=partial(pause_on_server, 0.2))
    task = asyncio.create_task(executor.run(save))
    await eventually(lambda: executor.statistics().running == 1)
    await cancelled(task)
    await executor.run(save)
    await executor.drain(5)
    assert rows.committed() == {1: 2, 2: 2, 3: 2}


async def test_the_lane_of_a_cancelled_unit_serves_the_next_one(
    executors: Callable[..., DbExecutor], gate: Gate
) -> None:
    executor = executors(1)
    before = await executor.run(backend_pid)
    task = asyncio.create_task(executor.run(gate.hold))
    await eventually(gate.reached.is_set)
    await cancelled(task)
    gate.open()
    assert await executor.run(backend_pid) == before
