from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.puller.batching import FinishedQueue, collect_batches

# A concept's name, with a number for its artifact: "a1".
Item = str

deterministic = settings(derandomize=True, deadline=None)
items = st.lists(st.sampled_from("abcde"), max_size=40).map(
    lambda concepts: [f"{concept}{place}" for place, concept in enumerate(concepts)]
)


def queue_of(*finished: Item) -> FinishedQueue[Item]:
    queue: FinishedQueue[Item] = FinishedQueue()
    for item in finished:
        queue.put(item)
    return queue


def batches_of(
    queue: FinishedQueue[Item], *, concepts: int = 2, seconds: float = 60
) -> AsyncIterator[list[Item]]:
    return collect_batches(
        queue, concept_of=lambda item: item[0], max_concepts=concepts, max_seconds=seconds
    )


async def collect(finished: Iterable[Item], *, concepts: int) -> list[list[Item]]:
    """The batches of what was put before the queue was closed."""
    queue = queue_of(*finished)
    queue.close()
    return [batch async for batch in batches_of(queue, concepts=concepts)]


async def test_a_batch_is_full_by_concepts_not_by_artifacts() -> None:
    batches = await collect(["a1", "b1", "a2", "b2", "a3", "c1", "b3"], concepts=2)
    assert batches == [["a1", "b1", "a2", "b2", "a3"], ["c1", "b3"]]


async def test_with_one_concept_a_batch_every_change_opens_the_next() -> None:
    assert await collect(["a1", "a2", "b1", "a3"], concepts=1) == [["a1", "a2"], ["b1"], ["a3"]]


async def test_a_batch_that_is_not_full_is_delivered_when_its_time_is_up() -> None:
    queue = queue_of("a1", "a2")
    batches = batches_of(queue, concepts=16, seconds=0)
    assert await anext(batches) == ["a1", "a2"]


async def test_the_clock_of_a_batch_starts_with_its_first_item(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many come after it."""
    now = 1_000.0
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now)
    queue = queue_of("a1")
    batch = asyncio.ensure_future(anext(batches_of(queue, concepts=16, seconds=60)))
    await let_all_run()
    now += 40
    queue.put("a2")
    await let_all_run()
    assert not batch.done()
    now += 21
    await let_all_run()
    assert batch.done()
    assert await batch == ["a1", "a2"]


async def let_all_run() -> None:
    """Each goes on as far as it can without the clock."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_after_its_time_the_next_batch_begins_anew() -> None:
    queue = queue_of("a1")
    batches = batches_of(queue, concepts=16, seconds=0)
    await anext(batches)
    queue.put("a2")
    assert await anext(batches) == ["a2"]


async def test_an_item_over_the_limit_waits_no_longer_than_the_others() -> None:
    queue = queue_of("a1", "b1", "c1")
    batches = batches_of(queue, concepts=2, seconds=0.001)
    assert [await anext(batches), await anext(batches)] == [["a1", "b1"], ["c1"]]


async def test_a_full_batch_does_not_wait_for_its_time() -> None:
    async with asyncio.timeout(10):
        assert await anext(batches_of(queue_of("a1", "b1", "c1"), seconds=3_600)) == ["a1", "b1"]


async def test_closing_delivers_what_was_put() -> None:
    assert await collect(["a1"], concepts=16) == [["a1"]]


async def test_closing_ends_a_batch_that_is_waiting() -> None:
    queue = queue_of("a1")
    asyncio.get_running_loop().call_soon(queue.close)
    async with asyncio.timeout(10):
        assert [batch async for batch in batches_of(queue, seconds=3_600)] == [["a1"]]


async def test_a_closed_and_empty_queue_has_no_batches() -> None:
    assert await collect([], concepts=2) == []


async def test_nothing_is_put_after_closing() -> None:
    queue = queue_of("a1")
    queue.close()
    with pytest.raises(RuntimeError, match="the queue is closed"):
        queue.put("a2")


async def test_closing_twice_is_closing_once() -> None:
    queue = queue_of("a1")
    queue.close()
    queue.close()
    assert [batch async for batch in batches_of(queue)] == [["a1"]]


@deterministic
@given(finished=items, concepts=st.integers(1, 6))
async def test_nothing_is_lost_doubled_or_moved(finished: list[Item], concepts: int) -> None:
    batches = await collect(finished, concepts=concepts)
    assert [item for batch in batches for item in batch] == finished


@deterministic
@given(finished=items, concepts=st.integers(1, 6))
async def test_every_batch_but_the_last_is_full_and_none_is_overfull(
    finished: list[Item], concepts: int
) -> None:
    batches = await collect(finished, concepts=concepts)
    sizes = [len({item[0] for item in batch}) for batch in batches]
    assert all(size == concepts for size in sizes[:-1])
    assert all(size <= concepts for size in sizes[-1:])


@deterministic
@given(finished=items, pauses=st.sets(st.integers(0, 40)), concepts=st.integers(1, 3))
async def test_nothing_is_lost_or_doubled_where_time_runs_out(
    finished: list[Item], pauses: set[int], concepts: int
) -> None:
    queue = queue_of()

    async def put_all() -> None:
        for place, item in enumerate(finished):
            if place in pauses:
                await asyncio.sleep(0)
            queue.put(item)
        queue.close()

    async with asyncio.TaskGroup() as group:
        group.create_task(put_all())
        batches = [batch async for batch in batches_of(queue, concepts=concepts, seconds=0)]
    assert [item for batch in batches for item in batch] == finished


async def test_a_closed_queue_says_so_to_everybody_who_asks() -> None:
    queue: FinishedQueue[int] = FinishedQueue()
    queue.close()
    assert [await queue.get(), await queue.get()] == [None, None]
