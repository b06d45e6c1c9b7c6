"""The bound on bodies stands in front of everything the web role serves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from connection_budget.seats.handler import refuse_politely
from connection_budget.seats.seating import SeatedApplication
from connection_budget.seats.seats import Seats

MOST_BYTES = 5 * 1024 * 1024
PATHS = [
    "/", "/static/css/cairn.css", "/static/nothing", "/nowhere", "/admin/login/",
    "/health", "/health/live", "/metrics",
]  # fmt: skip


def post(
    application: Any, path: str, *, length: bytes = b"", more: Sequence[tuple[bytes, bytes]] = ()
) -> Any:
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [
            (b"host", b"localhost"),
            *([(b"content-length", length)] if length else []),
            *more,
        ],
    }
    return ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]  # comes without types


def site() -> Any:
    from config.asgi import application

    return application


async def status(asked: Any) -> int:
    start: dict[str, Any] = await asked.receive_output(timeout=100)
    # To its end: what it keeps is closed there.
    await asked.wait(100)
    return int(start["status"])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("length", [b"5242881", b"1000000000", b"9" * 6_000])
async def test_a_body_that_is_declared_too_large_is_refused_before_it_is_read(
    path: str, length: bytes
) -> None:
    assert await status(post(site(), path, length=length)) == 413


@pytest.mark.parametrize(
    ("languages", "words"), [(b"de", "Please go back, shorten it"), (b"zh-CN", "请返回")]
)
async def test_people_are_told_on_a_page_and_in_their_language(
    languages: bytes, words: str
) -> None:
    asked = post(site(), "/", length=b"5242881", more=[(b"accept-language", languages)])
    start = await asked.receive_output(timeout=100)
    body = await asked.receive_output(timeout=100)
    await asked.wait(100)
    assert dict(start["headers"])[b"content-type"] == b"text/html; charset=utf-8"
    assert words in body["body"].decode()


@pytest.mark.parametrize("path", PATHS)
async def test_a_body_of_undeclared_length_is_cut_at_the_limit(path: str) -> None:
    asked = post(site(), path)
    sent = 0
    while asked.output_queue.empty() and sent <= 2 * MOST_BYTES:
        await asked.send_input({"type": "http.request", "body": b"x" * 65_536, "more_body": True})
        sent += 65_536
        await asyncio.sleep(0)
    assert await status(asked) == 413
    assert sent <= MOST_BYTES + 20 * 65_536


@pytest.mark.parametrize("bypasses", [True, False])
async def test_a_body_that_trickles_in_is_given_up_with_a_seat_or_without(bypasses: bool) -> None:
    async def never(*_: Any) -> None:
        raise AssertionError("the body was not whole")

    impatient = SeatedApplication(
        never,
        Seats(1),
        refuse=refuse_politely,
        bypasses=lambda _scope: bypasses,
        body_seconds=0.05,
    )
    asked = post(impatient, "/static/css/cairn.css")
    await asked.send_input({"type": "http.request", "body": b"x", "more_body": True})
    assert await status(asked) == 408
