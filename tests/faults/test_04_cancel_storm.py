"""Fault scenario 4, the cancel storm.

Scenario: 5 x 60 units, 60 % of them cancelled at random after 0 to 300 ms. Pass: backends <= T
(T lanes, sampled in pg_stat_activity every 10 ms), permits free == T, running == 0, waiting == 0.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import pytest
from django.db import connection

from connection_budget.lanes.executor import DbExecutor
from tests.connection_budget.cast import fill_every_lane
from tests.faults.sampling import ServerSampler

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

ROUNDS, UNITS, CANCELLED = 5, 60, 36
LONGEST_WAIT_SECONDS = 0.3


async def storm(executor: DbExecutor, unit: Callable[[int], None], dice: random.Random) -> None:
    tasks = [asyncio.create_task(executor.run(unit, number)) for number in range(UNITS)]
    loop = asyncio.get_running_loop()
    for task in dice.sample(tasks, CANCELLED):
        loop.call_later(dice.uniform(0, LONGEST_WAIT_SECONDS), task.cancel)
    await asyncio.wait(tasks)
    assert [task for task in tasks if not task.cancelled() and task.exception()] == []


@pytest.mark.parametrize("lanes", [1, 3])
def test_a_cancel_storm_opens_no_connection_and_loses_no_permit(
    executors: Callable[[int], DbExecutor], lanes: int
) -> None:
    executor, dice = executors(lanes), random.Random(lanes)
    # The units of a round take as long as the cancellations are spread over.
    longest = 2 * LONGEST_WAIT_SECONDS * lanes / UNITS
    written: list[int] = []

    def write(number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [dice.uniform(0, longest)])
        written.append(number)

    rounds = 0

    async def storms(sampler: ServerSampler) -> None:
        nonlocal rounds
        while rounds < ROUNDS or sampler.samples <= 100:
            rounds += 1
            await storm(executor, write, dice)
        assert await executor.drain(60)
        await fill_every_lane(executor)  # as many permits are free as there are lanes

    with ServerSampler() as sampler:
        asyncio.run(storms(sampler))
        statistics = executor.statistics()
    assert sampler.most[connection.settings_dict["OPTIONS"]["application_name"]] == lanes
    assert (statistics.permits_free, statistics.running, statistics.waiting) == (lanes, 0, 0)
    # The storm was one: much was cancelled before it began, and more than the survivors ran.
    assert rounds * (UNITS - CANCELLED) < len(written) < rounds * UNITS
    assert statistics.started == statistics.finished == len(written) + lanes
