"""How far behind the model the words of a tutorial are that somebody reads while it is written.

A model's server says 80 tokens a second, each of them numbered. They go through the gateway, the
thread that renders, and Redis, to where a web process reads what it hands on to its sockets. For
each number the time is taken from when the server sent it to when HTML with it arrived. One lesson
is watched, beside others that are written at the same time. Best of three: what is asserted holds
on a machine that has time for a server, a writer and a reader in one process.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from channels.layers import get_channel_layer
from django.test import override_settings

from accounts.limits.sockets import close_open_places, open_places
from config.embedded import Redis
from generation.live.hints import close_channel_layer, group_of_words
from generation.live.telling import Telling
from generation.live.watching import watch_window
from generation.live.words import Words
from generation.providers.dialogue import Prompt
from generation.providers.gateway.opening import open_gateway
from generation.providers.openai.unwrapping import growing_tutorial
from tests.generation.providers.gateway.conftest import endpoint_of
from tests.generation.providers.gateway.model_server import ModelServer
from tests.generation.providers.gateway.received import Received

TOKENS_A_SECOND = 80
TOKENS = 600
CALLS = 4
MOST_P95_SECONDS = 0.5
ROUNDS = 3
RUN, WATCHED = uuid.UUID(int=1), 1
_NUMBER = re.compile(r"\bw(\d+)x")


def main() -> dict[str, Any]:
    rounds: list[list[float]] = []
    with _redis() as url, override_settings(**_settings(url)):
        while len(rounds) < ROUNDS and min(map(_p95, rounds), default=9.0) > MOST_P95_SECONDS:
            rounds.append(asyncio.run(_measure()))
    lags = min(rounds, key=_p95)
    p95 = _p95(lags)
    assert len(lags) > TOKENS * 0.95, len(lags)
    assert p95 <= MOST_P95_SECONDS, list(map(_p95, rounds))
    return {
        "tokens_a_second": TOKENS_A_SECOND,
        "calls_at_once": CALLS,
        "tokens": len(lags),
        "lag_median_seconds": round(statistics.median(lags), 3),
        "lag_p95_seconds": round(p95, 3),
        "lag_most_seconds": round(max(lags), 3),
    }


def _p95(lags: list[float]) -> float:
    return statistics.quantiles(lags, n=20)[-1]


@contextmanager
def _redis() -> Iterator[str]:
    with TemporaryDirectory() as directory:
        redis = Redis(Path(directory))
        redis.join()
        try:
            yield redis.url
        finally:
            redis.leave()


def _settings(url: str) -> dict[str, Any]:
    layer = {
        "BACKEND": "generation.live.layer.OneReaderLayer",
        "CONFIG": {"hosts": [{"address": url, "socket_timeout": 20}]},
    }
    return {"LIMITS_REDIS_URL": url, "REDIS_URL": url, "CHANNEL_LAYERS": {"default": layer}}


class _Clock:
    """When the server said each token of the call that is watched."""

    def __init__(self) -> None:
        self.said: dict[int, float] = {}
        self._began: dict[int, float] = {}

    def may_say(self, request: Received, number: int) -> bool:
        began = self._began.setdefault(id(request), time.monotonic())
        if time.monotonic() < began + number / TOKENS_A_SECOND:
            return False
        if f"lesson {WATCHED}." in request.text:
            self.said.setdefault(number, time.monotonic())
        return True


def _one_token_each(_events: list[str]) -> list[str]:
    """Numbered words in paragraphs, between our marks."""
    ends = ("\n\n" if number % 60 == 0 else " " for number in range(TOKENS))
    words = (f"w{number}x{end}" for number, end in enumerate(ends))
    pieces = ["=== tutorial ===\n", "## One\n\n", *words, "\n=== end ===\n"]
    chunks = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    return [f"data: {json.dumps(one)}" for one in (*chunks, end)] + ["data: [DONE]"]


async def _measure() -> list[float]:
    clock = _Clock()
    with ModelServer(goes_on=clock.may_say, events=_one_token_each) as server:
        reading = asyncio.create_task(_read())
        await asyncio.sleep(0)
        async with open_gateway(endpoint_of(server, concurrency=CALLS)) as gateway:
            await asyncio.gather(*(_write(gateway, number) for number in range(1, CALLS + 1)))
        await asyncio.sleep(1)
        reading.cancel()
        seen = (await asyncio.gather(reading, return_exceptions=True))[0]
    await close_open_places()
    await close_channel_layer()
    assert isinstance(seen, dict)
    # The two pieces before the first word have numbers, too.
    return [at - clock.said[number + 2] for number, at in seen.items() if number + 2 in clock.said]


async def _write(gateway: Any, number: int) -> None:
    words = Words(RUN, number, partial(growing_tutorial, title="A lesson"))
    prompt = Prompt("tutorial", "tutorial-1", "You write.", f"Write lesson {number}.", 8_000)
    async with Telling(words.tell) as telling:
        await gateway.write_text(prompt, telling)


async def _read() -> dict[int, float]:
    """When each number was in a frame for the first time, until it is told to stop."""
    layer: Any = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(group_of_words(RUN, WATCHED), channel)
    await open_places().take([watch_window(RUN, WATCHED)])
    seen: dict[int, float] = {}
    try:
        while True:
            message = await layer.receive(channel)
            now = time.monotonic()
            for found in _NUMBER.finditer(message["text"]):
                seen.setdefault(int(found[1]), now)
    except asyncio.CancelledError:
        return seen
