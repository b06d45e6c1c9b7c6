"""A stream that fails half-way ends as others do: told, closed, and the request with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import IO, Any

import pytest
from django.core import signals
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import path
from pytest_django import Settings

from connection_budget.seats.handler import SafeASGIHandler

ended: list[str] = []


class Response(StreamingHttpResponse):
    def close(self) -> None:
        ended.append("closed")
        super().close()


def _parts() -> Iterator[bytes]:
    yield b"x"
    raise RuntimeError("half-way")


async def _async_parts() -> AsyncIterator[bytes]:
    yield b"x"
    raise RuntimeError("half-way")


def stream(_request: HttpRequest, parts: Callable[[], Any]) -> Response:
    return Response(parts())


urlpatterns = [
    path("sync", stream, {"parts": _parts}),
    path("async", stream, {"parts": _async_parts}),
]


@pytest.fixture
def requests_finished(settings: Settings) -> Iterator[list[str]]:
    """What happened at the end, in order."""
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
    ended.clear()

    def note(**_: Any) -> None:
        ended.append("request finished")

    signals.request_finished.connect(note)
    yield ended
    signals.request_finished.disconnect(note)


@pytest.fixture
def bodies(monkeypatch: pytest.MonkeyPatch) -> list[IO[bytes]]:
    """The bodies that were read."""
    read: list[IO[bytes]] = []
    create = ASGIHandler.create_request

    def note(handler: ASGIHandler, scope: Any, body_file: IO[bytes]) -> Any:
        read.append(body_file)
        return create(handler, scope, body_file)

    monkeypatch.setattr(ASGIHandler, "create_request", note)
    return read


async def ask(path: str) -> list[Any]:
    sent: list[Any] = []
    messages = iter([{"type": "http.request", "body": b""}])

    async def receive() -> Any:
        return next(messages, None) or await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
    }
    with pytest.raises(RuntimeError, match="half-way"):
        await SafeASGIHandler()(scope, receive, send)
    return sent


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning")
@pytest.mark.parametrize("path", ["/sync", "/async"])
async def test_a_stream_that_fails_leaves_no_body_open(
    requests_finished: list[str], bodies: list[IO[bytes]], path: str
) -> None:
    await ask(path)
    assert [body.closed for body in bodies] == [True]


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning")
@pytest.mark.parametrize("path", ["/sync", "/async"])
async def test_a_stream_that_fails_is_closed_and_its_request_finished(
    requests_finished: list[str], path: str
) -> None:
    await ask(path)
    # Closing a response finishes its request; that it is told twice harms nobody.
    assert requests_finished[:2] == ["closed", "request finished"]


async def test_a_response_that_cannot_even_start_has_its_request_finished(
    requests_finished: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is there to be closed."""

    async def fail(*_: Any) -> None:
        raise RuntimeError("half-way")

    monkeypatch.setattr(SafeASGIHandler, "get_response_async", fail)
    await ask("/sync")
    assert requests_finished == ["request finished"]
