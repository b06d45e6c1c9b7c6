"""A stream that fails half-way ends as others do: told, closed, and the request with it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import nullcontext
from typing import IO, Any

import pytest
from asgiref.sync import SyncToAsync
from django.core import signals
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils.deprecation import MiddlewareMixin
from pytest_django import Settings

from connection_budget.seats.handler import SafeASGIHandler, SyncASGIHandler

ended: list[str] = []


class Halfway(Exception):
    pass


class Response(StreamingHttpResponse):
    def close(self) -> None:
        ended.append("closed")
        super().close()


def _parts() -> Iterator[bytes]:
    yield b"x"
    raise Halfway


async def _async_parts() -> AsyncIterator[bytes]:
    yield b"x"
    raise Halfway


def stream(_request: HttpRequest, parts: Callable[[], Any]) -> Response:
    return Response(parts())


class Noting(MiddlewareMixin):
    """As Django's own are: it can do both."""

    def process_request(self, request: HttpRequest) -> None:
        request.META["passed"] = [threading.current_thread()]

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        request.META["passed"].append(threading.current_thread())

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        passed = [*request.META["passed"], threading.current_thread()]
        response["Threads"] = str(len(set(passed)))
        return response


def show(request: HttpRequest) -> HttpResponse:
    request.META["passed"].append(threading.current_thread())
    return HttpResponse("shown")


async def show_later(_request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(0)
    return HttpResponse("shown")


urlpatterns = [
    path("show", show),
    path("later", show_later),
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


@pytest.fixture(params=[SafeASGIHandler, SyncASGIHandler])
def kind(request: pytest.FixtureRequest) -> type[SafeASGIHandler]:
    kind: type[SafeASGIHandler] = request.param
    return kind


async def ask(kind: type[SafeASGIHandler], path: str) -> list[Any]:
    """What is sent; a path that fails does so half-way."""
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
    with pytest.raises(Halfway) if path in {"/sync", "/async"} else nullcontext():
        await kind()(scope, receive, send)
    return sent


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning")
@pytest.mark.parametrize("path", ["/sync", "/async"])
async def test_a_stream_that_fails_leaves_no_body_open(
    requests_finished: list[str], bodies: list[IO[bytes]], path: str, kind: type[SafeASGIHandler]
) -> None:
    await ask(kind, path)
    assert [body.closed for body in bodies] == [True]


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning")
@pytest.mark.parametrize("path", ["/sync", "/async"])
async def test_a_stream_that_fails_is_closed_and_its_request_finished(
    requests_finished: list[str], path: str, kind: type[SafeASGIHandler]
) -> None:
    await ask(kind, path)
    # Closing a response finishes its request; that it is told twice harms nobody.
    assert requests_finished[:2] == ["closed", "request finished"]


async def test_a_response_that_cannot_even_start_has_its_request_finished(
    requests_finished: list[str], kind: type[SafeASGIHandler], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is there to be closed."""

    async def fail(*_: Any) -> None:
        raise Halfway

    monkeypatch.setattr(kind, "get_response_async", fail)
    await ask(kind, "/sync")
    assert requests_finished == ["request finished"]


@pytest.mark.parametrize("path", ["/show", "/later"])
async def test_what_is_synchronous_is_one_call_in_one_thread(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [f"{__name__}.{Noting.__name__}"] * 8
    calls: list[Any] = []
    bridge = SyncToAsync.__call__

    def note(self: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(self.func)
        return bridge(self, *args, **kwargs)

    monkeypatch.setattr(SyncToAsync, "__call__", note)
    start, body = await ask(SyncASGIHandler, path)
    assert (start["status"], body["body"]) == (200, b"shown")
    assert dict(start["headers"])[b"Threads"] == b"1"
    # The others tell that the request begins, and that it is over.
    assert len(calls) <= 3
    assert SyncASGIHandler.get_response.__name__ in [call.__name__ for call in calls]
