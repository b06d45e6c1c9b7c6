"""More come than can be served: who would wait too long is told at once, and when to come again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory

from connection_budget.seats.middleware import ReleaseMiddleware
from connection_budget.seats.outlook import FEW, Outlook
from connection_budget.seats.seating import Application, SeatedApplication
from connection_budget.seats.seats import NoSeat, Seats
from connection_budget.seats.waiting import admit
from tests.connection_budget.metrics.test_metrics import value_of
from tests.connection_budget.web.server import Answer, WebServer
from tests.databases import database_url


class Busy(Seats):
    """What it tells a newcomer is given; none of its seats ever comes back."""

    def __init__(self, seconds: float | None, standing: float = 0.0) -> None:
        super().__init__(1)
        self.take(1)
        self.told = Outlook(seconds, standing)

    def outlook(self) -> Outlook:
        return self.told


def test_who_would_wait_too_long_does_not_join_the_line() -> None:
    before, busy = value_of("db_pool_timeouts_total"), Busy(12.5)
    with pytest.raises(NoSeat, match="in 10 seconds") as refused:
        admit(busy, 10)
    assert refused.value.retry_after == 13
    assert value_of("db_pool_timeouts_total") == before + 1


@pytest.mark.parametrize(
    ("seconds", "standing", "may_wait"), [(None, 0, 10), (7.9, 9, 10), (None, 11, 2), (1.5, 11, 2)]
)
def test_who_may_wait_is_told_how_long(
    seconds: float | None, standing: float, may_wait: float
) -> None:
    assert admit(Busy(seconds, standing), 10) == may_wait


def test_a_refusal_is_remembered_by_those_seats() -> None:
    seats = Seats(1)
    assert admit(seats, 10) == 10
    seats.take(1)
    with pytest.raises(NoSeat):
        seats.take(0)
    assert admit(seats, 10) == 2


def answering_503(headers: list[tuple[bytes, bytes]]) -> Application:
    async def answer(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": b"full"})

    return answer


async def ask(busy: Busy, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers with which somebody is refused, where the refusal has these."""

    async def never(*_: Any) -> None:
        raise AssertionError("no seat was free")

    async def receive() -> dict[str, Any]:
        if asked.pop():
            return {"type": "http.request", "body": b""}
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    asked, sent = [False, True], list[Any]()
    seated = SeatedApplication(
        never, busy, refuse=lambda *_: answering_503(headers), wait_seconds=0.01
    )
    await seated({"type": "http", "path": "/", "headers": []}, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    return list(sent[0]["headers"])


@pytest.mark.parametrize("seconds", [3.5, None])
async def test_what_the_line_says_stands_in_whatever_answer_refuses(seconds: float | None) -> None:
    """Whether it is refused at once or has waited; a refusal of one's own keeps its other words."""
    said = [(b"content-type", b"text/plain"), (b"Retry-After", b"10")]
    expected = said if seconds is None else [said[0], (b"retry-after", b"4")]
    assert await ask(Busy(seconds), said) == expected


@pytest.mark.parametrize(("seconds", "said"), [(3.5, "4"), (None, "10")])
def test_a_page_whose_own_thread_finds_no_seat_says_when_too(
    seconds: float | None, said: str
) -> None:
    error = Busy(seconds).refusal(5)
    middleware = ReleaseMiddleware(lambda _: None)
    response = middleware.process_exception(RequestFactory().get("/"), error)
    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (503, said)


@pytest.fixture
def narrow(transactional_db: None) -> Iterator[WebServer]:
    """One seat; nobody waits longer than a minute."""
    connection.close()
    with WebServer(database_url(), connections=1, SEAT_SECONDS="60") as server:
        yield server


PAGE = "/query?seconds=0.5"
# So many pages before one's own take more than a minute.
LINE = 125


async def make_a_line(server: WebServer) -> tuple[Answer, list[Answer]]:
    """The answer of somebody who comes when the line is long, and those of the first in it."""
    first = [asyncio.create_task(server.get(PAGE)) for _ in range(FEW + 2)]
    while (await server.statistics())["seats"]["waiting"] < FEW + 1:
        pass
    others = [await server.connect() for _ in range(LINE + 50)]
    for _, writer in others:
        writer.write(f"GET {PAGE} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
    numbers = await server.statistics()
    while numbers["seats"]["waiting"] < LINE or numbers["queries"] < FEW + 2:
        numbers = await server.statistics()
    newcomer = await server.get("/query")
    for _, writer in others:
        writer.transport.abort()
    return newcomer, await asyncio.gather(*first)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True, available_apps=["connection_budget"])
def test_over_http_a_newcomer_is_refused_while_those_before_it_are_served(
    narrow: WebServer,
) -> None:
    """Had it joined the line it would be served, for those before it leave."""
    newcomer, first = asyncio.run(make_a_line(narrow))
    assert (newcomer.status, newcomer.headers["retry-after"]) == (503, "60")
    assert {answer.status for answer in first} == {200}
    narrow.wait_until_whole(1)
    assert asyncio.run(narrow.get("/query")).status == 200
