"""Fault scenario 8, what a child must not inherit.

Scenario: a query and `sync_to_async` in `AppConfig.ready()`, `max_tasks_per_child=1`, 50 tasks,
and queries of the main process between the forks (a task_received handler, a revoke). Pass: no
backend is shared, nothing hangs for more than 3 s, and the main process keeps its connections.
"""

from __future__ import annotations

import pytest

from tests.faults.workers import Worker

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(180),
]

TASKS = 50
HANG_SECONDS = 3.0
VARIABLES = {
    "ROLE_CONTENT_GENERATION_PROCESSES": "4",
    "FAULT_QUERY_IN_READY": "1",
    "FAULT_TASKS_PER_CHILD": "1",
}
LONGEST = "SELECT max(result::float) FROM django_celery_results_taskresult WHERE status = 'SUCCESS'"
SHARED = (
    "SELECT count(*) FROM (SELECT 1 FROM fault_backends GROUP BY backend_pid HAVING {}) AS shared"
)


OF_MAIN = """
SELECT count(DISTINCT backend_pid) FROM fault_backends
JOIN pg_stat_activity AS server ON server.pid = backend_pid
WHERE place IN ('main thread', 'main lane')
"""


@pytest.mark.wide
def test_a_main_process_that_queries_shares_nothing_with_its_children(worker: Worker) -> None:
    worker.start(**VARIABLES)
    revoked = worker.send("look_around", "revoked", countdown=2)
    worker.celery.control.revoke(revoked)
    tasks = [worker.send("look_around", f"task {n}") for n in range(TASKS)]
    for task in tasks:
        worker.wait_for(task, "SUCCESS")
    worker.wait_for(revoked, "REVOKED")  # which the main process has written
    assert worker.one(LONGEST) < HANG_SECONDS
    # One child a task, and no connection is anybody else's.
    assert worker.one("SELECT count(DISTINCT pid) FROM fault_starts") == TASKS
    assert worker.one(SHARED.format("count(DISTINCT (place, pid)) > 1")) == 0
    # The main process has one, which its thread and its lane hand to each other.
    assert worker.one(OF_MAIN) == 1
