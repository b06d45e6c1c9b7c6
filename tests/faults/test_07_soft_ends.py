"""Fault scenario 7, tasks that are asked to end: soft limit, revoke with SIGTERM, cold shutdown.

Scenario: (a) a coroutine that is busy, under `except Exception`, past its soft limit; (b) an idle
loop, with a unit on its lane; (c) SIGQUIT in the middle of commits, in a loop of 500. Pass: (a)
does not end in SUCCESS; (b) is drained; (c) the status row says what the data rows are.
"""

from __future__ import annotations

import signal

import pytest

from tests.faults.workers import ROLE, Worker
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(180),
]

# Two lanes: a result is stored beside a unit that still runs, if nobody waits for the unit.
SMALL = {"ROLE_CONTENT_GENERATION_PROCESSES": "3", "ROLE_CONTENT_GENERATION_CONNECTIONS": "2"}
ROWS = 10
DATE_DONE = "SELECT date_done FROM django_celery_results_taskresult WHERE task_id = %s"
LAST_WRITE = "SELECT max(written_at) FROM fault_rows WHERE name = %s"


def test_what_swallows_its_soft_limit_does_not_succeed(worker: Worker) -> None:
    worker.start(**SMALL)
    tasks = {
        how: worker.send("be_busy", how, 2.5, how, soft_time_limit=1)
        for how in ("crunch", "gather", "suppress")
    }
    wait_until(lambda: all(worker.status(task) not in {None, "STARTED"} for task in tasks.values()))
    assert {how: worker.status(task) for how, task in tasks.items()} == dict.fromkeys(
        tasks, "FAILURE"
    )
    for task in tasks.values():
        result = "SELECT result FROM django_celery_results_taskresult WHERE task_id = %s"
        assert "SoftTimeLimitExceeded" in worker.one(result, task)


def test_an_idle_loop_is_drained_whatever_ends_it(worker: Worker) -> None:
    worker.start(**SMALL)
    limited = worker.send("await_slowly", "limited", ROWS, 2.5, soft_time_limit=1)
    revoked = {
        number: worker.send("await_slowly", number, ROWS, 2.0) for number in ("SIGTERM", "SIGQUIT")
    }
    wait_until(lambda: worker.count_sleeping() == 3)
    for number, task in revoked.items():
        worker.revoke(task, number)
        worker.wait_for(task, "REVOKED")
    worker.wait_for(limited, "FAILURE")
    assert worker.one(DATE_DONE, limited) >= worker.one(LAST_WRITE, "limited")
    wait_until(lambda: worker.count_sleeping() == 0)
    for name in ("limited", *revoked):
        wait_until(lambda name=name: worker.rows(name) == (ROWS, ROWS, ROWS))  # type: ignore[misc]  # bound now
        assert worker.starts(name) == 1
    for n in range(6):
        worker.wait_for(worker.send("save_slowly", f"next {n}", ROWS, 0), "SUCCESS")
    worker.assert_nothing_queued()


@pytest.mark.wide
def test_a_cold_shutdown_between_commits_leaves_the_status_that_the_rows_have(
    worker: Worker,
) -> None:
    cold = SMALL | {"FAULT_COLD": "1"}
    worker.start(**cold)
    task = worker.send("count_up", "counted", 500)
    for reached in (40, 250):
        wait_until(lambda at=reached: worker.rows("counted")[0] >= at)  # type: ignore[misc]  # bound now
        worker.fleet.stop(ROLE, signal.SIGQUIT)
        count, writes, status = worker.rows("counted")
        assert count == writes == status
        assert reached <= count < 500
        worker.start(**cold)
    worker.wait_for(task, "SUCCESS")
    assert worker.rows("counted") == (500, 500, 500)
    assert worker.starts("counted") == 3
    worker.assert_nothing_queued()
