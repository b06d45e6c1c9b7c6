"""The headers that every answer carries, whoever gives it: pages, files, refusals at the door.

In front of Django, because what is refused there never reaches a middleware.
"""

from __future__ import annotations

import functools
from typing import Any

from csp.utils import build_policy
from django.conf import settings

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


class StandardHeaders:
    """An ASGI application with the headers that its answers lack."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": complete(list(message.get("headers", [])))}
            await send(message)

        await self._application(scope, receive, send_with_headers)


def complete(headers: Pairs) -> Pairs:
    given = {bytes(name).lower() for name, _ in headers}
    missing = (pair for pair in standard_headers().items() if pair[0] not in given)
    return [*headers, *missing]
