"""Lanes whose way to the server dies without a word: a proxy that acknowledges and says nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from functools import partial

import psycopg
import pytest
from django.db import Error, connection, connections, transaction
from structlog.testing import capture_logs

from connection_budget.deadlines.severing import sever
from connection_budget.lanes.executor import DbExecutor
from connection_budget.lanes.units import UnitTimedOut
from tests.connection_budget.cast import (
    REAL_TRANSACTIONS,
    Backends,
    Rows,
    backend_pid,
    eventually,
    fill_every_lane,
    pause_on_server,
)
from tests.silence import SilentProxy, proxy_of_test_database
from tests.waiting import PATIENCE_SECONDS, wait_until

pytestmark = [REAL_TRANSACTIONS, pytest.mark.slow]

LANES, DEADLINE = 2, 1.0


@pytest.fixture
def proxy(backends: Backends, monkeypatch: pytest.MonkeyPatch) -> Iterator[SilentProxy]:
    """In front of the test database, for every connection that is made from now on."""
    with proxy_of_test_database() as proxy:
        options = connection.settings_dict["OPTIONS"] | {"connect_timeout": 1}
        place = {"HOST": "127.0.0.1", "PORT": str(proxy.port), "OPTIONS": options}
        for name, value in place.items():
            monkeypatch.setitem(connections.settings["default"], name, value)
        yield proxy


@pytest.fixture
def executor(proxy: SilentProxy, executors: Callable[..., DbExecutor]) -> Iterator[DbExecutor]:
    yield executors(LANES, unit_deadline=DEADLINE)
    proxy.hang_up()  # closing would wait for a lane that nobody has cut off


async def ask_in_every_lane(executor: DbExecutor) -> list[int | BaseException]:
    together = threading.Barrier(LANES)

    def ask() -> int:
        together.wait(100)
        return backend_pid()

    units = (executor.run(ask, retry=False) for _ in range(LANES))
    return await asyncio.gather(*units, return_exceptions=True)


async def use_every_lane(executor: DbExecutor) -> None:
    """Each has a connection afterwards."""
    pids = await ask_in_every_lane(executor)
    assert len({pid for pid in pids if isinstance(pid, int)}) == LANES, pids


async def assert_whole(executor: DbExecutor, backends: Backends) -> None:
    """Permits and lanes are free, and no more backends are there than lanes."""
    await fill_every_lane(executor)
    await ask_in_every_lane(executor)  # the other lane's connection may be as silent
    await use_every_lane(executor)
    counts = executor.statistics()
    assert (counts.permits_free, counts.running, counts.waiting) == (LANES, 0, 0)
    await eventually(lambda: len(backends.others()) <= LANES)


async def fall_silent_in_every_lane(
    executor: DbExecutor, proxy: SilentProxy, *, for_newcomers: bool = False
) -> list[asyncio.Task[None]]:
    """Units in the middle of their work."""
    ready = threading.Barrier(LANES, partial(proxy.fall_silent, for_newcomers=for_newcomers))

    def ask_on() -> None:
        pause_on_server(0)
        ready.wait(100)
        pause_on_server(0)

    return [asyncio.create_task(executor.run(ask_on)) for _ in range(LANES)]


async def test_a_statement_that_is_never_answered_ends(
    executor: DbExecutor, proxy: SilentProxy, backends: Backends
) -> None:
    with capture_logs() as logs:
        units = await fall_silent_in_every_lane(executor, proxy)
        ended, waiting = await asyncio.wait(units, timeout=PATIENCE_SECONDS)
    assert not waiting
    assert {type(unit.exception()) for unit in ended} == {UnitTimedOut}
    told = [entry["event"] for entry in logs if entry["log_level"] in {"warning", "error"}]
    assert told.count("db_connection_severed") == told.count("db_unit_orphaned") == LANES
    await assert_whole(executor, backends)


async def test_a_commit_that_is_never_answered_ends(
    executor: DbExecutor, proxy: SilentProxy, backends: Backends, rows: Rows
) -> None:
    await use_every_lane(executor)
    write = partial(rows.write_together, 1, before_commit=proxy.fall_silent)
    with pytest.raises(UnitTimedOut):
        await executor.run(write)
    await assert_whole(executor, backends)
    assert rows.committed() == {}


async def test_a_connection_that_died_while_idle_is_replaced(
    executor: DbExecutor, proxy: SilentProxy, backends: Backends, rows: Rows
) -> None:
    await use_every_lane(executor)
    proxy.fall_silent()
    await ask_in_every_lane(executor)  # a unit may fail, or find it by the look before a query
    await executor.run(rows.write, 1)
    assert rows.committed() == {1: 1}
    await assert_whole(executor, backends)


async def test_a_cancel_that_finds_no_server_either_holds_nothing(
    executor: DbExecutor, proxy: SilentProxy, backends: Backends
) -> None:
    units = await fall_silent_in_every_lane(executor, proxy, for_newcomers=True)
    outcomes = await asyncio.gather(*units, return_exceptions=True)
    assert all(isinstance(outcome, UnitTimedOut | Error) for outcome in outcomes)
    with pytest.raises((UnitTimedOut, Error)):  # neither does the handshake of a new connection
        await executor.run(backend_pid, retry=False)
    proxy.listen_again()
    await assert_whole(executor, backends)


async def test_the_end_of_a_unit_that_failed_is_watched_too(
    executor: DbExecutor, proxy: SilentProxy, backends: Backends
) -> None:
    """Django asks a connection that had an error whether it lives, when the unit is over."""

    def fail_then_fall_silent() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
        finally:
            proxy.fall_silent()

    await use_every_lane(executor)
    with pytest.raises(Error, match="division by zero"):
        await executor.run(fail_then_fall_silent)
    await assert_whole(executor, backends)


async def test_a_cancelled_awaiter_of_a_silent_unit_frees_its_permit(
    executor: DbExecutor, proxy: SilentProxy, backends: Backends
) -> None:
    units = await fall_silent_in_every_lane(executor, proxy)
    await eventually(lambda: executor.statistics().running == LANES)
    for unit in units:
        unit.cancel()
    await asyncio.wait(units)
    await assert_whole(executor, backends)


def test_closing_the_lanes_waits_for_no_silent_server(
    executor: DbExecutor, proxy: SilentProxy
) -> None:
    executor.run_sync(backend_pid)
    proxy.fall_silent()
    closing = threading.Thread(target=executor.close)
    closing.start()
    closing.join(60)
    assert not closing.is_alive()


async def test_a_unit_that_is_busy_elsewhere_keeps_its_connection(
    executor: DbExecutor, proxy: SilentProxy
) -> None:
    """It holds no transaction, so nobody needs to cut it off."""

    def think() -> int:
        before = backend_pid()
        threading.Event().wait(2.5 * DEADLINE)
        return before

    before = await executor.run(think)
    after = {await executor.run(backend_pid) for _ in range(LANES)}
    assert before in after


def test_a_closed_connection_has_no_socket_to_shut_down(observer: psycopg.Connection) -> None:
    other = connection.copy()
    other.inc_thread_sharing()
    other.connect()
    assert sever(other.connection)
    with pytest.raises(psycopg.OperationalError):
        other.connection.execute("SELECT 1")
    wait_until(lambda: other.connection.closed)
    assert not sever(other.connection)
    other.close()
