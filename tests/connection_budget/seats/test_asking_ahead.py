"""What is asked for ahead of time takes no seat from anybody who reads."""

from __future__ import annotations

import asyncio

import pytest

from connection_budget.seats.seating import is_ahead_of_time
from connection_budget.seats.seats import Seats
from tests.connection_budget.web.server import Answer, WebServer
from tests.databases import database_url

AHEAD = ["X-Prefetch: 1", "Sec-Purpose: prefetch", "Sec-Purpose: prefetch;prerender",
         "Purpose: prefetch", "X-Moz: Prefetch"]  # fmt: skip
USUAL = ["Accept: */*", "Sec-Fetch-Dest: document", "X-Purpose: prefetch", "Purpose: reading"]


async def ask(server: WebServer, header: str) -> Answer:
    head = f"GET /query HTTP/1.1\r\nHost: t\r\nConnection: close\r\n{header}"
    return await server.send(f"{head}\r\n\r\n")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True, available_apps=["connection_budget"])
def test_it_is_refused_at_once_where_no_seat_is_free_and_answered_where_one_is(
    transactional_db: None,
) -> None:
    """A seat would be waited for longer than a test may take."""
    with WebServer(database_url(), connections=1, SEAT_SECONDS="600") as server:

        async def crowd() -> tuple[list[Answer], list[Answer]]:
            reading = asyncio.create_task(server.get("/held"))
            while not (await server.statistics())["seats"]["taken"]:
                pass
            waiting = asyncio.create_task(ask(server, USUAL[0]))
            while not (await server.statistics())["seats"]["waiting"]:
                pass
            refused = [await ask(server, header) for header in AHEAD]
            assert (await server.statistics())["seats"]["waiting"] == 1
            await server.get("/free/open-gate")
            return refused, [await reading, await waiting]

        refused, read = asyncio.run(crowd())
        server.wait_until_whole(1)
        free = [asyncio.run(ask(server, header)) for header in AHEAD]
        server.wait_until_whole(1)
    assert [answer.status for answer in refused] == [503] * len(AHEAD)
    assert all("retry-after" in answer.headers for answer in refused)
    assert [answer.status for answer in (*read, *free)] == [200] * (2 + len(AHEAD))


@pytest.mark.parametrize("header", [*AHEAD, *USUAL])
def test_browsers_and_our_scripts_say_that_they_ask_ahead(header: str) -> None:
    name, value = header.split(": ")
    scope = {"headers": [(name.lower().encode(), value.encode())]}
    assert is_ahead_of_time(scope) is (header in AHEAD)


def test_a_seat_is_taken_only_while_one_is_free() -> None:
    seats = Seats(1)
    give_back = seats.take_if_free()
    assert give_back is not None
    assert seats.take_if_free() is None
    waiting = seats.ask()
    give_back()
    assert seats.take_if_free() is None  # it is whose turn it was
    waiting.result(timeout=1)()
    assert seats.statistics().taken == 0
