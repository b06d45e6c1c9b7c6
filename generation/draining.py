"""Finishing what must be finished although somebody cancels."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def finish(work: Coroutine[Any, Any, T] | asyncio.Task[T], *, seconds: float) -> T:
    """Await `work` to its end, at most `seconds`, however often the caller is cancelled.

    A cancellation that came meanwhile is raised once the work is done. When time is up the work
    itself is cancelled and TimeoutError raised.
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
    if not task.done():
        task.cancel()
        raise TimeoutError(f"{task.get_name()} did not finish within {seconds:g} s")
    if cancelled and not task.cancelled():
        task.exception()  # seen: the cancellation says more
        raise asyncio.CancelledError
    return task.result()
