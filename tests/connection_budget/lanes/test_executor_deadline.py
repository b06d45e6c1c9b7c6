import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
from structlog.testing import capture_logs

from connection_budget.deadlines.watch import AGAIN_SECONDS
from connection_budget.lanes.executor import DbExecutor
from connection_budget.lanes.units import Unit, UnitTimedOut
from tests.connection_budget.cast import (
    REAL_TRANSACTIONS,
    Rows,
    backend_pid,
    fill_every_lane,
    pause_on_server,
)

pytestmark = REAL_TRANSACTIONS


def think_then_query() -> None:
    """A unit that is busy outside the database while it is interrupted more than once."""
    backend_pid()
    threading.Event().wait(3 * AGAIN_SECONDS)
    pause_on_server(20)


async def test_a_statement_past_its_deadline_is_cancelled(executor: DbExecutor) -> None:
    with pytest.raises(UnitTimedOut, match=r"pause_on_server was cancelled after 0\.1 seconds"):
        await executor.run(pause_on_server, 20, deadline=0.1)


async def test_a_unit_past_its_deadline_rolls_back(executor: DbExecutor, rows: Rows) -> None:
    late = partial(rows.write_together, 1, before_commit=partial(pause_on_server, 20))
    with pytest.raises(UnitTimedOut):
        await executor.run(late, deadline=0.1)
    assert rows.committed() == {}


async def test_the_lane_and_its_connection_are_usable_after_a_timeout(
    executors: Callable[..., DbExecutor],
) -> None:
    executor = executors(1)
    before = await executor.run(backend_pid)
    with pytest.raises(UnitTimedOut):
        await executor.run(pause_on_server, 20, deadline=0.1)
    assert await executor.run(backend_pid) == before
    await fill_every_lane(executor)


async def test_the_executor_has_a_deadline_of_its_own(
    executors: Callable[..., DbExecutor],
) -> None:
    with pytest.raises(UnitTimedOut):
        await executors(1, unit_deadline=0.1).run(pause_on_server, 20)


async def test_a_unit_between_two_statements_is_stopped_at_the_next(executor: DbExecutor) -> None:
    with pytest.raises(UnitTimedOut):
        await executor.run(think_then_query, deadline=0.05)


async def test_an_orphaned_unit_is_logged_once_and_counted_once(executor: DbExecutor) -> None:
    with capture_logs() as events, pytest.raises(UnitTimedOut):
        await executor.run(think_then_query, deadline=0.02)
    names = [event["event"] for event in events]
    assert (names.count("db_unit_orphaned"), executor.statistics().orphaned) == (1, 1)


async def test_a_failure_that_is_not_the_databases_keeps_its_name(executor: DbExecutor) -> None:
    def fail_late() -> None:
        threading.Event().wait(0.1)
        raise ValueError("our own")

    with pytest.raises(ValueError, match="our own"):
        await executor.run(fail_late, deadline=0.02)


async def test_a_unit_within_its_deadline_is_left_alone(
    executors: Callable[..., DbExecutor],
) -> None:
    executor = executors(2, unit_deadline=5)
    await executor.run(pause_on_server, 0.05)
    assert executor.statistics().orphaned == 0


def test_a_unit_that_is_over_cannot_be_interrupted(executor: DbExecutor) -> None:
    unit = Unit(backend_pid, name="over", deadline=1, retry=True)
    executor.run_sync(unit.perform)
    assert (unit.interrupt(), unit.expired) == (False, False)


async def test_a_cancel_never_hits_the_next_unit_of_the_lane(
    executors: Callable[..., DbExecutor],
) -> None:
    executor = executors(1)
    for _ in range(40):
        with suppress(UnitTimedOut):  # it ends just when its deadline passes: either may win
            await executor.run(pause_on_server, 0.005, deadline=0.006)
        await executor.run(pause_on_server, 0.001, retry=False)


def test_sync_callers_have_the_same_deadline(executor: DbExecutor) -> None:
    with pytest.raises(UnitTimedOut):
        executor.run_sync(pause_on_server, 20, deadline=0.1)
