"""Helpers of the executor tests: a gate to hold a unit at, rows to write, an outside view."""

import asyncio
import threading
import time
from collections.abc import Callable

import psycopg
import pytest
from django.db import connection, transaction

from connection_budget.lanes.executor import DbExecutor

PATIENCE_SECONDS = 10.0

# Only these tests need real transactions, and they use no app's tables: naming the one app keeps
# Django from emptying all the others after each of them.
REAL_TRANSACTIONS = pytest.mark.django_db(transaction=True, available_apps=["connection_budget"])


async def eventually(condition: Callable[[], bool]) -> None:
    """Let the loop run until `condition` holds; fail when it takes too long."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < give_up_at, "it never happened"
        await asyncio.sleep(0.002)


def backend_pid() -> int:
    """A unit: the server process behind the lane's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return int(pid)


def pause_on_server(seconds: float) -> None:
    """A unit that keeps its backend busy."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


def fail_with(error: BaseException) -> None:
    """A unit that raises."""
    raise error


async def fill_every_lane(executor: DbExecutor) -> None:
    """Succeeds only when as many units as there are lanes really run at once."""
    everybody = threading.Barrier(executor.statistics().lanes)
    units = [executor.run(everybody.wait, PATIENCE_SECONDS) for _ in range(everybody.parties)]
    await asyncio.gather(*units)


class Gate:
    """Holds units until the test opens it."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._opened = threading.Event()

    def hold(self) -> None:
        self.reached.set()
        assert self._opened.wait(PATIENCE_SECONDS), "the test never opened the gate"

    def open(self) -> None:
        self._opened.set()


class Rows:
    """A table of numbers: units write through Django, the test reads from outside."""

    def __init__(self, observer: psycopg.Connection) -> None:
        self._observer = observer

    def write(self, *numbers: int) -> None:
        """Insert or bump each number, in the transaction that is open."""
        with connection.cursor() as cursor:
            for number in numbers:
                cursor.execute(
                    "INSERT INTO lane_rows VALUES (%s, 1)"
                    " ON CONFLICT (number) DO UPDATE SET writes = lane_rows.writes + 1",
                    [number],
                )

    def write_together(self, *numbers: int, before_commit: Callable[[], object]) -> None:
        with transaction.atomic():
            self.write(*numbers)
            before_commit()

    def committed(self) -> dict[int, int]:
        """Number of writes by number, as everybody else sees it."""
        return dict(self._observer.execute("SELECT number, writes FROM lane_rows").fetchall())


class Backends:
    """What the server shows of this database's clients, leaving out the test's own."""

    def __init__(self, observer: psycopg.Connection) -> None:
        self._observer = observer
        self._own = self._all()

    def others(self) -> set[int]:
        return self._all() - self._own

    def most_while(self, busy: Callable[[], bool]) -> int:
        """The most others seen while `busy`, looking every 10 ms."""
        most, pause = 0, threading.Event()
        while busy():
            most = max(most, len(self.others()))
            pause.wait(0.01)
        return most

    def terminate(self, pids: set[int]) -> None:
        for pid in pids:
            self._observer.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    def _all(self) -> set[int]:
        rows = self._observer.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        return {pid for (pid,) in rows.fetchall()}
