"""A unit that runs past its deadline, and one after it: through whatever DATABASE_URL names."""

import time

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - settings come first

from connection_budget.lanes.executor import DbExecutor  # noqa: E402 - likewise
from connection_budget.lanes.units import UnitTimedOut  # noqa: E402 - likewise


def sleep_on_server() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")


def ask() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 42")
        return int(cursor.fetchone()[0])


executor = DbExecutor(1)
began = time.monotonic()
try:
    executor.run_sync(sleep_on_server, deadline=0.5)
except UnitTimedOut:
    print("timed out", executor.run_sync(ask), time.monotonic() - began < 30)  # noqa: T201 - the test reads it
executor.close()
