"""What a server may send is bounded in bytes, unpacked ones too, before anybody reads it."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from concepts.content import QuizContent
from generation.port.errors import CutOffError, ProviderError, SystemicError
from generation.port.listening import NOBODY, Listener
from generation.port.spent import Spent
from generation.providers.dialogue import Answer, M, Prompt
from generation.providers.gateway import repeating
from generation.providers.gateway.opening import open_gateway
from generation.providers.openai.memory import MAX_BYTES, RememberingGateway
from tests.generation.providers.gateway.conftest import NO_REDIS, endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import ModelServer
from tests.generation.providers.gateway.test_envelopes import answer_of

ROOT = Path(__file__).parents[4]
SCRIPT = Path(__file__).with_name("measured_process.py")
# All that one answer may cost a process, whatever was sent.
LIMIT_MIB = 120
MIB = 2**20
# More than enough to be told from what is allowed.
SENT_MIB = 1_024


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeating, "ATTEMPTS", 1)


def head(*headers: str, status: int = 200) -> bytes:
    return answer_of(b"", *headers, status=status)


def endless_text() -> Iterator[bytes]:
    yield head("Content-Type: application/json") + b'{"choices": [{"message": {"content": "'
    for _ in range(SENT_MIB):
        yield b"b" * MIB


def endless_line() -> Iterator[bytes]:
    yield head("Content-Type: text/event-stream") + b"data: "
    for _ in range(SENT_MIB):
        yield b"b" * MIB


def endless_words() -> Iterator[bytes]:
    """A model that never stops, before a server that lets it."""
    yield head("Content-Type: text/event-stream")
    event = b'data: {"choices": [{"delta": {"content": "%b"}}]}\n\n' % (b"bee " * 4_000)
    for _ in range(SENT_MIB * MIB // len(event)):
        yield event


def endless_failure() -> Iterator[bytes]:
    yield head("Content-Type: application/json", status=400) + b'{"error": {"message": "'
    for _ in range(SENT_MIB):
        yield b"b" * MIB


def many_values() -> bytes:
    return answer_of(b'{"choices": [' + b"{}," * (1_300_000) + b"{}]}")


def deep_values() -> bytes:
    return answer_of(b'{"choices": ' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}")


def deep_failure() -> bytes:
    return answer_of(b'{"error": ' + b"[" * 900 + b"]" * 900 + b"}", status=400)


def deep_text() -> bytes:
    return answer_of(b'{"choices": [{"message": {"content": "%b"}}]}' % (b"\\u005b" * 600_000))


def packed(text: bytes, coding: str) -> bytes:
    return gzip.compress(text, 1) if coding == "gzip" else zlib.compress(text, 1)


def bomb(*codings: str) -> Callable[[], bytes]:
    def send() -> bytes:
        body = b'{"choices": [{"message": {"content": "' + b"b" * (SENT_MIB * MIB // 4) + b'"}}]}'
        for coding in codings:
            body = packed(body, coding)
        return answer_of(body, f"Content-Encoding: {', '.join(codings)}")

    return send


KINDS: dict[str, Callable[[], Any]] = {
    "an endless text": endless_text,
    "an endless line": endless_line,
    "endless words": endless_words,
    "an endless failure": endless_failure,
    "a million values": many_values,
    "values in values": deep_values,
    "a failure in a failure": deep_failure,
    "a text of brackets": deep_text,
    "a bomb": bomb("gzip"),
    "another bomb": bomb("deflate"),
    "a bomb in a bomb": bomb("gzip", "deflate"),
}


@pytest.mark.slow
@pytest.mark.timeout(320)
@pytest.mark.skipif(sys.platform != "linux", reason="peaks of memory are told by Linux's means")
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=() if kind == "endless words" else pytest.mark.wide)
        for kind in KINDS
    ],
)
def test_nothing_a_server_sends_fills_the_memory(server: ModelServer, kind: str) -> None:
    """A text and an object are asked for, in a process of its own, whose peak is told."""
    send = KINDS[kind]
    ready = send() if kind.endswith(("bomb", "values", "failure", "brackets")) else None
    server.raw = lambda _request: send() if ready is None else ready
    variables = {
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "REDIS_URL": NO_REDIS,
    }
    done = subprocess.run(
        [sys.executable, str(SCRIPT)],
        cwd=ROOT,
        env=os.environ | variables | server.environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    grown, *told = done.stdout.split()
    assert int(grown) < LIMIT_MIB
    assert told == ["told", "told"]


@pytest.mark.parametrize("send", [endless_words, endless_line, endless_text])
async def test_an_answer_that_is_far_too_long_is_one_that_was_cut_off(
    server: ModelServer, send: Callable[[], Iterator[bytes]]
) -> None:
    """Whoever asked may ask for less."""
    server.raw = lambda _request: send()
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(CutOffError, match="far too long"):
            await gateway.write_text(prompt_for("tutorial"))
        with pytest.raises(ProviderError):
            await gateway.write_object(prompt_for("quiz"), QuizContent)


@pytest.mark.parametrize("wait", ["9" * 4_301, "9" * 300, "-5", "soon", "Fri, 31 Dec 99999", "é"])
async def test_a_wait_that_is_none_is_our_own_pause(server: ModelServer, wait: str) -> None:
    body = b'{"error": {"message": "The key is refused.", "code": "invalid_api_key"}}'
    raw = answer_of(body, f"Retry-After: {wait}", f"X-Request-Id: {'i' * 9_000}", status=401)
    server.raw = lambda _request: raw
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(SystemicError, match="refused the key"):
            await gateway.write_text(prompt_for("tutorial"))


class Talker:
    """Says what is a megabyte long."""

    def __init__(self) -> None:
        self.asked = 0

    def fit(self, prompt: Prompt) -> Prompt:
        return prompt

    async def write_text(self, _prompt: Prompt, listener: Listener = NOBODY) -> Answer[str]:
        self.asked += 1
        return Answer("b" * MIB, Spent(calls=1), 0.1)

    async def write_object(self, prompt: Prompt, schema: type[M]) -> Answer[M]:
        raise NotImplementedError


async def test_what_is_remembered_is_bounded_in_bytes() -> None:
    """The newest answers, as many as fit; the oldest is asked for again."""
    talker = Talker()
    gateway = RememberingGateway(talker)
    most = MAX_BYTES // MIB + 4
    for number in range(most):
        await gateway.write_text(prompt_for("tutorial", number))
    assert sum(gateway._sizes.values()) <= MAX_BYTES
    await gateway.write_text(prompt_for("tutorial", most - 1))
    assert talker.asked == most
    await gateway.write_text(prompt_for("tutorial", 0))
    assert talker.asked == most + 1
