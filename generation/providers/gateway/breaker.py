"""Once the server has refused for good, nobody asks it again through the same gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

from stamina import Attempt

from generation.port.errors import SystemicError

R = TypeVar("R")


class Breaker:
    """Belongs to one event loop. What has been sent is seen to its end; what waits ends at once."""

    def __init__(self) -> None:
        self._opened = asyncio.Event()
        self._error: SystemicError | None = None

    def open(self, error: SystemicError) -> None:
        """The first refusal is the reason everybody is told."""
        self._error = self._error or error
        self._opened.set()

    def check(self) -> None:
        """Raises the refusal, where there was one."""
        if self._error is not None:
            raise SystemicError(str(self._error), detail=self._error.detail)

    async def race(
        self, waiting: Coroutine[Any, Any, R], *, undo: Callable[[], object] = lambda: None
    ) -> R:
        """Wait for something, but not past a refusal.

        `undo` gives back what came in the very moment in which nobody wanted it any more.
        """
        first = asyncio.ensure_future(waiting)
        opened = asyncio.ensure_future(self._opened.wait())
        is_wanted = False
        try:
            await asyncio.wait({first, opened}, return_when=asyncio.FIRST_COMPLETED)
            self.check()
            is_wanted = True
            return first.result()
        finally:
            for task in (first, opened):
                task.cancel()
            await asyncio.gather(first, opened, return_exceptions=True)
            if not is_wanted and not first.cancelled() and first.exception() is None:
                undo()

    async def attempts(self, attempts: AsyncIterator[Attempt]) -> AsyncIterator[Attempt]:
        """The same attempts; the pauses between them end with a refusal."""
        while (attempt := await self.race(_next(attempts))) is not None:
            yield attempt


async def _next(attempts: AsyncIterator[Attempt]) -> Attempt | None:
    return await anext(attempts, None)
