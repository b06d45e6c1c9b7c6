"""A plan while it is being made, on its way to the pages that wait for it, over a real Redis."""

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
from generation.live import drawing, watching
from generation.live.drawing import MOST_BYTES, Drawing, describe_drawing
from generation.live.hints import close_channel_layer, group_of_plan
from generation.live.watching import plan_window
from generation.port.skeleton_reading import Parsed
from generation.providers.openai.plan_judging import growing_skeleton
from roadmaps.text import without_invisible

RUN = uuid.UUID(int=5)
HEAD = "verdict: roadmap\ntitle: Knots\nlanguage: de\nlevel: beginner\n"
BEGUN = f"{HEAD}## Ropes\n### Loops\n- Bight\n- Round tu"
REST = "summary: Secret words.\nassumptions: You have a rope; and time\n"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</li></ol><iframe>",
    "&lt;b&gt;",
    "\u202egnp.exe",
    "{{ 7 * 7 }}",
)


def lines(message: str) -> list[list[Any]]:
    told: list[list[Any]] = json.loads(message)["plan"]["lines"] if message else []
    return told


def drawn(said: str) -> list[list[Any]]:
    return lines(describe_drawing(growing_skeleton(said)))


def test_whole_lines_are_shown_each_as_deep_as_it_lies() -> None:
    assert drawn(BEGUN) == [[0, "Ropes"], [1, "Loops"], [2, "Bight"]]
    assert drawn(f"{BEGUN}rn\n## Rescue\n")[3:] == [[2, "Round turn"], [0, "Rescue"]]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "verdict: roadmap",
        HEAD,
        f"{HEAD}## Ropes",
        "<think>\n## A draft\n### of it\n- all\n",
        f"<think>\n## A draft\n</think>\n{HEAD}",
        "◁think▷\n## A draft\n### of it\n- all\n",
        "<|channel|>analysis<|message|>\n## A draft\n### of it\n- all\n",
        "verdict: unclear\nsuggestions: Knots; Ropes\n",
        "Sure, here is\na plan of all you need.\n",
    ],
)
def test_what_is_no_plan_yet_is_not_shown(said: str) -> None:
    assert describe_drawing(growing_skeleton(said)) == ""


def test_the_message_holds_titles_and_nothing_else_that_was_said() -> None:
    said = f"Some prose.\n{BEGUN}rn\n{REST}Goodbye.\n"
    message = describe_drawing(growing_skeleton(said))
    assert json.loads(message) == {
        "plan": {
            "language": "de",
            "lines": [[0, "Ropes"], [1, "Loops"], [2, "Bight"], [2, "Round turn"]],
        }
    }


def test_a_message_is_bounded_whatever_a_model_says() -> None:
    wide, quoted = "绳" * 290, '"' * 290
    much = "".join(f"## {wide} {n}\n### M {n}\n- {quoted} {n}\n" for n in range(4_000))
    message = describe_drawing(growing_skeleton(HEAD + much))
    assert 50 < len(lines(message)) < 300
    assert len(message.encode()) < MOST_BYTES + 200
    long = describe_drawing(growing_skeleton(f"{HEAD}## {'x' * 5_000}\n## Short\n"))
    assert max(len(title) for _, title in lines(long)) <= 300


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_carried_as_the_text_it_is(title: str) -> None:
    """It is JSON on its way, and a script puts it on the page as text; what turns a text around is
    left out."""
    assert drawn(f"{HEAD}## Ropes\n### Loops\n- {title}\n")[2:] == [[2, without_invisible(title)]]


def test_a_language_nobody_knows_is_none() -> None:
    message = describe_drawing(growing_skeleton('language: "><b>\n## Ropes\n### Loops\n- Bight\n'))
    assert json.loads(message)["plan"]["language"] == ""


@pytest.fixture
async def layer(
    redis_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RedisChannelLayer]:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.0)
    settings.LIMITS_REDIS_URL = redis_url
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "generation.live.layer.OneReaderLayer",
            "CONFIG": {"hosts": [{"address": redis_url, "socket_timeout": 20}]},
        }
    }
    found = get_channel_layer()
    assert isinstance(found, RedisChannelLayer)
    yield found
    redis: Any = found.connection(0)
    await redis.flushdb()
    await close_open_places()
    await close_channel_layer()


class Watcher:
    """A page without a plan, seen from its socket."""

    def __init__(self, layer: RedisChannelLayer, channel: str, mark: str) -> None:
        self._layer, self._channel, self._mark = layer, channel, mark

    @classmethod
    async def come(cls, layer: RedisChannelLayer) -> Watcher:
        channel = await layer.new_channel()
        await layer.group_add(group_of_plan(RUN), channel)
        mark = await open_places().take([plan_window(RUN)])
        assert mark is not None
        return cls(layer, channel, mark)

    async def leave(self) -> None:
        await open_places().give_back(self._mark)

    async def hear(self) -> list[list[Any]]:
        async with asyncio.timeout(30):
            message = await self._layer.receive(self._channel)
        return lines(message["text"])


async def test_a_page_hears_the_plan_grow_and_nothing_twice(layer: RedisChannelLayer) -> None:
    watcher, telling = await Watcher.come(layer), Drawing(RUN, growing_skeleton)
    await telling.tell(HEAD)
    for said in (BEGUN, BEGUN, f"{BEGUN}rn", f"{BEGUN}rn\n"):
        await telling.tell(said)
    assert [len(await watcher.hear()), len(await watcher.hear())] == [3, 4]
    second = await Watcher.come(layer)
    await telling.tell(f"{BEGUN}rn\n")
    assert len(await second.hear()) == 4


async def test_what_nobody_watches_is_neither_read_nor_sent(
    layer: RedisChannelLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    sent: list[str] = []

    async def send(_group: str, text: str) -> None:
        sent.append(text)

    def note(said: str) -> Parsed:
        read.append(said)
        return growing_skeleton(said)

    monkeypatch.setattr(drawing, "send_text", send)
    telling = Drawing(RUN, note)
    await telling.tell(BEGUN)
    watcher = await Watcher.come(layer)
    await watcher.leave()
    await telling.tell(BEGUN)
    assert (read, sent) == ([], [])
    await Watcher.come(layer)
    await telling.tell(BEGUN)
    assert (len(read), len(sent)) == (1, 1)
