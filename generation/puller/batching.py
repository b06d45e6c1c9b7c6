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
        item = await self._queue.get()
        if item is None:
            self._queue.put_nowait(None)  # for whoever asks again
        return item

    def take_waiting(self) -> list[T]:
        """What else is there already."""
        waiting: list[T] = []
        while not self._queue.empty():
            item = self._queue.get_nowait()
            if item is None:
                self._queue.put_nowait(None)
                break
            waiting.append(item)
        return waiting


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
    held: T | None = None
    closed = False
    while not closed:
        first = await queue.get() if held is None else held
        if first is None:
            return
        batch, concepts, held = [first], {concept_of(first)}, None
        deadline = asyncio.get_running_loop().time() + max_seconds
        while held is None:
            try:
                async with asyncio.timeout_at(deadline):
                    item = await queue.get()
            except TimeoutError:
                break
            if item is None:
                closed = True
                break
            if concept_of(item) in concepts or len(concepts) < max_concepts:
                batch.append(item)
                concepts.add(concept_of(item))
            else:
                held = item
        yield batch
