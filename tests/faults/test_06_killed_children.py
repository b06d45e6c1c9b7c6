"""Fault scenario 6, processes killed in a transaction.

Scenario: SIGKILL of a child during pg_sleep in a transaction. Pass: the orphaned backend is gone
long before its statement would be over, the message is delivered once more, the rows are there
once, and the peak of connections stays within the budget, overlap included. The same with SIGKILL
of the main process, whose children die with it, and with `revoke(terminate=True,
signal="SIGKILL")`, after which the task must not run again.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.faults.sampling import ServerSampler
from tests.faults.workers import ROLE, Worker
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(180),
]

# The first delivery would sleep for longer than anything here is waited for.
ROWS, SLEEP_SECONDS = 10, 600
CHILDREN = 2
# (processes + overlap) x lanes + main process
PEAK = (CHILDREN + 1) * 1 + 1
SMALL = {"ROLE_CONTENT_GENERATION_PROCESSES": str(CHILDREN), "FAULT_VISIBILITY_SECONDS": "2"}
ONCE = (ROWS, ROWS, ROWS)
NOTHING = (0, 0, 0)


def begin(worker: Worker) -> tuple[str, int]:
    """A task in the middle of its transaction, and the backend that works for it."""
    task_id = worker.send("save_slowly", "victim", ROWS, SLEEP_SECONDS)
    wait_until(lambda: worker.sleeping_backend() is not None)
    backend = worker.sleeping_backend()
    assert backend is not None
    return task_id, backend


def assert_orphan_ends(worker: Worker, backend: int) -> None:
    wait_until(lambda: worker.is_gone(backend))


def test_a_child_killed_in_a_transaction(worker: Worker) -> None:
    worker.start(**SMALL | {"FAULT_VISIBILITY_SECONDS": "900"})
    with ServerSampler() as sampler:
        task_id, backend = begin(worker)
        os.kill(worker.child_of("victim"), signal.SIGKILL)
        assert_orphan_ends(worker, backend)
        others = [worker.send("save_slowly", f"other {n}", ROWS, 0.2) for n in range(6)]
        for other in (task_id, *others):
            worker.wait_for(other, "SUCCESS")
    assert worker.starts("victim") == 2
    assert worker.rows("victim") == ONCE
    assert 1 <= sampler.most[ROLE] <= PEAK
    worker.assert_nothing_queued()


@pytest.mark.wide
def test_the_main_process_killed_beside_a_transaction(worker: Worker) -> None:
    worker.start(**SMALL)
    with ServerSampler() as sampler:
        task_id, backend = begin(worker)
        child = worker.child_of("victim")
        worker.fleet.tell(ROLE, signal.SIGKILL)
        assert_orphan_ends(worker, backend)
        wait_until(lambda: not Path(f"/proc/{child}").exists())
        worker.fleet.wait(ROLE)
        assert worker.rows("victim") == NOTHING
        worker.start(**SMALL)
        worker.wait_for(task_id, "SUCCESS")
    assert worker.starts("victim") == 2
    assert worker.rows("victim") == ONCE
    assert 1 <= sampler.most[ROLE] <= PEAK
    worker.assert_nothing_queued()


def test_a_task_revoked_with_sigkill_does_not_run_again(worker: Worker) -> None:
    worker.start(**SMALL)
    with ServerSampler() as sampler:
        task_id, backend = begin(worker)
        worker.revoke(task_id, "SIGKILL")
        assert_orphan_ends(worker, backend)
        worker.wait_for(task_id, "REVOKED")
        # More than the main process prefetches, and after the broker would have given it back.
        others = [worker.send("save_slowly", f"other {n}", ROWS, 1.2) for n in range(4)]
        for other in others:
            worker.wait_for(other, "SUCCESS")
    assert worker.status(task_id) == "REVOKED"
    assert worker.starts("victim") == 1
    assert worker.rows("victim") == NOTHING
    assert 1 <= sampler.most[ROLE] <= PEAK
    worker.assert_nothing_queued()
