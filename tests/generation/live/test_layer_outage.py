"""The layer of channels while its Redis stops and comes back: sockets hear again."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import RedisError

from config.embedded.binaries import redis_server
from generation.live.layer import OneReaderLayer
from tests.generation.live.test_layer import Listener, heard, listen, tell
from tests.waiting import until, wait_until


class OwnRedis:
    """A server that may be stopped: nobody else is at it. It keeps nothing."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", "0", "--unixsocket", str(self.path), "--save", ""]
        self._process = subprocess.Popen(
            [str(redis_server()), *options], stdout=subprocess.DEVNULL, cwd=self.path.parent
        )
        wait_until(self._answers)

    def _answers(self) -> bool:
        """Its socket is there before it listens."""
        try:
            with Redis(unix_socket_path=str(self.path)) as client:
                return bool(client.ping())
        except RedisAway:
            return False

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(100)
            self._process = None
        self.path.unlink(missing_ok=True)


@pytest.fixture
def redis() -> Iterator[OwnRedis]:
    with TemporaryDirectory(prefix="cairn-") as directory:
        server = OwnRedis(Path(directory))
        server.start()
        yield server
        server.stop()


@pytest.fixture
async def layer(redis: OwnRedis) -> AsyncIterator[OneReaderLayer]:
    layer = OneReaderLayer(hosts=[{"address": f"unix://{redis.path}", "socket_timeout": 20}])
    yield layer
    async with asyncio.timeout(60):
        await layer.close_pools()


async def begin_reading(layer: OneReaderLayer, redis: OwnRedis, sockets: int) -> list[Listener]:
    """They listen, and their reader waits inside Redis."""
    listeners = await listen(layer, sockets)
    with Redis(unix_socket_path=str(redis.path)) as observer:
        await until(lambda: "bzpopmin" in {one["cmd"] for one in observer.client_list()})
    return listeners


async def lose(redis: OwnRedis, listeners: list[Listener]) -> list[BaseException]:
    """Redis stops, and so every socket is told."""
    redis.stop()
    async with asyncio.timeout(100):
        told = await asyncio.gather(*(one.hears for one in listeners), return_exceptions=True)
    return [one for one in told if isinstance(one, BaseException)]


async def test_who_comes_after_an_outage_hears_though_the_reader_had_failed(
    layer: OneReaderLayer, redis: OwnRedis
) -> None:
    for seq in range(2):
        lost = await lose(redis, await begin_reading(layer, redis, 3))
        assert [isinstance(error, RedisError | OSError) for error in lost] == [True] * 3
        redis.start()
        listeners = await listen(layer, 3)
        await tell(layer, seq)
        assert [await heard(one) for one in listeners] == [seq] * 3


async def test_who_was_dropped_in_an_outage_hears_again_on_the_same_channel(
    layer: OneReaderLayer, redis: OwnRedis
) -> None:
    """What is sent to a channel, and not to a group, needs nothing but a reader."""
    dropped = await begin_reading(layer, redis, 2)
    await lose(redis, dropped)
    redis.start()
    back = [Listener(layer, one.channel) for one in dropped]
    for seq, one in enumerate(back):
        await layer.send(one.channel, {"type": "run.hint", "seq": seq})
    assert [await heard(one) for one in back] == [0, 1]


async def test_when_the_readers_connection_is_cut_one_socket_is_dropped_and_the_others_hear(
    layer: OneReaderLayer, redis: OwnRedis
) -> None:
    listeners = await begin_reading(layer, redis, 4)
    with Redis(unix_socket_path=str(redis.path)) as operator:
        operator.client_kill_filter(_type="normal", skipme=True)
    await until(lambda: any(one.hears.done() for one in listeners))
    dropped = [one for one in listeners if one.hears.done()]
    assert [type(one.hears.exception()) for one in dropped] == [RedisAway]
    await tell(layer, 5)
    assert [await heard(one) for one in listeners if one not in dropped] == [5] * 3
