"""The headers that every answer carries, whoever gives it: pages, files, refusals at the door.

In front of Django, because what is refused there never reaches a middleware.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from csp.utils import build_policy
from django.conf import settings

from accounts.json_errors import is_for_programs

Pairs = list[tuple[bytes, bytes]]


@functools.cache
def standard_headers() -> dict[bytes, bytes]:
    """By lower-case name, as ASGI has them. Whoever sets one of these keeps it."""
    headers = {
        "content-security-policy": build_policy(),
        "x-content-type-options": "nosniff",
        "x-frame-options": settings.X_FRAME_OPTIONS,
        "referrer-policy": str(settings.SECURE_REFERRER_POLICY),
        "cross-origin-opener-policy": str(settings.SECURE_CROSS_ORIGIN_OPENER_POLICY),
        # A page is one visitor's: of his session, his language. Files say themselves how long.
        "cache-control": "private, no-cache",
    }
    if settings.SECURE_HSTS_SECONDS:
        headers["strict-transport-security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return {name.encode(): value.encode() for name, value in headers.items()}


_STARTS = {"http.response.start", "websocket.http.response.start"}
# Nobody searches for what only programs read, and it may be of something unlisted.
_FOR_PROGRAMS = ((b"x-robots-tag", b"noindex"),)
_REFUSED = {
    "type": "websocket.http.response.start",
    "status": HTTPStatus.FORBIDDEN.value,
    "headers": [(b"content-length", b"0")],
}


class StandardHeaders:
    """An ASGI application with the headers that its answers lack, be it refusals of web sockets."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        open_to_say = "websocket.http.response" in (scope.get("extensions") or {})
        own = _FOR_PROGRAMS if is_for_programs(scope["path"]) else ()

        async def send_with_headers(message: Any) -> None:
            nonlocal open_to_say
            if message["type"] == "websocket.close" and open_to_say:
                await send_with_headers(_REFUSED)
                message = {"type": "websocket.http.response.body", "body": b""}
            if message["type"] in _STARTS:
                message = {**message, "headers": complete(list(message.get("headers", [])), own)}
            open_to_say = False
            await send(message)

        await self._application(scope, receive, send_with_headers)


def complete(headers: Pairs, own: Iterable[tuple[bytes, bytes]] = ()) -> Pairs:
    given = {bytes(name).lower() for name, _ in headers}
    missing = (pair for pair in (*standard_headers().items(), *own) if pair[0] not in given)
    return [*headers, *missing]
