"""Finishing what must be finished although somebody cancels."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog

T = TypeVar("T")

log = structlog.get_logger(__name__)


async def finish(work: Coroutine[Any, Any, T] | asyncio.Task[T], *, seconds: float) -> T:
    """Await `work` to its end, at most `seconds`, however often the caller is cancelled.

    A cancellation that came meanwhile is raised once the work is done (its error, if any, is then
    logged). When time is up the work itself is cancelled and TimeoutError raised.
    """
    task = work if isinstance(work, asyncio.Task) else asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    cancelled = False
    while not task.done() and loop.time() < deadline:
        try:
            await asyncio.wait({task}, timeout=deadline - loop.time())
        except asyncio.CancelledError:
            cancelled = True
    error: BaseException | None
    if not task.done():
        task.cancel()
        error = TimeoutError(f"{task.get_name()} did not finish within {seconds:g} s")
    else:
        error = None if task.cancelled() else task.exception()
    if cancelled:
        if error is not None:
            log.error("work_not_finished", error=repr(error))
        raise asyncio.CancelledError
    if isinstance(error, TimeoutError) and not task.done():
        raise error
    return task.result()


async def settle(ending: asyncio.Future[T]) -> None:
    """Until what ends soon has ended; a cancellation meanwhile is told to whatever is awaited next.

    So that whoever holds what was paid for can put it down first.
    """
    task = asyncio.current_task()
    assert task is not None, "a coroutine runs in a task"
    is_cancelled = False
    while not ending.done():
        try:
            await asyncio.wait({ending})
        except asyncio.CancelledError:
            is_cancelled = True
            task.uncancel()
    if is_cancelled:
        asyncio.get_running_loop().call_soon(task.cancel)


async def fail_with(task: asyncio.Task[None]) -> None:
    """Raise what `task` raises, but do not take it along when cancelled."""
    await asyncio.shield(task)


def heed_cancellation() -> None:
    """Raises CancelledError where this task was cancelled and something we awaited kept it quiet.

    `asyncio.wait_for` does before Python 3.12, when what it waits for is done in the same moment;
    redis-py sends every command through it. A task that misses its cancellation works on for ever.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def first_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error behind a TaskGroup's wrapping, so that callers can name what they catch."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
