import asyncio
from collections.abc import Callable

import pytest

from connection_budget.lanes.executor import DbExecutor
from connection_budget.lanes.lanes import ExecutorClosed
from tests.connection_budget.cast import (
    PATIENCE_SECONDS,
    REAL_TRANSACTIONS,
    Backends,
    Gate,
    Rows,
    backend_pid,
    eventually,
    fill_every_lane,
)

pytestmark = REAL_TRANSACTIONS


async def test_closing_leaves_no_connection(executor: DbExecutor, backends: Backends) -> None:
    await fill_every_lane(executor)
    await asyncio.gather(executor.run(backend_pid), executor.run(backend_pid))
    await executor.aclose()
    await eventually(lambda: backends.others() == set())


async def test_closing_waits_for_the_unit_that_runs(
    executor: DbExecutor, gate: Gate, rows: Rows
) -> None:
    unit = asyncio.create_task(executor.run(rows.write_together, 1, before_commit=gate.hold))
    await eventually(gate.reached.is_set)
    closing = asyncio.create_task(executor.aclose())
    closed_too_soon, _ = await asyncio.wait([closing], timeout=0.5)
    assert not closed_too_soon
    gate.open()
    await asyncio.gather(unit, closing)
    assert rows.committed() == {1: 1}


async def test_a_closed_executor_refuses_units(executor: DbExecutor) -> None:
    await executor.aclose()
    with pytest.raises(ExecutorClosed):
        await executor.run(backend_pid)


async def test_a_unit_refused_while_it_waited_gives_its_permit_to_the_next(
    executors: Callable[..., DbExecutor], gate: Gate
) -> None:
    executor = executors(1)
    running = asyncio.create_task(executor.run(gate.hold))
    await eventually(gate.reached.is_set)
    waiting = [asyncio.create_task(executor.run(backend_pid)) for _ in range(3)]
    await eventually(lambda: executor.statistics().waiting == 3)
    closing = asyncio.create_task(executor.aclose())
    gate.open()
    await asyncio.gather(running, closing)
    async with asyncio.timeout(PATIENCE_SECONDS):
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert executor.statistics().waiting == 0
    assert all(isinstance(outcome, int | ExecutorClosed) for outcome in outcomes)


def test_closing_twice_is_harmless(executor: DbExecutor) -> None:
    executor.run_sync(backend_pid)
    executor.close()
    executor.close()
    with pytest.raises(ExecutorClosed):
        executor.run_sync(backend_pid)


def test_a_unit_cannot_close_its_own_lanes(executor: DbExecutor) -> None:
    with pytest.raises(RuntimeError, match="cannot close the lanes"):
        executor.run_sync(executor.close)


async def test_draining_waits_for_the_unit_that_runs(executor: DbExecutor, gate: Gate) -> None:
    unit = asyncio.create_task(executor.run(gate.hold))
    await eventually(gate.reached.is_set)
    draining = asyncio.create_task(executor.drain(5))
    gate.open()
    assert await draining
    await unit


async def test_draining_waits_for_the_units_that_wait_for_a_permit(
    executors: Callable[..., DbExecutor], gates: Callable[[], Gate]
) -> None:
    """Between the end of the first and the start of the second nothing runs."""
    executor, first, second = executors(1), gates(), gates()
    units = [asyncio.create_task(executor.run(first.hold))]
    await eventually(first.reached.is_set)
    units.append(asyncio.create_task(executor.run(second.hold)))
    await eventually(lambda: executor.statistics().waiting == 1)
    draining = asyncio.create_task(executor.drain(PATIENCE_SECONDS))
    await asyncio.sleep(0)  # it begins
    first.open()
    await eventually(second.reached.is_set)
    assert not draining.done()
    second.open()
    assert await draining
    await asyncio.gather(*units)


async def test_draining_gives_up_at_its_timeout(executor: DbExecutor, gate: Gate) -> None:
    unit = asyncio.create_task(executor.run(gate.hold))
    await eventually(gate.reached.is_set)
    assert not await executor.drain(0.01)
    gate.open()
    await unit


async def test_draining_an_idle_executor_returns_at_once(executor: DbExecutor) -> None:
    assert await executor.drain(0)
