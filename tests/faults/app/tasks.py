"""Tasks that only the fault tests have. They go the way of the real ones: units on lanes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time

from asgiref.sync import sync_to_async  # noqa: TID251 - the fault itself
from celery import shared_task
from django.db import connection, transaction

from connection_budget.process import process_executor
from generation.puller.runner import drained, in_lane, run_here

TABLES = """
CREATE TABLE fault_starts (name text, pid int);
CREATE TABLE fault_rows (
    name text, number int, writes int DEFAULT 1, written_at timestamptz DEFAULT clock_timestamp(),
    PRIMARY KEY (name, number)
);
CREATE TABLE fault_status (name text PRIMARY KEY, rows int);
CREATE TABLE fault_backends (place text, pid int, backend_pid int);
"""
DROP = "DROP TABLE fault_starts, fault_rows, fault_status, fault_backends"


@shared_task(name="faults.save_slowly")
def save_slowly(name: str, rows: int, seconds: float) -> None:
    """One transaction that is slow the first time somebody tries."""
    in_lane(write_rows, name, rows, seconds if in_lane(note_start, name) == 1 else 0)


@shared_task(name="faults.await_slowly")
def await_slowly(name: str, rows: int, seconds: float) -> None:
    """The same, awaited by a coroutine that does nothing else."""
    in_lane(note_start, name)
    run_here(drained(process_executor().run(write_rows, name, rows, seconds)))


@shared_task(name="faults.count_up")
def count_up(name: str, rows: int) -> None:
    """A loop of transactions; what is done already is not done again."""
    in_lane(note_start, name)
    run_here(drained(_count_up(name, rows)))


async def _count_up(name: str, rows: int) -> None:
    done = await process_executor().run(read_status, name)
    for number in range(done + 1, rows + 1):
        await process_executor().run(write_next, name, number)


@shared_task(name="faults.be_busy")
def be_busy(name: str, seconds: float, how: str) -> str:
    """A coroutine that swallows whatever is raised in it."""
    in_lane(note_start, name)
    return run_here(drained(HOW[how](seconds)))


async def _crunch(seconds: float) -> str:
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        try:
            sum(range(10_000))
        except Exception:  # noqa: BLE001, S112 - the fault itself
            continue
    return "as if nothing had happened"


async def _gather(seconds: float) -> str:
    await asyncio.gather(*(_crunch(seconds / 4) for _ in range(4)), return_exceptions=True)
    return "as if nothing had happened"


async def _suppress(seconds: float) -> str:
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(seconds)
    return "as if nothing had happened"


HOW = {"crunch": _crunch, "gather": _gather, "suppress": _suppress}


@shared_task(name="faults.look_around")
def look_around(name: str) -> float:
    """Everything that may have been inherited, used once; the seconds that all of it took."""
    began = time.monotonic()
    in_lane(note_start, name)
    in_lane(note_backend, "child")
    run_here(drained(process_executor().run(note_backend, "child")))
    assert asyncio.run(sync_to_async(os.getpid)()) == os.getpid()
    return time.monotonic() - began


# --- Units ---------------------------------------------------------------------------------------


@transaction.atomic
def note_start(name: str) -> int:
    """Remember that a delivery has begun; how many have."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO fault_starts VALUES (%s, %s)", [name, os.getpid()])
        cursor.execute("SELECT count(*) FROM fault_starts WHERE name = %s", [name])
        (count,) = cursor.fetchone()
    return int(count)


@transaction.atomic
def write_rows(name: str, rows: int, seconds: float) -> None:
    """Half of the rows, a pause, the other half, and the status."""
    with connection.cursor() as cursor:
        _insert(cursor, name, 1, rows // 2)
        cursor.execute("SELECT pg_sleep(%s)", [seconds])
        _insert(cursor, name, rows // 2 + 1, rows)
        _set_status(cursor, name, rows)


@transaction.atomic
def write_next(name: str, number: int) -> None:
    """One row and the status that counts it, and time for a signal before the commit."""
    with connection.cursor() as cursor:
        _insert(cursor, name, number, number)
        cursor.execute("SELECT pg_sleep(0.004)")
        _set_status(cursor, name, number)


def read_status(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rows FROM fault_status WHERE name = %s", [name])
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def note_backend(place: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fault_backends VALUES (%s, %s, pg_backend_pid())", [place, os.getpid()]
        )


def _insert(cursor: object, name: str, first: int, last: int) -> None:
    cursor.execute(  # type: ignore[attr-defined]  # Django's cursor
        "INSERT INTO fault_rows SELECT %s, number FROM generate_series(%s, %s) AS number"
        " ON CONFLICT (name, number) DO UPDATE SET writes = fault_rows.writes + 1",
        [name, first, last],
    )


def _set_status(cursor: object, name: str, rows: int) -> None:
    cursor.execute(  # type: ignore[attr-defined]  # Django's cursor
        "INSERT INTO fault_status VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET rows = %s",
        [name, rows, rows],
    )
