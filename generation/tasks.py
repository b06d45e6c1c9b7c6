"""Celery's way in. A message carries the run's id; everything else is in the rows, but for records.

All are safe when delivered twice: claims are made in the rows, and what is written once is not
written again.
"""

from __future__ import annotations

import uuid

from celery import shared_task
from django.db import IntegrityError
from structlog.contextvars import bind_contextvars

from generation.puller import ledger_rows, runner
from generation.puller.ledger import CallRecord
from generation.puller.patience import OUTAGES
from generation.runs import plans, sweeping


@shared_task(ignore_result=False)
def start_run(run_id: str) -> int:
    """Plan a run and ask for pullers; return how many."""
    bind_contextvars(run=run_id)
    pullers = runner.plan_run(uuid.UUID(run_id), publish_calls)
    for _ in range(pullers):
        pull_artifacts.delay(run_id)
    return pullers


@shared_task(ignore_result=False)
def pull_artifacts(run_id: str) -> str:
    """Write what is left of a run, for five minutes at most; then somebody takes turns."""
    bind_contextvars(run=run_id)
    state, more = runner.work_on(uuid.UUID(run_id), publish_calls)
    if more:
        pull_artifacts.delay(run_id)
    return state.value


@shared_task(ignore_result=True)
def sweep_runs() -> int:
    """Enqueue again what nobody holds; return how many runs that were.

    Plans that nobody approves end here, too.
    """
    runner.in_lane(plans.end_old_plans)
    neglected = runner.in_lane(sweeping.sweep)
    for run in neglected:
        task = pull_artifacts if run.planned else start_run
        task.delay(str(run.run_id))
    return len(neglected)


@shared_task(
    ignore_result=True,
    # A run may go, or the database be away, just now.
    autoretry_for=(IntegrityError, *OUTAGES),
    max_retries=10,
    retry_backoff=True,
)
def persist_model_calls(records: list[CallRecord]) -> int:
    """Write a bounded list of the ledger's records; return how many were new.

    Unlike all others this message carries the data itself: a record is in no row before, and a
    puller's own transactions are for content. It holds no secret and no text of a model. A record's
    id is made where its call ended, so a message delivered twice writes nothing twice.
    """
    return runner.in_lane(ledger_rows.save_calls, records)


def publish_calls(records: list[CallRecord]) -> None:
    """Tried once: where no broker answers, the caller writes them itself."""
    persist_model_calls.apply_async((records,), retry=False)
