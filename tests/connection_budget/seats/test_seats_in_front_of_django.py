"""The web role on a real server: seats, pool and connections are one bound."""

from __future__ import annotations

import asyncio
import random
import resource
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from django.db import connection

from tests.connection_budget.web.server import Answer, WebServer
from tests.databases import database_url
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True, available_apps=["connection_budget"]),
    pytest.mark.slow,
]
POOL = 4


@contextmanager
def many_files() -> Iterator[None]:
    """Processes that start inside may have 2,048 files open, and so may we."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2048), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def count_backends(observer: psycopg.Connection, name: str) -> int:
    row = observer.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [name]
    ).fetchone()
    assert row is not None
    return int(row[0])


async def fill_the_pool(server: WebServer) -> int:
    """Have all its connections made; how many checkouts have waited in the pool's queue so far."""
    while (pool := (await server.statistics())["pool"]).get("pool_size", 0) < POOL:
        await asyncio.gather(*(server.get("/query?seconds=0.1") for _ in range(POOL)))
    return int(pool["requests_queued"])


def test_a_page_is_answered_and_gives_everything_back(server: WebServer) -> None:
    assert asyncio.run(server.get("/query")).status == 200
    server.wait_until_whole(POOL)


@pytest.mark.parametrize("path", ["/query", "/async-query"])
def test_never_more_backends_than_the_pool(
    server: WebServer, observer: psycopg.Connection, path: str
) -> None:
    async def load() -> tuple[list[Answer], int, int]:
        asked = [asyncio.create_task(server.get(f"{path}?seconds=0.05")) for _ in range(60)]
        most = waited = 0
        while not all(task.done() for task in asked):
            most = max(most, await count_backends(observer, server.name))
            waited = max(waited, (await server.statistics())["seats"]["waiting"])
        return [task.result() for task in asked], most, waited

    answers, most, waited = asyncio.run(load())
    assert [answer.status for answer in answers] == [200] * 60
    assert 1 < most <= POOL
    assert waited > POOL
    assert server.look()["pool"].get("requests_errors", 0) == 0
    server.wait_until_whole(POOL)


def test_the_pool_never_has_a_waiter(server: WebServer) -> None:
    """A connection is back before its seat, so whoever gets the seat finds it."""

    async def crowd() -> tuple[int, int]:
        before = await fill_the_pool(server)
        for path in ("/query", "/async-query", "/stream?parts=5&bytes=10") * 5:
            await asyncio.gather(*(server.get(path) for _ in range(5 * POOL)))
        return before, (await server.statistics())["pool"]["requests_queued"]

    before, after = asyncio.run(crowd())
    assert after == before


def test_requests_never_wait_for_each_other_in_a_circle(server: WebServer) -> None:
    """Each queries in its own thread, then in three lanes at once; there are four seats."""

    async def crowd() -> list[Answer]:
        return await asyncio.gather(*(server.get("/mixed") for _ in range(3 * POOL)))

    assert [answer.status for answer in asyncio.run(crowd())] == [200] * 3 * POOL
    server.wait_until_whole(POOL)


def test_a_storm_of_page_switching(server: WebServer) -> None:
    """Scenario 1: 40 clients hang up at 0, 20 or 150 ms; another one is served meanwhile."""
    paths = ("/query?seconds=0.3", "/async-query?seconds=0.3", "/async-stream?parts=20")

    async def storm() -> Answer:
        flickers = [
            server.abort(paths[n % len(paths)], after=(0.0, 0.02, 0.15)[n // 3 % 3])
            for n in range(40)
        ]
        flicking = asyncio.gather(*flickers)
        answer = await server.get("/query")
        await flicking
        return answer

    asyncio.run(server.get("/query"))
    server.wait_until_whole(POOL)
    before = server.look()["threads"]
    assert asyncio.run(storm()).status == 200
    server.wait_until_whole(POOL)
    # The lanes of the executor, and the watch over them, stay.
    assert server.look()["threads"] <= before + POOL + 1


def test_who_leaves_the_queue_never_queries(server: WebServer) -> None:
    """1,500 requests, 70 % gone within 120 ms: the pool is whole, and the gone did not count."""
    chance = random.Random(7)

    async def flick(_: int) -> int:
        if chance.random() < 0.7:
            await server.abort("/query?seconds=0.01", after=chance.uniform(0, 0.12))
            return 0
        return (await server.get("/query?seconds=0.01")).status

    async def storm() -> list[int]:
        return await asyncio.gather(*map(flick, range(1500)))

    statuses = asyncio.run(storm())
    stayed = [status for status in statuses if status]
    assert set(stayed) == {200}
    server.wait_until_whole(POOL)
    assert server.look()["queries"] < len(stayed) + (1500 - len(stayed)) / 2


def test_slow_readers_hold_nothing(server: WebServer) -> None:
    """200 clients ask for a large page and never read it; the others are served."""
    slow = [server.never_read("/large?bytes=3000000") for _ in range(200)]
    try:

        async def others() -> list[Answer]:
            return await asyncio.gather(*(server.get("/query") for _ in range(20)))

        assert [answer.status for answer in asyncio.run(others())] == [200] * 20
        server.wait_until_whole(POOL)
    finally:
        for client in slow:
            client.close()


def test_more_clients_than_select_can_tell_apart(transactional_db: None) -> None:
    """A connection that is opened among 1,100 sockets has a number that `select` refuses."""
    with many_files(), WebServer(database_url()) as server:
        idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(1100)]
        try:
            assert asyncio.run(server.get("/query")).status == 200
            server.wait_until_whole(POOL)
        finally:
            for client in idle:
                client.close()


def test_streams_that_query_hold_nothing_between_two_parts(server: WebServer) -> None:
    """More streams than connections, none read to the end: each queried, none holds."""
    slow = [server.never_read("/stream?parts=50&bytes=1000000") for _ in range(POOL + 4)]
    try:
        assert asyncio.run(server.get("/query")).status == 200
        server.wait_until_whole(POOL)
    finally:
        for client in slow:
            client.close()
    server.wait_until_whole(POOL)


def test_a_stream_arrives_whole(server: WebServer) -> None:
    answer = asyncio.run(server.get("/stream?parts=3&bytes=100000"))
    assert (answer.status, len(answer.body)) == (200, 300_000)
    server.wait_until_whole(POOL)


def test_a_stream_in_a_transaction_keeps_its_connection(server: WebServer) -> None:
    answer = asyncio.run(server.get("/atomic-stream?parts=3"))
    assert len(set(answer.body.split())) == 1
    assert len(answer.body.split()) == 3
    server.wait_until_whole(POOL)


@pytest.mark.parametrize("path", ["/failing-stream", "/failing-async-stream"])
def test_streams_that_fail_lose_nothing(transactional_db: None, path: str) -> None:
    """Scenario 2. Stock Django answers 500 from the fifth request on.

    What is lost could be found by the garbage collector: here it looks only while somebody waits
    for a seat, and never does anybody.
    """

    async def fail_then_ask(server: WebServer) -> Answer:
        for _ in range(POOL - 1):
            await server.get(path)
            while (await server.statistics())["seats"]["taken"]:
                pass
        return await server.get("/query")

    connection.close()
    with WebServer(database_url(), WITHOUT_GC="1", SEAT_DEADLINE_SECONDS="600") as server:
        assert asyncio.run(fail_then_ask(server)).status == 200
        server.wait_until_whole(POOL)


def test_what_escapes_a_request_is_found(server: WebServer) -> None:
    """Scenario 3: threads of their own, as many as there are connections, one who waits."""

    async def escape() -> Answer:
        for _ in range(POOL):
            assert (await server.get("/escape")).status == 200
        return await server.get("/query")

    assert asyncio.run(escape()).status == 200
    server.wait_until_whole(POOL)


def test_tasks_that_outlive_their_request_lose_nothing(server: WebServer) -> None:
    """Scenario 3: each queries when its request is over."""

    async def escape() -> None:
        for _ in range(POOL):
            assert (await server.get("/runaway")).status == 200
        await server.get("/free/open-gate")

    asyncio.run(escape())
    wait_until(lambda: server.look()["runaways"] == 0)
    server.wait_until_whole(POOL)


def test_no_seat_in_time_is_answered_503(transactional_db: None) -> None:
    with WebServer(database_url(), connections=1, SEAT_SECONDS="0.2") as server:

        async def crowd() -> tuple[Answer, list[Answer]]:
            first = asyncio.create_task(server.get("/held"))
            while not (await server.statistics())["seats"]["taken"]:
                pass
            others = await asyncio.gather(*(server.get("/query") for _ in range(3)))
            await server.get("/free/open-gate")
            return await first, others

        first, others = asyncio.run(crowd())
    assert first.status == 200
    assert [answer.status for answer in others] == [503, 503, 503]
    assert others[0].headers["retry-after"] == "10"
    assert b"try again" in others[0].body


class TestBodies:
    def post(self, server: WebServer, size: int, body: bytes) -> Answer:
        head = f"POST /length HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: {size}"
        return asyncio.run(server.send(f"{head}\r\n\r\n", body))

    @pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 300_000])
    def test_arrive_whole(self, server: WebServer, size: int) -> None:
        answer = self.post(server, size, b"x" * size)
        assert (answer.status, answer.body) == (200, str(size).encode())

    def test_that_are_too_large_are_refused_unread(self, server: WebServer) -> None:
        assert self.post(server, 1_000_001, b"").status == 413

    def test_sent_slowly_hold_no_seat(self, transactional_db: None) -> None:
        """Nor would one come free before anybody gave up."""
        connection.close()
        with WebServer(database_url(), BODY_SECONDS="600", SEAT_SECONDS="600") as server:
            self.assert_served_beside_slow_senders(server)

    def assert_served_beside_slow_senders(self, server: WebServer) -> None:
        async def dawdle() -> Answer:
            senders = [(await server.connect())[1] for _ in range(POOL + 2)]
            for sender in senders:
                sender.write(b"POST /length HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\nx")
            answer = await server.get("/query")
            for sender in senders:
                sender.close()
            return answer

        assert asyncio.run(dawdle()).status == 200

    def test_that_never_end_are_given_up(self, transactional_db: None) -> None:
        with WebServer(database_url(), BODY_SECONDS="0.2") as server:
            assert self.post(server, 9, b"x").status == 408


def test_a_slow_sender_who_leaves_is_forgotten(server: WebServer) -> None:
    client = server.never_read("/query")
    with closing(client):
        assert asyncio.run(server.get("/query")).status == 200
    server.wait_until_whole(POOL)
