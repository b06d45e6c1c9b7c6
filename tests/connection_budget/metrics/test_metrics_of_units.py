"""What is measured of units: how long they waited, how long they ran, and for how long too long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from connection_budget.lanes.executor import DbExecutor
from connection_budget.lanes.gauges import lane_usage
from connection_budget.metrics.sources import count_active
from tests.connection_budget.cast import REAL_TRANSACTIONS, Gate, eventually
from tests.connection_budget.metrics.test_metrics import value_of

pytestmark = REAL_TRANSACTIONS

WAITED, RAN, OVERDUE = "db_permit_wait_seconds", "db_unit_seconds", "db_unit_overdue_seconds"


async def test_waiting_and_running_are_told_apart(
    executors: Callable[..., DbExecutor], gate: Gate
) -> None:
    executor = executors(1)
    names = [f"{name}_{kind}" for name in (WAITED, RAN) for kind in ("count", "sum")]
    before = {name: value_of(name) for name in names}
    units = [asyncio.create_task(executor.run(gate.hold)) for _ in range(3)]
    await eventually(gate.reached.is_set)
    await eventually(lambda: executor.statistics().waiting == 2)
    since = time.monotonic()
    await eventually(lambda: time.monotonic() > since + 0.2)
    held = time.monotonic() - since
    gate.open()
    await asyncio.gather(*units)
    grew = {name: value_of(name) - number for name, number in before.items()}
    assert (grew[f"{WAITED}_count"], grew[f"{RAN}_count"]) == (3, 3)
    # As long as the gate was closed, one ran and two waited.
    assert grew[f"{RAN}_sum"] > held
    assert grew[f"{WAITED}_sum"] > 2 * held
    assert grew[f"{WAITED}_sum"] > grew[f"{RAN}_sum"]


async def test_how_long_the_oldest_unit_has_run_past_its_deadline_is_shown_until_it_ends(
    executors: Callable[..., DbExecutor], gates: Callable[[], Gate]
) -> None:
    """Nobody can end one that is busy outside the database: it is seen."""
    executor, patient, late = executors(2), gates(), gates()
    units = [asyncio.create_task(executor.run(patient.hold, deadline=3_600))]
    await eventually(patient.reached.is_set)
    assert value_of(OVERDUE) == 0
    units.append(asyncio.create_task(executor.run(late.hold, deadline=0.01)))
    await eventually(lambda: value_of(OVERDUE) > 0.2)
    deadlines = sorted(unit.deadline for unit in lane_usage().held)
    assert deadlines == [0.01, 3_600]
    late.open()
    await units[1]
    await eventually(lambda: value_of(OVERDUE) == 0)
    patient.open()
    await units[0]


async def test_while_a_unit_runs_something_is_under_way(
    executors: Callable[..., DbExecutor], gate: Gate
) -> None:
    """Else what it uses would count as lost after a while."""
    executor = executors(1)
    assert count_active() == 0
    unit = asyncio.create_task(executor.run(gate.hold))
    await eventually(gate.reached.is_set)
    assert count_active() == 1
    gate.open()
    await unit
    await eventually(lambda: count_active() == 0)


async def test_lanes_of_several_executors_are_added_up(
    executors: Callable[..., DbExecutor], gates: Callable[[], Gate]
) -> None:
    before, made, closed = lane_usage(), [executors(2), executors(3)], gates()
    units = [asyncio.create_task(each.run(closed.hold)) for each in made]
    await eventually(lambda: lane_usage().in_use == before.in_use + 2)
    assert lane_usage().maximum == before.maximum + 5
    closed.open()
    await asyncio.gather(*units)
    await made[0].aclose()
    assert lane_usage().maximum == before.maximum + 3
