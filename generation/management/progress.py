"""Saying, on stderr, that something is still waited for: a model may be silent for minutes."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Self, TextIO

from django.conf import settings

from generation.port.provider import Provider
from generation.providers.endpoints import OPENAI_URL, timeout_for
from generation.providers.gateway.repeating import pauses_told_to

# Between two looks of a terminal; and between two lines where nobody may be looking.
TERMINAL_SECONDS = 1.0
PIPE_SECONDS = 15.0
_CLEAR_LINE = "\r\x1b[K"


def planning(provider: Provider, *, show: Callable[[str], object] | None = None) -> Waiting:
    """While a model plans. Its first answer is the longest, and is not there until it is whole."""
    most = settings.LLM_TIMEOUT_SECONDS or timeout_for(settings.LLM_BASE_URL or OPENAI_URL)
    return Waiting(f"Planning with {provider.model}", most=most, show=show)


class Waiting(AbstractContextManager["Waiting"]):
    """Tells from a thread of its own how long it has been, and how long it may still be.

    On a terminal one line moves; in a pipe there is a line now and then. `most`: seconds an answer
    may take, and `limit` is what says so. `show` tells in another way than on stderr.
    """

    def __init__(
        self,
        what: str,
        *,
        most: float | None = None,
        limit: str = "LLM_TIMEOUT_SECONDS",
        show: Callable[[str], object] | None = None,
    ) -> None:
        self._what, self._most, self._limit = what, most, limit
        self._stream: TextIO = sys.stderr
        self._moves = show is not None or self._stream.isatty()
        self._show = show or (self._write_over if self._moves else self._write_line)
        self._over = show is None and self._moves
        self._done = threading.Event()
        self._began = time.monotonic()
        # Why nothing is asked just now.
        self._pause = ""
        self._listening = ExitStack()
        self._thread = threading.Thread(target=self._tell, name="tell progress", daemon=True)

    def __enter__(self) -> Self:
        self._listening.enter_context(pauses_told_to(self.pause))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listening.close()
        self.stop()

    def pause(self, why: str, seconds: float) -> None:
        """Nothing is asked for so long; then another attempt begins."""
        self._pause, self._began = why, time.monotonic() + seconds

    def restart(self) -> None:
        """One attempt is over, and another begins."""
        self._began = time.monotonic()

    def stop(self) -> None:
        """Say no more. May be called twice."""
        if self._done.is_set():
            return
        self._done.set()
        if self._thread is not threading.current_thread():
            self._thread.join()
        if self._over:
            self._try(lambda: self._stream.write(_CLEAR_LINE))

    def text(self) -> str:
        waited = time.monotonic() - self._began
        if waited < 0:
            return f"{self._what}: {self._pause} Asked again in {-waited:.0f} s"
        if self._most is None:
            return f"{self._what}: {waited:.0f} s"
        left = self._most - waited
        if left <= 0:
            return f"{self._what}: {waited:.0f} s, longer than {self._limit} allows; asked again"
        return f"{self._what}: {waited:.0f} s, at most {left:.0f} s more ({self._limit})"

    def _tell(self) -> None:
        pause = TERMINAL_SECONDS if self._moves else PIPE_SECONDS
        self._try(lambda: self._show(self.text()))
        while not self._done.wait(pause):
            self._try(lambda: self._show(self.text()))

    def _try(self, write: Callable[[], object]) -> None:
        try:
            write()
            self._stream.flush()
        except (OSError, ValueError):
            # Nobody reads it any more. The work itself goes on.
            self._done.set()

    def _write_over(self, text: str) -> None:
        self._stream.write(f"{_CLEAR_LINE}{text}")

    def _write_line(self, text: str) -> None:
        self._stream.write(f"{text}\n")
