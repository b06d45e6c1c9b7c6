"""Signals that end a task: they cancel its event loop, so that it saves before it ends.

Celery's own handlers raise in the main thread at any bytecode: between two steps of a coroutine,
inside asyncio, under somebody's `except Exception`. These only ask.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded

SOFT_LIMIT = signal.SIGUSR1
# SIGQUIT is what a worker that is told to stop sends its children.
SIGNALS = (signal.SIGTERM, signal.SIGQUIT, SOFT_LIMIT)


class Stop:
    """What has asked the loop of this process to end, if anything has."""

    def __init__(self) -> None:
        self._number: int | None = None

    def __bool__(self) -> bool:
        return self._number is not None

    def error(self) -> BaseException:
        """How the caller learns of it: Celery tells a task past its limit from one ended."""
        assert self._number is not None
        if self._number == SOFT_LIMIT:
            return SoftTimeLimitExceeded()
        return SystemExit(128 + self._number)

    @contextlib.contextmanager
    def cancels_this_task(self) -> Iterator[None]:
        """Listen while the block runs; in the main thread only, where Python delivers signals."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def ask(number: int, _frame: Any) -> None:
            self._number = self._number or number
            loop.call_soon_threadsafe(task.cancel)  # as asyncio itself does for SIGINT

        with contextlib.ExitStack() as stack:
            for number in filter(_is_ours, SIGNALS):
                stack.enter_context(_handler(number, ask))
            yield


def _is_ours(number: signal.Signals) -> bool:
    """SIGTERM always; the others mean something else to processes that do not listen already."""
    return number == signal.SIGTERM or callable(signal.getsignal(number))


@contextlib.contextmanager
def _handler(number: signal.Signals, handler: Callable[[int, Any], object]) -> Iterator[None]:
    try:
        before = signal.signal(number, handler)
    except ValueError:
        yield  # not the main thread: whoever started us handles signals
        return
    try:
        yield
    finally:
        signal.signal(number, before)
