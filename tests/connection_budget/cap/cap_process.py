"""A process that would open more connections than its role declares, in the ways it is told.

For each it prints, as a line of JSON, how many were served and what the others were told.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import django
import structlog

django.setup()
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))

from django.db import OperationalError, connection, connections, transaction  # noqa: E402 - likewise

from connection_budget.process import process_executor  # noqa: E402 - settings come first

PATIENCE_SECONDS = 60
END_MYSELF = "SELECT pg_terminate_backend(pg_backend_pid())"


class Outcome:
    """What several at once were told."""

    def __init__(self) -> None:
        self.served = 0
        self.refusals: list[str] = []
        self._lock = threading.Lock()

    def attempt(self, call: Callable[[], object]) -> None:
        try:
            call()
        except OperationalError as error:
            with self._lock:
                self.refusals.append(str(error))
        else:
            with self._lock:
                self.served += 1

    def report(self) -> dict[str, Any]:
        return {"served": self.served, "refusals": self.refusals}


def query(seconds: float = 0.05) -> int:
    """Keeps the connection, as a role without a pool does. The backend it ran on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), pg_sleep(%s)", [seconds])
        return int(cursor.fetchone()[0])


def run_threads(number: int, call: Callable[[], object]) -> None:
    threads = [threading.Thread(target=call) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)


def threads() -> dict[str, Any]:
    """As a task may start them; each wants a connection of its own."""
    outcome = Outcome()
    run_threads(24, lambda: outcome.attempt(query))
    return outcome.report()


def default_executor() -> dict[str, Any]:
    """The loop's default executor, as wide as what is asked of it."""
    outcome = Outcome()

    async def ask() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(45))
        calls = (loop.run_in_executor(None, outcome.attempt, query) for _ in range(45))
        await asyncio.gather(*calls)

    asyncio.run(ask())
    return outcome.report()


def staying_threads() -> dict[str, Any]:
    """A pool of threads that stay, each with the connection it once used."""
    outcome = Outcome()
    pool = ThreadPoolExecutor(24)
    barrier = threading.Barrier(24)

    def ask() -> None:
        barrier.wait(PATIENCE_SECONDS)
        outcome.attempt(query)

    for work in [pool.submit(ask) for _ in range(24)]:
        work.result(PATIENCE_SECONDS)
    afterwards = Outcome()
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not afterwards.served and time.monotonic() < give_up_at:
        afterwards.attempt(query)
    pool.shutdown()
    return outcome.report() | {"beside_them": afterwards.served}


def second_pool() -> dict[str, Any]:
    """Whoever makes a pool beside what the process has already."""
    outcome = Outcome()
    executor = process_executor()

    async def fill_lanes() -> None:
        await asyncio.gather(*(executor.run(query, 0.2) for _ in range(5)))

    asyncio.run(fill_lanes())

    def ask() -> None:
        wrapper = connections["default"].copy()
        wrapper.settings_dict["CONN_MAX_AGE"] = 0
        wrapper.settings_dict["OPTIONS"]["pool"] = {"min_size": 4, "max_size": 6}
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        wrapper.close()

    run_threads(6, lambda: outcome.attempt(ask))
    return outcome.report()


def lane_and_main() -> dict[str, Any]:
    """Now a lane, now the main thread; neither closes anything."""
    outcome = Outcome()
    for _ in range(5):
        outcome.attempt(query)
        outcome.attempt(lambda: process_executor().run_sync(query))
    return outcome.report()


def lanes_of_all_and_main() -> dict[str, Any]:
    """As many units at once as there are lanes, while the main thread keeps a connection."""
    outcome = Outcome()
    executor = process_executor()
    outcome.attempt(query)

    async def ask() -> None:
        lanes = executor.statistics().lanes
        await asyncio.gather(*(executor.run(outcome.attempt, query) for _ in range(2 * lanes)))

    asyncio.run(ask())
    return outcome.report()


def in_a_transaction() -> dict[str, Any]:
    """The main thread's transaction is nobody's to end: the lane has to be told."""
    outcome = Outcome()
    with transaction.atomic():
        before = query(0)
        outcome.attempt(lambda: process_executor().run_sync(query))
        outcome.attempt(lambda: [query(0)].index(before))
    return outcome.report()


def open_cursor() -> dict[str, Any]:
    """Nor is a cursor that is still read."""
    outcome = Outcome()
    with connection.cursor() as cursor:
        cursor.execute("SELECT generate_series(1, 3)")
        outcome.attempt(lambda: process_executor().run_sync(query))
        outcome.attempt(lambda: [len(cursor.fetchall())].index(3))
    return outcome.report()


def idle_holder() -> dict[str, Any]:
    """A thread that keeps a connection and does something else."""
    outcome, has_it, enough = Outcome(), threading.Event(), threading.Event()

    def keep() -> None:
        query(0)
        has_it.set()
        enough.wait(PATIENCE_SECONDS)

    keeper = threading.Thread(target=keep, name="keeper")
    keeper.start()
    has_it.wait(PATIENCE_SECONDS)
    outcome.attempt(query)
    enough.set()
    keeper.join()
    return outcome.report()


def busy_holder() -> dict[str, Any]:
    """A thread that ends in time: who waits is served."""
    outcome, has_it = Outcome(), threading.Event()

    def use() -> None:
        with connection.cursor() as cursor:
            has_it.set()
            cursor.execute("SELECT pg_sleep(1)")

    thread = threading.Thread(target=use)
    thread.start()
    has_it.wait(PATIENCE_SECONDS)
    outcome.attempt(query)
    thread.join()
    return outcome.report()


def opening_and_closing() -> dict[str, Any]:
    """The server's process goes on for a moment after each close."""
    outcome = Outcome()

    def ask() -> None:
        for _ in range(20):
            outcome.attempt(lambda: query(0))
            connection.close()

    run_threads(8, ask)
    return outcome.report()


def collected_wrappers() -> dict[str, Any]:
    """Copies that nobody closes and nobody has any more."""
    outcome = Outcome()
    for _ in range(12):
        copy = connection.copy()
        outcome.attempt(copy.ensure_connection)
        del copy
    gc.collect()
    return outcome.report()


def closed_underneath() -> dict[str, Any]:
    """Who closes the driver's connection, or has it ended by the server."""
    outcome = Outcome()
    for number in range(12):
        outcome.attempt(connection.ensure_connection)
        if number % 2:
            connection.connection.close()
        else:
            with connection.cursor() as cursor:
                outcome.attempt(
                    lambda: cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
                )
        connection.close()
    return outcome.report()


def two_databases() -> dict[str, Any]:
    """Threads that need both, in either order."""
    outcome = Outcome()

    def ask(*aliases: str) -> None:
        for alias in aliases:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.02)")
        for alias in aliases:
            connections[alias].close()

    for order in (("default", "reports"), ("reports", "default")):
        run_threads(8, partial(outcome.attempt, partial(ask, *order)))
    return outcome.report()


def taken_while_used() -> dict[str, Any]:
    """The main thread and the only lane ask by turns and at once; nobody's query fails."""
    lane, main, enough = Outcome(), Outcome(), threading.Event()

    def ask_lane() -> None:
        while not enough.is_set():
            lane.attempt(lambda: process_executor().run_sync(query, 0))

    asking = threading.Thread(target=ask_lane)
    asking.start()
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while lane.served < 20 and time.monotonic() < give_up_at:
        main.attempt(lambda: query(0))
    enough.set()
    asking.join(PATIENCE_SECONDS)
    return {"served": min(lane.served, main.served), "refusals": lane.refusals + main.refusals}


def perform(name: str) -> dict[str, Any]:
    report: dict[str, Any] = globals()[name]()
    afterwards = Outcome()
    afterwards.attempt(query)
    connection.close()
    return report | {"afterwards": afterwards.served}


for name in sys.argv[1:]:
    sys.stdout.write(json.dumps(perform(name)) + "\n")
    sys.stdout.flush()
process_executor().close()
