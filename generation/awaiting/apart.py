"""Work that may take long, in a thread of its own: the event loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from generation.awaiting.draining import settle

P = ParamSpec("P")
R = TypeVar("R")


async def apart(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What pure code makes of plain data. It must not touch the database: the thread has no seat.

    One thread a process: several would only take turns, and the loop would wait for each of them.
    What has begun is seen to its end, for it may have been paid for: a cancellation meanwhile is
    told to whatever is waited for next.
    """
    context = contextvars.copy_context()
    begun = _pool(os.getpid()).submit(context.run, functools.partial(work, *args, **kwargs))
    done = asyncio.wrap_future(begun)
    await settle(done)
    return done.result()


@functools.cache
def _pool(_process: int) -> ThreadPoolExecutor:
    """A forked child has none of its parent's threads."""
    return ThreadPoolExecutor(1, "apart")
