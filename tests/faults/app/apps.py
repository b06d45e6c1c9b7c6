from __future__ import annotations

import asyncio
import os

from asgiref.sync import sync_to_async  # noqa: TID251 - the fault itself
from celery.signals import task_received
from django.apps import AppConfig
from django.db import connection


class FaultsConfig(AppConfig):
    """An app that does in `ready()` what apps should not: a query, and asgiref's shared thread."""

    name = "tests.faults.app"

    def ready(self) -> None:
        if os.environ.get("FAULT_QUERY_IN_READY"):
            _query()
            asyncio.run(sync_to_async(_query)())
            task_received.connect(note_main_process, weak=False)


def _query() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return int(pid)


def note_main_process(**_: object) -> None:
    """Query in the main process between two forks, on its main thread and on its lane."""
    from tests.faults.app.tasks import note_backend

    note_backend("main thread")
    from connection_budget.process import process_executor

    process_executor().run_sync(note_backend, "main lane")
