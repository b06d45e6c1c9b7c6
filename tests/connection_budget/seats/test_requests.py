"""Requests before Django: what goes past the seats, what waits, what is refused, and how."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from connection_budget.seats.bodies import CHUNK_BYTES
from connection_budget.seats.seating import Application, SeatedApplication, content_length
from connection_budget.seats.seats import NoSeat, Seats
from tests.waiting import in_time

START = {"type": "http.response.start", "status": 200, "headers": []}
GONE = {"type": "http.disconnect"}


def piece(body: bytes = b"", *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


class Site:
    """One process with one seat, and a page that notes what it was asked."""

    def __init__(self, **limits: Any) -> None:
        self.seats = Seats(1)
        self.leaves = asyncio.Event()
        self.taken: list[int] = []
        self.read: list[Mapping[str, Any]] = []
        self.sent: list[Mapping[str, Any]] = []
        self.limits = {"wait_seconds": 0.01, "body_bytes": 1_000_000} | limits

    async def ask(self, *pieces: Mapping[str, Any], **scope: Any) -> int | None:
        """The status of the answer; None where there was none."""
        coming = list(pieces or [piece()])
        self.sent.clear()

        async def receive() -> Mapping[str, Any]:
            if not coming:
                await self.leaves.wait()
                return GONE
            return coming.pop(0)

        async def send(message: Mapping[str, Any]) -> None:
            self.sent.append(message)

        application = SeatedApplication(self._page, self.seats, refuse=_refuse, **self.limits)
        told = {"type": "http", "path": "/", "method": "POST", "headers": []} | scope
        await in_time(application(told, receive, send))
        return self.sent[0]["status"] if self.sent else None

    @property
    def retry_after(self) -> list[bytes]:
        headers = self.sent[0]["headers"]
        return [value for name, value in headers if name.lower() == b"retry-after"]

    async def _page(self, scope: Any, receive: Any, send: Any) -> None:
        self.taken.append(self.seats.statistics().taken)
        if scope["type"] != "http":
            return
        self.read.append(message := await receive())
        while message.get("more_body"):
            self.read.append(message := await receive())
        if scope["path"] == "/fails":
            raise LookupError
        if scope["path"] == "/stays":
            self.leaves.set()
            self.read.append(await receive())
            return
        await send(START)


def _refuse(_scope: Any, status: int, _message: str) -> Application:
    async def answer(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"x-kept", b"1"), (b"Retry-After", b"10")]
        await send(START | {"status": status, "headers": headers})

    return answer


async def test_a_request_that_fails_or_says_nothing_gives_its_seat_back() -> None:
    site = Site()
    with pytest.raises(LookupError):
        await site.ask(path="/fails")
    assert await site.ask(path="/stays") is None
    assert (site.taken, site.seats.statistics().taken) == ([1, 1], 0)
    assert site.read[-1] == GONE, "a page hears that its client has left"


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
async def test_what_is_no_request_needs_no_seat_and_has_no_body(kind: str) -> None:
    site = Site()
    site.seats.take(1)
    await site.ask(GONE, type=kind)
    assert site.taken == [1]


async def test_what_needs_no_seat_takes_none_but_its_body_is_bounded() -> None:
    site = Site(bypasses=lambda scope: scope["path"] == "/static", body_bytes=3)
    site.seats.take(1)
    assert await site.ask(piece(b"123"), path="/static") == 200
    assert site.taken == [1]
    assert await site.ask(piece(b"1234"), path="/static") == 413


async def test_who_finds_no_seat_is_refused_and_told_when_as_the_refusal_says() -> None:
    site = Site()
    site.seats.take(1)
    assert await site.ask() == 503
    assert (site.taken, site.retry_after) == ([], [b"10"])
    assert site.seats.statistics().waiting == 0


async def test_where_the_line_is_known_it_says_when(monkeypatch: pytest.MonkeyPatch) -> None:
    site, refusal = Site(), NoSeat("none")
    refusal.retry_after = 7
    site.seats.take(1)
    monkeypatch.setattr(site.seats, "refusal", lambda _: refusal)
    assert await site.ask() == 503
    assert site.retry_after == [b"7"]
    assert (b"x-kept", b"1") in site.sent[0]["headers"]


async def test_what_is_asked_ahead_of_time_does_not_wait() -> None:
    site = Site(wait_seconds=3_600)
    ahead = [(b"x-prefetch", b"1")]
    give_back = site.seats.take(1)
    assert await site.ask(headers=ahead) == 503
    give_back()
    assert await site.ask(headers=ahead) == 200
    assert (site.taken, site.seats.statistics().taken) == ([1], 0)


async def test_a_client_that_leaves_before_its_body_is_there_never_comes_to_django() -> None:
    site = Site()
    assert await site.ask(piece(b"half", more=True), GONE) is None
    assert (site.taken, site.sent) == ([], [])


async def test_one_that_leaves_while_it_waits_for_its_seat_does_neither() -> None:
    site = Site(wait_seconds=3_600)
    site.seats.take(1)
    assert await site.ask(piece(), GONE) is None
    assert (site.taken, site.seats.statistics().waiting) == ([], 0)


async def test_a_body_that_takes_too_long_is_refused_without_a_seat() -> None:
    site = Site(body_seconds=0.01)
    assert await site.ask(piece(b"half", more=True)) == 408
    assert site.taken == []


@pytest.mark.parametrize(("declared", "status"), [(b"10", 200), (b"11", 413), (b"nine", 200)])
async def test_a_body_declared_too_large_is_not_read(declared: bytes, status: int) -> None:
    site = Site(body_bytes=10)
    pieces = [piece(b"x")] if status == 200 else [GONE]
    assert await site.ask(*pieces, headers=[(b"content-length", declared)]) == status


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
async def test_a_body_comes_as_it_was_sent_and_ends_once(size: int) -> None:
    site, body = Site(), b"x" * size
    assert await site.ask(piece(body[:9], more=True), piece(body[9:])) == 200
    assert b"".join(message["body"] for message in site.read) == body
    *others, last = [message["more_body"] for message in site.read]
    assert (all(others), last) == (True, False)


@pytest.mark.parametrize(
    ("value", "bytes_"),
    [(b"7", 7), (b"", 0), (b"-7", 0), (b"7 ", 0), (b"9" * 30, 10**18), (b"9" * 9_000, 10**18)],
)
def test_a_length_is_what_the_client_declares_where_that_is_a_number(
    value: bytes, bytes_: int
) -> None:
    assert content_length({"headers": [(b"content-length", value)]}) == bytes_
    assert content_length({"headers": []}) == 0
