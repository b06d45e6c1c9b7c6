"""Heads of requests have a deadline and a size, which uvicorn gives them not.

It looks at the clock between two requests only: who sends nothing, or a byte now and then, would
keep a connection for ever, and the parser would take a head of any length. Bodies have limits of
their own, once the head is there (connection_budget/seats/bodies.py).
"""

from __future__ import annotations

import asyncio

from django.conf import settings
from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from config.headers import complete

HEAD_BYTES = 64 * 1024


class HeadTooLarge(HttpParserError):
    """Answered with 400, like any other head that cannot be read."""


class TimedHeadsProtocol(HttpToolsProtocol):
    """A connection that owes us a head is closed when WEB_HEAD_SECONDS are over.

    It owes one from its beginning, and again from the first byte after an answer, be it one of the
    next head, of a body that nobody wants any more, or a mere line break.
    """

    _deadline: asyncio.TimerHandle | None = None
    _upgraded = False
    _head_begun = False
    # Of the head so far, trailers included; and what was sent since the parser last got ahead.
    _head_bytes = 0
    _pending_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._look_at_the_clock()

    def data_received(self, data: bytes) -> None:
        self._pending_bytes += len(data)
        super().data_received(data)
        if self._pending_bytes > HEAD_BYTES:
            self._cut()
        self._look_at_the_clock()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_begun, self._head_bytes, self._pending_bytes = True, 0, 0

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head_begun, self._pending_bytes = False, 0
        self._stop_the_clock()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._pending_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._pending_bytes = 0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._upgraded = True
        self._stop_the_clock()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """With the headers of all other answers."""
        text = msg.encode("ascii")
        own = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(text)),
            (b"connection", b"close"),
        ]
        headers = complete([*self.server_state.default_headers, *own])
        lines = [b"HTTP/1.1 400 Bad Request", *(b": ".join(pair) for pair in headers), b"", text]
        self.transport.write(b"\r\n".join(lines))
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_the_clock()
        super().connection_lost(exc)

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > HEAD_BYTES:
            raise HeadTooLarge

    def _look_at_the_clock(self) -> None:
        """Start it where a head is owed, stop it where none is."""
        answered = self.cycle is None or self.cycle.response_complete
        if self._upgraded or not (self._head_begun or answered):
            self._stop_the_clock()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(settings.WEB_HEAD_SECONDS, self._time_is_over)

    def _stop_the_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _time_is_over(self) -> None:
        self._deadline = None
        if self.flow.read_paused:
            self._look_at_the_clock()  # it is us who do not read
        else:
            self._cut()

    def _cut(self) -> None:
        """Without a word: who sends like this does not listen, and an answer may be under way."""
        self.transport.abort()
