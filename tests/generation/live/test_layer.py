"""The layer of channels over a real Redis: what sockets hear, and what waiting costs them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisAway

from generation.live.layer import OneReaderLayer

GROUP = "run.1"


@pytest.fixture
async def layer(redis_url: str) -> AsyncIterator[OneReaderLayer]:
    layer = OneReaderLayer(hosts=[{"address": redis_url, "socket_timeout": 20}])
    yield layer
    await layer.flush()


class Listener:
    """A socket's side: its channel, and the task that waits for what comes next."""

    def __init__(self, layer: OneReaderLayer, channel: str) -> None:
        self.channel = channel
        self.hears = asyncio.create_task(layer.receive(channel))

    async def leave(self) -> None:
        self.hears.cancel()
        await asyncio.gather(self.hears, return_exceptions=True)


async def listen(layer: OneReaderLayer, sockets: int) -> list[Listener]:
    listeners = [Listener(layer, await layer.new_channel()) for _ in range(sockets)]
    for one in listeners:
        await layer.group_add(GROUP, one.channel)
    return listeners


async def heard(listener: Listener) -> Any:
    async with asyncio.timeout(30):
        return (await listener.hears)["seq"]


async def tell(layer: OneReaderLayer, seq: int) -> None:
    await layer.group_send(GROUP, {"type": "run.hint", "seq": seq})


async def test_however_many_sockets_wait_one_task_reads_for_them(layer: OneReaderLayer) -> None:
    before = len(asyncio.all_tasks())
    listeners = await listen(layer, 20)
    assert len(asyncio.all_tasks()) == before + len(listeners) + 1
    assert not layer.receive_buffer
    for one in listeners:
        await one.leave()


async def test_everybody_of_a_group_hears_what_it_is_told(layer: OneReaderLayer) -> None:
    listeners = await listen(layer, 5)
    await tell(layer, 7)
    assert [await heard(one) for one in listeners] == [7] * 5


async def test_what_comes_while_a_socket_is_busy_is_heard_in_its_order(
    layer: OneReaderLayer,
) -> None:
    busy, other = await listen(layer, 2)
    for seq in range(4):
        await tell(layer, seq)
        assert await heard(other) == seq
        other = Listener(layer, other.channel)
    assert await heard(busy) == 0
    assert [(await layer.receive(busy.channel))["seq"] for _ in range(3)] == [1, 2, 3]
    await other.leave()
    assert not layer.receive_buffer


async def test_who_leaves_takes_the_hints_of_nobody(layer: OneReaderLayer) -> None:
    first, second, third = await listen(layer, 3)
    await first.leave()
    await third.leave()
    await tell(layer, 9)
    assert await heard(second) == 9


async def test_when_the_last_socket_left_nothing_reads(layer: OneReaderLayer) -> None:
    before = asyncio.all_tasks()
    for _ in range(3):
        for one in await listen(layer, 2):
            await one.leave()
    left = asyncio.all_tasks() - before
    async with asyncio.timeout(30):
        await asyncio.gather(*left, return_exceptions=True)
    assert asyncio.all_tasks() == before


async def test_a_failure_drops_one_socket_and_the_others_hear_on(
    layer: OneReaderLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads, failures = layer.receive_single, [RedisAway("gone"), RedisAway("gone")]

    async def fail_first(channel: str) -> Any:
        if failures:
            raise failures.pop()
        return await reads(channel)

    monkeypatch.setattr(layer, "receive_single", fail_first)
    listeners = await listen(layer, 5)
    async with asyncio.timeout(30):
        while sum(one.hears.done() for one in listeners) < 2:
            await asyncio.wait([one.hears for one in listeners if not one.hears.done()], timeout=1)
    dropped = [one for one in listeners if one.hears.done()]
    assert [type(one.hears.exception()) for one in dropped] == [RedisAway] * 2
    await tell(layer, 3)
    assert [await heard(one) for one in listeners if one not in dropped] == [3] * 3


async def test_without_redis_every_socket_is_told(
    layer: OneReaderLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_channel: str) -> Any:
        raise RedisAway("gone")

    listeners = await listen(layer, 5)
    for one in listeners:
        await one.leave()
    monkeypatch.setattr(layer, "receive_single", fail)
    waiting = [Listener(layer, one.channel).hears for one in listeners]
    async with asyncio.timeout(30):
        told = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(error) for error in told] == [RedisAway] * 5
