"""The web role while its server is away, full, stalled, or back again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import psycopg
import pytest

from connection_budget.postgresql.outages import Outage, ToldConnection
from tests.connection_budget.web.server import Answer, WebServer
from tests.servers import ThrowAwayServer
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

POOL = 4
# What is told is told while the server is away, so nothing may wait for long.
PROMPT = {"DATABASE_CONNECT_TIMEOUT": "2", "POOL_SECONDS": "3"}


@pytest.fixture(scope="module")
def database() -> Iterator[ThrowAwayServer]:
    with ThrowAwayServer(max_connections=12) as server:
        server.execute("CREATE ROLE web LOGIN; CREATE ROLE hog LOGIN")
        yield server


@pytest.fixture
def web(database: ThrowAwayServer) -> Iterator[WebServer]:
    """A web process whose pool is full of idle connections."""
    with WebServer(database.url("web"), connections=POOL, **PROMPT) as server:
        asyncio.run(crowd(server))
        yield server


async def crowd(server: WebServer) -> list[Answer]:
    return await asyncio.gather(*(server.get("/query?seconds=0.05") for _ in range(3 * POOL)))


def statuses(answers: list[Answer]) -> list[int]:
    return [answer.status for answer in answers]


def test_a_restart_costs_no_request_that_begins_after_it(
    database: ThrowAwayServer, web: WebServer
) -> None:
    """Scenario 9, between requests: psycopg_pool's own check needs 7.4 s for four connections."""
    database.restart()
    # A checkout has 3 seconds: with that pause there would be a 503.
    assert statuses(asyncio.run(crowd(web))) == [200] * 3 * POOL
    web.wait_until_whole(POOL)


def test_killed_backends_cost_no_request_that_begins_after_it(
    database: ThrowAwayServer, web: WebServer
) -> None:
    database.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'web'"
    )
    assert statuses(asyncio.run(crowd(web))) == [200] * 3 * POOL


def test_a_restart_under_load_costs_one_request_a_connection(
    database: ThrowAwayServer, web: WebServer
) -> None:
    """Scenario 9, in the middle of it: what ran fails with 503, and nothing after it does.

    Backends are not killed all at once: a few requests may begin on one that is about to be.
    """

    async def restart_under_load() -> list[int]:
        asked = [asyncio.create_task(web.get("/query?seconds=0.2")) for _ in range(5 * POOL)]
        while (await web.statistics())["seats"]["taken"] < POOL:
            pass
        await asyncio.get_running_loop().run_in_executor(None, database.restart)
        return statuses(await asyncio.gather(*asked))

    codes = asyncio.run(restart_under_load())
    assert codes.count(200) + codes.count(503) == 5 * POOL
    assert codes.count(503) < 2 * POOL
    web.wait_until_whole(POOL)


def test_while_the_server_is_away_the_answer_is_503(
    database: ThrowAwayServer, web: WebServer
) -> None:
    database.stop()
    try:
        assert set(statuses(asyncio.run(crowd(web)))) == {503}  # after a little patience
        answers = asyncio.run(crowd(web))
    finally:
        database.start()
    assert statuses(answers) == [503] * 3 * POOL
    assert answers[0].headers["retry-after"] == "10"
    wait_until(lambda: asyncio.run(web.get("/query")).status == 200)
    web.wait_until_whole(POOL)


def test_the_first_crowd_after_an_outage_is_served(
    database: ThrowAwayServer, web: WebServer
) -> None:
    """Only one of them may try first; the others learn from it that the server is back."""
    database.stop()
    try:
        assert set(statuses(asyncio.run(crowd(web)))) == {503}
    finally:
        database.start()
    assert statuses(asyncio.run(crowd(web))) == [200] * 3 * POOL
    web.wait_until_whole(POOL)


def test_a_closed_connection_is_gone_from_the_server(database: ThrowAwayServer) -> None:
    """So that whoever replaces it (`max_lifetime`) is not one too many, even for a moment."""

    class Told(ToldConnection):
        outage = Outage()

    with database.connect() as observer:
        for _ in range(50):
            connection = Told.connect(database.url("web"))
            pid = connection.info.backend_pid
            connection.close()
            assert connection.closed
            found = "SELECT 1 FROM pg_stat_activity WHERE pid = %s"
            assert observer.execute(found, [pid]).fetchone() is None


def test_a_neighbour_who_takes_everything(database: ThrowAwayServer) -> None:
    """Scenario 10: 503 while it lasts, the true cause in the log, recovery by itself."""
    with WebServer(database.url("web"), connections=POOL, **PROMPT) as web:
        hogs = hog_everything(database)
        try:
            answers = asyncio.run(crowd(web))
        finally:
            for connection in hogs:
                connection.close()
        assert set(statuses(answers)) == {503}
        wait_until(lambda: asyncio.run(web.get("/query")).status == 200)
        assert statuses(asyncio.run(crowd(web))) == [200] * 3 * POOL
        web.wait_until_whole(POOL)


def test_connections_that_are_there_go_on_while_a_neighbour_hogs(
    database: ThrowAwayServer,
) -> None:
    with WebServer(database.url("web"), connections=POOL, **PROMPT) as web:
        assert asyncio.run(web.get("/query")).status == 200
        hogs = hog_everything(database)
        try:
            answers = asyncio.run(crowd(web))
        finally:
            for connection in hogs:
                connection.close()
        assert statuses(answers) == [200] * 3 * POOL


def hog_everything(database: ThrowAwayServer) -> list[psycopg.Connection]:
    hogs = []
    while True:
        try:
            hogs.append(database.connect("hog"))
        except psycopg.OperationalError:
            return hogs
