"""The release middleware: connections go back with the answer, and between a stream's parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from connection_budget.seats import middleware, returning
from connection_budget.seats.middleware import ReleaseMiddleware, release_parts
from connection_budget.seats.seats import NoSeat, Seats, seat_request
from tests.waiting import in_time


class Released:
    """What happened, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.order: list[str] = []
        monkeypatch.setattr(middleware, "return_connections", lambda: self.order.append("back"))

    def parts(self) -> Iterator[bytes]:
        try:
            for number in (1, 2):
                self.order.append(f"part {number}")
                yield str(number).encode()
        finally:
            self.order.append("closed")

    async def async_parts(self) -> AsyncIterator[bytes]:
        for part in self.parts():
            yield part

    async def read(self, response: Any) -> None:
        async for part in response.streaming_content:
            self.order.append(f"sent {part.decode()}")


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch) -> Released:
    return Released(monkeypatch)


def test_after_a_synchronous_view_connections_are_back(released: Released) -> None:
    shown = HttpResponse("shown")
    assert ReleaseMiddleware(lambda _: shown)(HttpRequest()) is shown
    assert released.order == ["back"]


@pytest.mark.parametrize("by_handler", [False, True])
@pytest.mark.parametrize("kind", ["parts", "async_parts"])
async def test_no_connection_is_held_while_a_part_is_sent(
    released: Released, kind: str, by_handler: bool
) -> None:
    async def view(_request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(getattr(released, kind)())

    answering: Any = ReleaseMiddleware(view)(HttpRequest())
    response = await in_time(answering)
    assert released.order == ["back"]
    if by_handler:  # of ours, once more
        release_parts(response)
    await in_time(released.read(response))
    told = released.order[1:]
    assert told[:6] == ["part 1", "back", "sent 1", "part 2", "back", "sent 2"]
    assert told[6] == "closed"
    assert told.count("back") <= 3


@pytest.mark.parametrize(
    ("error", "status"),
    [(OperationalError("away"), 503), (IntegrityError("ours"), None), (ValueError("ours"), None)],
)
def test_a_database_that_is_away_is_503_and_whatever_else_is_not(
    error: Exception, status: int | None
) -> None:
    response = ReleaseMiddleware(lambda _: None).process_exception(HttpRequest(), error)
    assert (response.status_code if response else None) == status
    assert response is None or response.headers["Retry-After"] == "10"


@pytest.mark.parametrize(("known", "said"), [(7, "7"), (None, "10")])
def test_who_gets_no_seat_is_told_when_as_far_as_that_is_known(
    known: int | None, said: str
) -> None:
    error = NoSeat("none")
    error.retry_after = known
    response = ReleaseMiddleware(lambda _: None).process_exception(HttpRequest(), error)
    assert response is not None
    assert (response.status_code, response.headers["Retry-After"]) == (503, said)


@pytest.mark.parametrize(
    ("age", "in_atomic", "closed"), [(0, False, 1), (0, True, 0), (60, False, 0), (None, False, 0)]
)
def test_what_is_kept_or_within_a_transaction_stays(
    monkeypatch: pytest.MonkeyPatch, age: int | None, in_atomic: bool, closed: int
) -> None:
    done: list[str] = []
    wrapper = SimpleNamespace(
        in_atomic_block=in_atomic,
        settings_dict={"CONN_MAX_AGE": age},
        close=lambda: done.append("closed"),
    )
    monkeypatch.setattr(connections, "all", lambda **_: [wrapper])
    returning.return_connections()
    assert done == ["closed"] * closed


def test_before_a_lane_a_request_gives_back_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else as many as there are seats would keep one each and wait for another."""
    done: list[str] = []
    monkeypatch.setattr(returning, "return_connections", lambda: done.append("back"))

    async def request() -> None:
        seats = Seats(1)
        seat_request(seats, seats.take(1))
        await returning.return_before_a_lane()
        assert done == []
        seats.seat_connection(1)
        await returning.return_before_a_lane()

    asyncio.run(request())
    assert done == ["back"]
