"""Who hears a stream while it is read: each piece as it comes, before pieces are joined. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from generation.port.listening import NOBODY, Listener

_LISTENER: ContextVar[Listener] = ContextVar("listener", default=NOBODY)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Whoever listens to the streams that are read in this context."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


class Hearing:
    """Of one stream, from its beginning."""

    def __init__(self) -> None:
        self._listener, self._said = _LISTENER.get(), ""

    def add(self, text: str) -> None:
        if text and self._listener is not NOBODY:
            self._said += text
            self._listener.said(self._said)
