"""The web role when its way to the server dies without a word, and what is held too long."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.connection_budget.web.server import Answer, WebServer
from tests.databases import database_url
from tests.silence import SilentProxy, proxy_of_test_database, url_through
from tests.waiting import until, wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True, available_apps=["connection_budget"]),
    pytest.mark.slow,
    pytest.mark.wide,
]
POOL = 4


@pytest.fixture
def proxy(transactional_db: None) -> Iterator[SilentProxy]:
    connection.close()
    with proxy_of_test_database() as proxy:
        yield proxy


@pytest.fixture
def web(proxy: SilentProxy) -> Iterator[WebServer]:
    """A web process with a full pool, whose connections are lent for two seconds."""
    variables = {
        "SEAT_SECONDS": "60",
        "SEAT_DEADLINE_SECONDS": "2",
        "DATABASE_CONNECT_TIMEOUT": "2",
        "POOL_SECONDS": "3",
    }
    with WebServer(url_through(proxy), connections=POOL, **variables) as web:
        wait_until(lambda: are_served(web, "/query?seconds=0.1"))
        web.wait_until_whole(POOL)
        yield web


async def crowd(web: WebServer, path: str, number: int = 2 * POOL) -> list[Answer]:
    return await asyncio.gather(*(web.get(path) for _ in range(number)))


def are_served(web: WebServer, path: str = "/query") -> bool:
    """Where connecting may take no longer than two seconds, a busy server may be too late."""
    statuses = {answer.status for answer in asyncio.run(crowd(web, path))}
    assert statuses <= {200, 503}, statuses
    return statuses == {200}


def count_backends(observer: psycopg.Connection, web: WebServer) -> int:
    """Of the pool; a look of /health has none of its own left."""
    row = observer.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [web.name]
    ).fetchone()
    assert row is not None
    return int(row[0])


def assert_all_is_back(web: WebServer, observer: psycopg.Connection) -> None:
    web.wait_until_whole(POOL)
    wait_until(lambda: are_served(web))
    wait_until(lambda: count_backends(observer, web) <= POOL)
    web.wait_until_whole(POOL)


PATHS = [
    "/query",
    pytest.param("/async-query", marks=pytest.mark.wide),
    pytest.param("/mixed", marks=pytest.mark.wide),
    pytest.param("/stream?parts=3&bytes=1", marks=pytest.mark.wide),
    "/atomic-stream?parts=3",
]


@pytest.mark.parametrize("path", PATHS)
def test_connections_that_died_in_the_pool_are_replaced(
    web: WebServer, proxy: SilentProxy, observer: psycopg.Connection, path: str
) -> None:
    proxy.fall_silent()
    answers = asyncio.run(crowd(web, path))
    assert {answer.status for answer in answers} <= {200, 500, 503}
    assert_all_is_back(web, observer)


@pytest.mark.parametrize(
    "path", ["/query?seconds=1", pytest.param("/async-query?seconds=1", marks=pytest.mark.wide)]
)
def test_requests_in_the_middle_of_a_statement_end(
    web: WebServer, proxy: SilentProxy, observer: psycopg.Connection, path: str
) -> None:
    async def fall_silent_meanwhile() -> list[Answer]:
        asked = asyncio.create_task(crowd(web, path, POOL))
        await until(lambda: count_backends(observer, web) == POOL)
        while (await web.statistics())["pool"]["pool_available"]:
            pass
        proxy.fall_silent()
        return await asked

    statuses = {answer.status for answer in asyncio.run(fall_silent_meanwhile())}
    assert statuses <= {500, 503}
    assert_all_is_back(web, observer)


def test_while_newcomers_hear_nothing_either_pages_are_503_and_then_200(
    web: WebServer, proxy: SilentProxy, observer: psycopg.Connection
) -> None:
    proxy.fall_silent(for_newcomers=True)
    answers = asyncio.run(crowd(web, "/query"))
    assert {answer.status for answer in answers} == {503}
    proxy.listen_again()
    wait_until(lambda: asyncio.run(web.get("/query")).status == 200)
    assert_all_is_back(web, observer)


def test_a_statement_past_the_deadline_is_cancelled_and_answered_503(
    web: WebServer, observer: psycopg.Connection
) -> None:
    before = count_backends(observer, web)
    answers = asyncio.run(crowd(web, "/query?seconds=60", POOL))
    assert {answer.status for answer in answers} == {503}
    web.wait_until_whole(POOL)
    assert count_backends(observer, web) == before, "a cancel that is heard costs no connection"


def test_what_a_thread_keeps_for_ever_is_taken_back(
    web: WebServer, observer: psycopg.Connection
) -> None:
    answers = asyncio.run(crowd(web, "/kept", 3 * POOL))
    assert {answer.status for answer in answers} == {200}
    assert_all_is_back(web, observer)


def test_a_slow_reader_of_a_stream_in_a_transaction_does_not_keep_its_seat(
    web: WebServer, observer: psycopg.Connection
) -> None:
    slow = [web.never_read("/atomic-stream?parts=100000&bytes=100000") for _ in range(POOL)]
    try:
        assert_all_is_back(web, observer)
    finally:
        for client in slow:
            client.close()


class TestHealth:
    """Of a process all of whose seats are taken by requests that wait for something else."""

    @pytest.fixture
    def deadline(self) -> str:
        return "0.2"

    @pytest.fixture
    def full(self, transactional_db: None, deadline: str) -> Iterator[WebServer]:
        connection.close()
        with WebServer(database_url(), SEAT_DEADLINE_SECONDS=deadline) as web:
            held = [web.never_read("/held") for _ in range(POOL)]
            wait_until(lambda: web.look()["seats"]["taken"] == POOL)
            yield web
            for client in held:
                client.close()

    def health(self, web: WebServer) -> tuple[int, dict[str, Any]]:
        answer = asyncio.run(web.get("/health"))
        pool: dict[str, Any] = json.loads(answer.body)["database"]["pool"]
        return answer.status, pool

    def test_seats_held_for_twice_their_deadline_make_it_503(self, full: WebServer) -> None:
        wait_until(lambda: self.health(full)[0] == 503)
        assert self.health(full)[1]["oldest_seat_seconds"] > 0.4
        asyncio.run(full.get("/free/open-gate"))
        wait_until(lambda: self.health(full)[0] == 200)
        assert self.health(full)[1]["oldest_seat_seconds"] == 0

    @pytest.mark.parametrize("deadline", ["60"])
    def test_a_process_that_is_merely_full_stays_200(self, full: WebServer) -> None:
        wait_until(lambda: self.health(full)[1]["oldest_seat_seconds"] > 0.5)
        assert self.health(full)[0] == 200
