"""Silence is measured in words of an answer: not in bytes, comments or empty pieces."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from concepts.content import QuizContent
from generation.port.calls import ModelCall
from generation.port.errors import TransientError
from generation.providers.gateway import opening, repeating
from generation.providers.gateway.opening import open_gateway
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import ModelServer
from tests.generation.providers.gateway.received import Received
from tests.generation.providers.gateway.test_envelopes import answer_of

pytestmark = pytest.mark.slow

SECONDS = 1.0


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeating, "ATTEMPTS", 1)


def delta(**said: object) -> bytes:
    return b"data: " + json.dumps({"choices": [{"delta": said}]}).encode() + b"\n\n"


SIGNS = {
    "comments": b": ping\n\n",
    "empty events": b"data: {}\n\n",
    "events without data": b"event: ping\n\n",
    "a role": delta(role="assistant"),
    "nothing": delta(content=""),
    "null": delta(content=None),
    "white space": delta(content=" \n"),
    "no choices": b'data: {"choices": []}\n\n',
    "figures": b'data: {"choices": [], "usage": {"prompt_tokens": 5}}\n\n',
    "half a line": b"da",
}


def for_ever(*pieces: bytes) -> Iterator[bytes]:
    yield answer_of(b"", "Content-Type: text/event-stream")
    yield from pieces[:-1]
    while True:
        yield pieces[-1]
        yield b""


def endless_heads(begin: bytes) -> Iterator[bytes]:
    yield begin
    while True:
        yield b"X-Wait: 1\r\n" if begin else b""
        yield b""


SILENCES: dict[str, Callable[[], Iterator[bytes]]] = {
    **{f"{sign} from the beginning": partial(for_ever, said) for sign, said in SIGNS.items()},
    **{
        f"{sign} after a word": partial(for_ever, delta(content="Bees"), said)
        for sign, said in SIGNS.items()
    },
    "nothing at all": partial(endless_heads, b""),
    "heads without an end": partial(endless_heads, b"HTTP/1.1 200 Answer\r\n"),
}


async def test_signs_of_life_without_a_word_are_silence(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All at once, for each takes the whole time. The overall limit of a stream, ten times as long,
    is taken away: what ends it is silence."""
    monkeypatch.setattr(opening, "STREAM_PATIENCE", 1_000.0)
    kinds = list(SILENCES)
    server.raw = lambda request: SILENCES[kinds[lesson_of(request)]]()

    async def listen(number: int) -> str:
        async with open_gateway(endpoint_of(server, timeout_seconds=SECONDS)) as gateway:
            try:
                await gateway.write_text(prompt_for("tutorial", number))
            except TransientError as error:
                return str(error)
        return "an answer"

    told = await asyncio.gather(*map(listen, range(len(kinds))))
    heard = {
        kind: said
        for kind, said in zip(kinds, told, strict=True)
        if "did not answer in time" not in said
    }
    assert heard == {}


def lesson_of(request: Received) -> int:
    """Its number, as `prompt_for` gives it."""
    return int(request.text.rsplit("lesson ", 1)[1].split(".")[0])


def slowly(pieces: list[bytes], seconds: float) -> Iterator[bytes]:
    """Each after so long, with comments between."""
    yield answer_of(b"", "Content-Type: text/event-stream")
    for piece in pieces:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            yield b": still here\n\n"
            yield b""
        yield piece


async def test_whoever_says_a_word_in_time_may_be_slow(server: ModelServer) -> None:
    """Much longer in all than it may be silent. Thoughts are words, too, of nobody's answer."""
    words = ({"content": "bee "}, {"reasoning_content": "hm "})

    def speak(request: Received) -> Iterator[bytes]:
        word = words[lesson_of(request)]
        pieces = [*([delta(**word)] * 4), delta(content="Done."), b"data: [DONE]\n\n"]
        return slowly(pieces, 0.6)

    server.raw = speak
    async with open_gateway(endpoint_of(server, timeout_seconds=1.5)) as gateway:
        answers = await asyncio.gather(
            *(gateway.write_text(prompt_for("tutorial", number)) for number in range(len(words)))
        )
    assert [answer.content for answer in answers] == ["bee " * 4 + "Done.", "Done."]


async def test_what_is_whole_is_used_though_the_stream_stays_open(server: ModelServer) -> None:
    """The reason for its end has come; the last line never does."""
    end = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\n'
    server.raw = lambda _request: for_ever(delta(content="Bees dance."), end, b": ping\n\n")
    async with open_gateway(endpoint_of(server, timeout_seconds=SECONDS)) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial"))).content == "Bees dance."


async def test_a_stream_that_fell_silent_has_cost_what_it_told(server: ModelServer) -> None:
    told: list[ModelCall] = []
    figures = b'data: {"choices": [], "usage": {"prompt_tokens": 30, "completion_tokens": 4}}\n\n'
    server.raw = lambda _request: for_ever(delta(content="Bees"), figures, b": ping\n\n")
    endpoint = endpoint_of(server, timeout_seconds=SECONDS)
    async with open_gateway(endpoint, on_call=told.append) as gateway:
        with pytest.raises(TransientError):
            await gateway.write_text(prompt_for("tutorial"))
    assert [(call.tokens_in, call.tokens_out) for call in told] == [(30, 4)]


async def test_an_object_has_its_time_whatever_comes_before_it(server: ModelServer) -> None:
    """Some send spaces to keep a connection open."""

    def spaces(_request: Received) -> Iterator[bytes]:
        yield answer_of(b"", "Content-Type: application/json")
        while True:
            yield b" "
            yield b""

    server.raw = spaces
    async with open_gateway(endpoint_of(server, timeout_seconds=SECONDS)) as gateway:
        with pytest.raises(TransientError, match="did not answer in time"):
            await gateway.write_object(prompt_for("quiz"), QuizContent)
