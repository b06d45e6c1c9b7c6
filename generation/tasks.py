"""Celery's way in. A message carries the run's id; everything else is in the rows."""

from __future__ import annotations

import uuid

from celery import shared_task

from generation import runner


@shared_task
def start_run(run_id: str) -> str:
    """Plan a run and start writing it. Safe when delivered twice."""
    return runner.work_on(uuid.UUID(run_id)).value


@shared_task
def pull_artifacts(run_id: str) -> str:
    """Write what is left of a run. Safe when delivered twice, and beside others."""
    return runner.work_on(uuid.UUID(run_id)).value
