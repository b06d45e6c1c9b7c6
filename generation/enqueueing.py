"""Telling workers of a run; whether or not they hear it, it is in the rows."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import structlog
from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def enqueue_on_commit(task: Task[Any, Any], run_id: uuid.UUID) -> None:
    """Once it is committed: before, a worker that is quicker than us would not find the row."""
    transaction.on_commit(partial(enqueue, task, run_id))


def enqueue(task: Task[Any, Any], run_id: uuid.UUID) -> bool:
    """Whether a broker took the message; the sweep enqueues what none was sent for."""
    try:
        task.delay(str(run_id))
    except (OperationalError, OSError) as error:
        log.warning("run_not_enqueued", run=str(run_id), error=str(error))
        return False
    return True
