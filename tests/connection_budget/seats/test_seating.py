"""When a request has its seat: after its body is there, until its answer begins."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from connection_budget.seats.seating import Application, SeatedApplication
from connection_budget.seats.seats import Seats

LONGEST_BODY = 10
SCOPE = {"type": "http", "path": "/", "method": "POST", "headers": []}
START = {"type": "http.response.start", "status": 200, "headers": []}


class Request:
    """One request, whose body comes in `pieces`; how many seats are taken as it goes on."""

    def __init__(self, *pieces: bytes) -> None:
        self.statuses: list[int] = []
        self.taken: dict[str, int] = {}
        self._pieces = list(pieces)
        self._seats = Seats(1)

    async def answer(self) -> None:
        limits: dict[str, Any] = {"body_bytes": LONGEST_BODY, "wait_seconds": 1}
        application = SeatedApplication(self._page, self._seats, refuse=self._refuse, **limits)
        await application(dict(SCOPE), self._receive, self._send)
        self._note("afterwards")

    def _note(self, when: str) -> None:
        self.taken.setdefault(when, self._seats.statistics().taken)

    async def _receive(self) -> Mapping[str, Any]:
        self._note("while its body comes")
        if not self._pieces:
            await asyncio.Event().wait()  # the client stays
        piece = self._pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self._pieces)}

    async def _page(self, _scope: Any, _receive: Any, send: Any) -> None:
        self._note("in Django")
        await send(START)

    async def _send(self, message: Mapping[str, Any]) -> None:
        self._note("while it is answered")
        self.statuses.append(message["status"])

    def _refuse(self, _scope: Any, status: int, _message: str) -> Application:
        async def answer(_scope: Any, _receive: Any, send: Any) -> None:
            await send(START | {"status": status})

        return answer


async def test_the_seat_goes_back_when_the_answer_begins() -> None:
    request = Request(b"")
    await request.answer()
    seen = {when: request.taken[when] for when in ("in Django", "while it is answered")}
    assert seen == {"in Django": 1, "while it is answered": 0}


async def test_no_seat_is_taken_before_the_body_is_there() -> None:
    request = Request(b"slow", b"ly")
    await request.answer()
    assert (request.taken["while its body comes"], request.taken["afterwards"]) == (0, 0)
    assert request.statuses == [200]


@pytest.mark.parametrize(("pieces", "status"), [(2, 200), (3, 413)])
async def test_a_body_whose_length_nobody_told_is_bounded(pieces: int, status: int) -> None:
    request = Request(*[b"12345"] * pieces)
    await request.answer()
    assert request.statuses == [status]
    assert ("in Django" in request.taken) is (status == 200)
