import asyncio
from collections.abc import Callable

import pytest
import structlog
from structlog.testing import capture_logs

from connection_budget.lanes.executor import DbExecutor
from connection_budget.lanes.units import UnitTimedOut
from tests.connection_budget.cast import REAL_TRANSACTIONS, Gate, Rows, eventually, pause_on_server

pytestmark = REAL_TRANSACTIONS


async def leave(task: asyncio.Task[None]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_awaiter_that_leaves_is_told_and_whether_its_unit_runs_on(
    executors: Callable[..., DbExecutor], rows: Rows, gate: Gate
) -> None:
    executor = executors(1)
    running = asyncio.create_task(executor.run(gate.hold))
    await eventually(gate.reached.is_set)
    waiting = asyncio.create_task(executor.run(rows.write, 1))
    await eventually(lambda: executor.statistics().waiting == 1)
    with capture_logs() as events:
        await leave(waiting)
        await leave(running)
        gate.open()
    cancelled = [event for event in events if event["event"] == "db_session_request_cancelled"]
    assert [(event["unit"], event["runs_on"]) for event in cancelled] == [
        ("Rows.write", False),
        ("Gate.hold", True),
    ]


async def test_an_orphaned_unit_says_for_whom_it_worked(executor: DbExecutor) -> None:
    with (
        structlog.contextvars.bound_contextvars(run="r1"),
        capture_logs() as events,
        pytest.raises(UnitTimedOut),
    ):
        await executor.run(pause_on_server, 30, deadline=0.1)
    (orphaned,) = [event for event in events if event["event"] == "db_unit_orphaned"]
    assert orphaned["run"] == "r1"


async def test_a_unit_that_fails_unseen_says_so_too(executor: DbExecutor, gate: Gate) -> None:
    def fail() -> None:
        gate.hold()
        raise ValueError("unseen")

    with structlog.contextvars.bound_contextvars(run="r2"):
        task = asyncio.create_task(executor.run(fail))
    await eventually(gate.reached.is_set)
    with capture_logs() as events:
        await leave(task)
        gate.open()
        await eventually(lambda: "db_unit_orphaned" in [event["event"] for event in events])
    assert [event["run"] for event in events if event["event"] == "db_unit_orphaned"] == ["r2"]
