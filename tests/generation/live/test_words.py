"""The words of a tutorial on their way to the pages that have it open, over a real Redis."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.layers import get_channel_layer
from channels_redis.core import RedisChannelLayer
from pytest_django import Settings

from accounts.limits.sockets import close_open_places, open_places
from generation.live import watching
from generation.live.hints import close_channel_layer, group_of_words
from generation.live.telling import Telling
from generation.live.watching import list_watchers, watch_window
from generation.live.words import MOST_BYTES, Words

RUN, CONCEPT = uuid.UUID(int=5), 7
TEXT = "## One\n\nFirst words.\n\n## Two\n\nMore wor"


@pytest.fixture(autouse=True)
async def layer(
    redis_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RedisChannelLayer]:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.0)
    settings.LIMITS_REDIS_URL = redis_url
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "generation.live.layer.OneReaderLayer",
            "CONFIG": {"hosts": [redis_url]},
        }
    }
    found = get_channel_layer()
    assert isinstance(found, RedisChannelLayer)
    yield found
    redis: Any = found.connection(0)
    await redis.flushdb()
    await close_open_places()
    await close_channel_layer()


class Reader:
    """A page that has the concept open, seen from its socket."""

    def __init__(self, layer: RedisChannelLayer, channel: str, mark: str) -> None:
        self._layer, self._channel, self._mark = layer, channel, mark
        self.blocks: list[str] = []
        self.tail = ""

    @classmethod
    async def come(cls, layer: RedisChannelLayer, concept: int = CONCEPT) -> Reader:
        channel = await layer.new_channel()
        await layer.group_add(group_of_words(RUN, concept), channel)
        mark = await open_places().take([watch_window(RUN, concept)])
        assert mark is not None
        return cls(layer, channel, mark)

    async def leave(self) -> None:
        await open_places().give_back(self._mark)

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(30):
            message = await self._layer.receive(self._channel)
        assert message["type"] == "run.words"
        heard: dict[str, Any] = json.loads(message["text"])["words"]
        self.blocks[heard["first"] :] = heard["blocks"]
        self.tail = heard["tail"]
        return heard

    async def hears_nothing(self) -> bool:
        waiting = asyncio.create_task(self._layer.receive(self._channel))
        done, _ = await asyncio.wait({waiting}, timeout=0.3)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return not done


def read(said: str) -> str:
    return said


async def test_a_page_hears_the_closed_blocks_once_and_the_tail_again(
    layer: RedisChannelLayer,
) -> None:
    reader, telling = await Reader.come(layer), Words(RUN, CONCEPT, read)
    await telling.tell(TEXT)
    await reader.hear()
    assert reader.blocks == ['<h2 id="t-one">One</h2>\n', "<p>First words.</p>\n"]
    assert reader.tail == '<h2 id="t-two">Two</h2>\n<p>More wor</p>\n'
    await telling.tell(f"{TEXT}ds, and")
    heard = await reader.hear()
    assert (heard["first"], heard["blocks"]) == (2, [])
    assert reader.tail.endswith("<p>More words, and</p>\n")


async def test_who_comes_later_hears_all_of_it(layer: RedisChannelLayer) -> None:
    first, telling = await Reader.come(layer), Words(RUN, CONCEPT, read)
    await telling.tell(TEXT)
    await first.hear()
    second = await Reader.come(layer)
    await telling.tell(f"{TEXT}ds")
    await asyncio.gather(first.hear(), second.hear())
    assert (second.blocks, second.tail) == (first.blocks, first.tail)
    assert len(second.blocks) == 2


async def test_who_comes_while_the_model_is_silent_hears_what_it_said_before(
    layer: RedisChannelLayer,
) -> None:
    async with Telling(Words(RUN, CONCEPT, read).tell, pace=0, again=0.01) as telling:
        telling.said(TEXT)
        first = await Reader.come(layer)
        await first.hear()
        second = await Reader.come(layer)
        await second.hear()
        assert (second.blocks, second.tail) == (first.blocks, first.tail)


async def test_what_nobody_watches_is_neither_rendered_nor_sent(layer: RedisChannelLayer) -> None:
    """Also what is written of another concept, and after the last page has left."""
    asked: list[str] = []

    def note(said: str) -> str:
        asked.append(said)
        return said

    other = await Reader.come(layer, CONCEPT + 1)
    telling = Words(RUN, CONCEPT, note)
    await telling.tell(TEXT)
    reader = await Reader.come(layer)
    await reader.leave()
    await telling.tell(TEXT)
    assert asked == []
    assert await other.hears_nothing()
    assert await reader.hears_nothing()


async def test_a_mark_ends_by_itself(layer: RedisChannelLayer) -> None:
    """A web process that died renews nothing; nor does its mark stay in Redis."""
    await Reader.come(layer)
    assert len(await list_watchers(watch_window(RUN, CONCEPT))) == 1
    redis: Any = layer.connection(0)
    key = watch_window(RUN, CONCEPT).key
    [(name, ends)] = await redis.zrange(key, 0, -1, withscores=True)
    assert 0 < await redis.pttl(key) <= 30_000
    await redis.zadd(key, {name: ends - 31_000})
    assert await list_watchers(watch_window(RUN, CONCEPT)) == frozenset()


async def test_another_text_begins_with_a_name_of_its_own(layer: RedisChannelLayer) -> None:
    """A call that was repeated, or an answer that was sent back."""
    reader, telling = await Reader.come(layer), Words(RUN, CONCEPT, read)
    await telling.tell(TEXT)
    former = await reader.hear()
    await telling.tell("## Other\n\nWords\n")
    heard = await reader.hear()
    assert heard["text"] != former["text"]
    assert (heard["first"], heard["blocks"]) == (0, ['<h2 id="t-other">Other</h2>\n'])


async def test_nothing_is_sent_twice_nor_before_there_is_something(
    layer: RedisChannelLayer,
) -> None:
    reader, telling = await Reader.come(layer), Words(RUN, CONCEPT, read)
    await telling.tell("")
    await telling.tell(TEXT)
    await telling.tell(TEXT)
    await reader.hear()
    assert await reader.hears_nothing()


async def test_messages_are_bounded_and_what_is_too_large_is_left_to_the_stored_text(
    layer: RedisChannelLayer,
) -> None:
    reader, telling = await Reader.come(layer), Words(RUN, CONCEPT, read)
    paragraph = "word " * 2_000
    huge = "x" * (MOST_BYTES + 1)
    await telling.tell("\n\n".join([*[paragraph] * 12, huge, "The end", f"{huge}\n"]))
    heard = [await reader.hear()]
    while len(reader.blocks) < 14:
        heard.append(await reader.hear())
    assert len(heard) > 1
    assert max(len(json.dumps(one)) for one in heard) < 2 * MOST_BYTES
    assert reader.blocks[11].startswith("<p>word")
    assert (reader.blocks[12:], reader.tail) == (["", "<p>The end</p>\n"], "")


async def test_no_lane_and_no_connection_is_used(layer: RedisChannelLayer) -> None:
    """The test has no database: whoever asked for one here would fail."""
    reader = await Reader.come(layer)
    await Words(RUN, CONCEPT, read).tell(TEXT)
    assert (await reader.hear())["blocks"]
