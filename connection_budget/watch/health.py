"""The operations' pages for ASGI, in front of everything, and as ordinary Django views."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from connection_budget.metrics.sources import register_activity
from connection_budget.watch import monitoring
from connection_budget.watch.monitoring import Answer

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PATHS = ("/health", "/health/live", "/metrics")
POLL_SECONDS = 0.01


class OperationsEndpoints:
    """Answers the operations' pages by itself and hands everything else to `app`.

    It needs no thread, no session and no seat, so it answers while the pool is exhausted. It also
    counts the requests under way, by which the sampler tells use from loss.
    """

    def __init__(self, app: Application) -> None:
        self._app = app
        self._active = 0
        register_activity(lambda: self._active)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif is_for_operations(scope):
            await _send(await _answer(scope, _path(scope)), scope["method"], send)
        else:
            self._active += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._active -= 1


def is_for_operations(scope: Scope) -> bool:
    """Whether `OperationsEndpoints` answers this request by itself; it needs no seat then."""
    return _path(scope) in PATHS


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")).rstrip("/")


async def _answer(scope: Scope, path: str) -> Answer:
    if scope["method"] not in {"GET", "HEAD"}:
        return Answer(405, b"Method not allowed\n", headers={"Allow": "GET, HEAD"})
    if path == "/health/live":
        return monitoring.live()
    if path == "/metrics":
        return monitoring.show_metrics(_authorization(scope))
    seen = monitoring.look()
    while not seen.ready:  # noqa: ASYNC110 - only where no sampler runs; its threads know no loop
        await asyncio.sleep(POLL_SECONDS)
    return monitoring.health(seen)


def _authorization(scope: Scope) -> str:
    found = [value for name, value in scope["headers"] if name.lower() == b"authorization"]
    return bytes(found[0]).decode("latin-1") if found else ""


async def _send(answer: Answer, method: str, send: Send) -> None:
    headers = {
        **answer.headers,
        "Content-Type": answer.content_type,
        "Content-Length": str(len(answer.content)),
    }
    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": lines})
    body = b"" if method == "HEAD" else answer.content
    await send({"type": "http.response.body", "body": body})


def _response(answer: Answer) -> HttpResponse:
    return HttpResponse(
        answer.content,
        status=answer.status,
        content_type=answer.content_type,
        headers=answer.headers,
    )


@require_safe
def health_view(_request: HttpRequest) -> HttpResponse:
    return _response(monitoring.health(monitoring.wait_and_look()))


@require_safe
def live_view(_request: HttpRequest) -> HttpResponse:
    return _response(monitoring.live())


@require_safe
def metrics_view(request: HttpRequest) -> HttpResponse:
    return _response(monitoring.show_metrics(request.headers.get("Authorization", "")))
