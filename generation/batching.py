"""Collecting finished artifacts into batches. Pure asyncio, no database.

A batch is what one transaction writes: up to so many concepts, or whatever has come together
after so many seconds - whichever is first.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class FinishedQueue(Generic[T]):
    """A queue that can be closed: what was put before is still delivered, nothing comes after.

    `put` never waits, so that a finished (and paid) result cannot be lost to a cancellation; who
    puts is bounded by taking room *before* the work (see the pipeline).
    """

    def __init__(self) -> None:
        self._queue: asyncio.Queue[T | None] = asyncio.Queue()
        self._closed = False

    def put(self, item: T) -> None:
        if self._closed:
            raise RuntimeError("the queue is closed")
        self._queue.put_nowait(item)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._queue.put_nowait(None)

    async def get(self) -> T | None:
        """The next item; None when the queue is closed and empty."""
        return await self._queue.get()


async def collect_batches(
    queue: FinishedQueue[T],
    *,
    concept_of: Callable[[T], Hashable],
    max_concepts: int,
    max_seconds: float,
) -> AsyncIterator[list[T]]:
    """Yield batches until the queue is closed and empty.

    A batch is full when one more *concept* would exceed `max_concepts`; its clock starts with
    its first item.
    """
    loop = asyncio.get_running_loop()
    held: T | None = None
    open_ = True
    while open_ or held is not None:
        first = held if held is not None else await queue.get()
        held = None
        if first is None:
            return
        batch, concepts = [first], {concept_of(first)}
        deadline = loop.time() + max_seconds
        while True:
            item, open_ = await _next_before(queue, deadline)
            if item is None:
                break
            if concept_of(item) not in concepts and len(concepts) == max_concepts:
                held = item
                break
            batch.append(item)
            concepts.add(concept_of(item))
        yield batch


async def _next_before(queue: FinishedQueue[T], deadline: float) -> tuple[T | None, bool]:
    """(item, True), or (None, True) when time is up, or (None, False) when the queue is closed."""
    try:
        async with asyncio.timeout_at(deadline):
            item = await queue.get()
    except TimeoutError:
        return None, True
    return item, item is not None
