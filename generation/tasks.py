"""Celery's way in. A message carries the run's id; everything else is in the rows.

All are safe when delivered twice: claims are made in the rows, and what is written once is not
written again.
"""

from __future__ import annotations

import uuid

from celery import shared_task
from structlog.contextvars import bind_contextvars

from generation import runner, sweeping


@shared_task(ignore_result=False)
def start_run(run_id: str) -> int:
    """Plan a run and ask for pullers; return how many."""
    bind_contextvars(run=run_id)
    pullers = runner.plan_run(uuid.UUID(run_id))
    for _ in range(pullers):
        pull_artifacts.delay(run_id)
    return pullers


@shared_task(ignore_result=False)
def pull_artifacts(run_id: str) -> str:
    """Write what is left of a run, for five minutes at most; then somebody takes turns."""
    bind_contextvars(run=run_id)
    state, more = runner.work_on(uuid.UUID(run_id))
    if more:
        pull_artifacts.delay(run_id)
    return state.value


@shared_task(ignore_result=True)
def sweep_runs() -> int:
    """Enqueue again what nobody holds; return how many runs that were."""
    neglected = runner.in_lane(sweeping.list_neglected_runs)
    for run in neglected:
        task = pull_artifacts if run.planned else start_run
        task.delay(str(run.run_id))
    return len(neglected)
