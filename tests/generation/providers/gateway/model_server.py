"""An OpenAI-compatible model server on a real socket that misbehaves by seeded chance.

It answers by the task, or the schema, that it is sent (skeleton, details, tutorial, …): plain or
streamed, as content or as a call of a tool. It counts every request, so that tests can compare.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from typing import Any, Self

from tests.generation.providers.gateway.received import Received, receive
from tests.generation.providers.gateway.writings import purpose_of, spoil, write
from tests.waiting import until

KEY = "sk-tests-0123456789abcdef"
MODEL = "bee-1"
CHUNK_CHARACTERS = 60


@dataclass(frozen=True)
class Faults:
    """Chances, each from 0 to 1; together at most 1."""

    too_many: float = 0.0
    timeouts: float = 0.0
    truncated: float = 0.0
    prose: float = 0.0
    think: float = 0.0
    empty: float = 0.0
    resets: float = 0.0
    # What a 429 says, in seconds.
    retry_after: float = 1.0

    def draw(self, chance: float) -> str:
        """The name of a fault, or nothing."""
        for name in ("too_many", "timeouts", "truncated", "prose", "think", "empty", "resets"):
            chance -= getattr(self, name)
            if chance < 0:
                return name
        return ""


# What a test may put in the place of an answer: a status, headers, and an object as body.
Refusal = tuple[int, dict[str, str], dict[str, Any]]


@dataclass
class ModelServer:
    """Serves inside the block, from a thread of its own. Everything may be changed meanwhile."""

    faults: Faults = field(default_factory=Faults)
    seed: int = 0
    # How long it thinks.
    seconds: Callable[[Received], float] = lambda _received: 0.0
    concepts: int = 36
    key: str = KEY
    # Requests in any minute; more are refused.
    requests_per_minute: float | None = None
    refuse: Callable[[Received], Refusal | None] = lambda _received: None
    # In the place of chance.
    fault_of: Callable[[Received], str] | None = None
    rewrite: Callable[[Received, str], str] = lambda _received, content: content
    # What is sent instead of an answer, head and all; and in the place of its JSON or its events.
    raw: Callable[[Received], bytes | Iterator[bytes | float] | None] = lambda _received: None
    envelope: Callable[[dict[str, Any]], Any] = lambda body: body
    events: Callable[[list[str]], list[str]] = lambda events: events
    # Whether the stream may go on with its next event, by number.
    goes_on: Callable[[Received, int], bool] = lambda _received, _number: True
    # Whether an answer ends at the limit of tokens, and says so.
    cut_off: Callable[[Received], bool] = lambda _received: False
    # Whether a stream gives a reason for its end; without, its last line has to do.
    gives_reasons: bool = True
    says_done: bool = True
    # Whether a stream ends with the tokens it took.
    tells_usage: bool = True
    received: list[Received] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0

    def __enter__(self) -> Self:
        self._random = random.Random(self.seed)
        self._recent: deque[float] = deque()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        opening = asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
        self._server = asyncio.run_coroutine_threadsafe(opening, self._loop).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_raised: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def environment(self) -> dict[str, str]:
        """What makes a process ask this server."""
        return {"LLM_BASE_URL": self.base_url, "LLM_API_KEY": self.key, "LLM_MODEL": MODEL}

    def answered(self) -> list[Received]:
        return [request for request in self.received if request.status == 200]

    async def _stop(self) -> None:
        self._server.close()
        mine = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not mine]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._serve_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client is gone, or the server stops
        finally:
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """False when the connection is not to be used again."""
        path, request = await receive(reader)
        if not path.endswith("/chat/completions"):
            await _send(writer, 404, {}, {"error": {"message": f"no {path} here"}})
            return True
        self.received.append(request)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._answer(request, writer)
        finally:
            self.in_flight -= 1
            request.answered_at = time.monotonic()

    async def _answer(self, request: Received, writer: asyncio.StreamWriter) -> bool:
        request.purpose = purpose_of(request.schema, request.text)
        if (refusal := self._refusal(request)) is not None:
            request.status = refusal[0]
            await _send(writer, *refusal)
            return True
        await asyncio.sleep(self.seconds(request))
        if (raw := self.raw(request)) is not None:
            request.status = 200
            await _send_raw(writer, raw)
            return False
        if request.fault == "timeouts":
            await asyncio.sleep(3_600)
        if request.fault == "resets":
            writer.transport.abort()
            return False
        request.is_cut_off = self.cut_off(request)
        content = self._content(request)
        is_streamed = bool(request.body.get("stream"))
        if not (is_streamed and request.fault == "truncated"):
            # A stream that breaks off tells nothing of its tokens.
            request.tokens_in, request.tokens_out = len(request.text) // 4, len(content) // 4
        request.status = 200
        if is_streamed:
            await self._stream(request, content, writer)
            return False
        await _send(writer, 200, {}, self.envelope(completion(request, content)))
        return True

    def _refusal(self, request: Received) -> Refusal | None:
        if request.key != self.key:
            # As some servers do: with the key in the message.
            return 401, {}, _error(f"Incorrect API key provided: {request.key}", "invalid_api_key")
        if "system" in request.roles[1:]:
            return 400, {}, _error("System message must be at the beginning.", "bad_request")
        if (refusal := self.refuse(request)) is not None:
            return refusal
        if self.fault_of is not None:
            request.fault = self.fault_of(request)
        else:
            request.fault = self.faults.draw(self._random.random())
        if request.fault == "too_many" or self._is_too_much(request.at):
            # Whole seconds, and for those who know it, as OpenAI says it.
            seconds = self.faults.retry_after
            after = {"Retry-After": f"{ceil(seconds)}", "retry-after-ms": f"{1_000 * seconds:.0f}"}
            return 429, after, _error("Slow down.", "rate_limit_exceeded")
        return None

    def _is_too_much(self, now: float) -> bool:
        if self.requests_per_minute is None:
            return False
        while self._recent and self._recent[0] <= now - 60:
            self._recent.popleft()
        if len(self._recent) >= self.requests_per_minute:
            return True
        self._recent.append(now)
        return False

    def _content(self, request: Received) -> str:
        answer = write(request.purpose, request.schema, request.text, concepts=self.concepts)
        content = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        content = self.rewrite(request, content)
        if request.is_cut_off:
            return content[: len(content) // 2]
        return spoil(content, request.fault, is_object=not isinstance(answer, str))

    async def _stream(self, request: Received, content: str, writer: asyncio.StreamWriter) -> None:
        """Cut short, it ends without saying that it has ended."""
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        )
        events = self.events([f"data: {one}" for one in _events(self, request, content)])
        for number, event in enumerate(events):
            await until(partial(self.goes_on, request, number))
            writer.write(f"{event}\n\n".encode("utf-8", "surrogatepass"))
            await writer.drain()


def _events(server: ModelServer, request: Received, content: str) -> Iterator[str]:
    cut = request.fault == "truncated"
    length = 2 * len(content) // 3 if cut else len(content)
    for start in range(0, length, CHUNK_CHARACTERS):
        text = content[start : min(start + CHUNK_CHARACTERS, length)]
        yield json.dumps(_chunk([{"index": 0, "delta": {"role": "assistant", "content": text}}]))
    if cut:
        return
    finish = "length" if request.is_cut_off else "stop" if server.gives_reasons else None
    yield json.dumps(_chunk([{"index": 0, "delta": {}, "finish_reason": finish}]))
    if server.tells_usage and (request.body.get("stream_options") or {}).get("include_usage"):
        yield json.dumps(_chunk([]) | {"usage": _usage(request)})
    if server.says_done:
        yield "[DONE]"


def _chunk(choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": MODEL,
        "choices": choices,
    }


def completion(request: Received, content: str) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": content}
    finish = "stop"
    if tools := request.body.get("tools"):
        name = tools[0]["function"]["name"]
        called = {"id": "call_1", "type": "function"} | {
            "function": {"name": name, "arguments": content}
        }
        message, finish = (
            {"role": "assistant", "content": None, "tool_calls": [called]},
            "tool_calls",
        )
        if not content:
            message, finish = {"role": "assistant", "content": ""}, "stop"
    if request.is_cut_off:
        finish = "length"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": _usage(request),
    }


def _usage(request: Received) -> dict[str, int]:
    return {
        "prompt_tokens": request.tokens_in,
        "completion_tokens": request.tokens_out,
        "total_tokens": request.tokens_in + request.tokens_out,
    }


def _error(message: str, code: str) -> dict[str, Any]:
    return {"error": {"message": message, "code": code, "type": code}}


async def _send_raw(writer: asyncio.StreamWriter, raw: bytes | Iterator[bytes | float]) -> None:
    """An iterator may go on for as long as the client takes it; empty bytes are a pause, and a
    number one of so many seconds."""
    for piece in [raw] if isinstance(raw, bytes) else raw:
        if isinstance(piece, float):
            await asyncio.sleep(piece)
            continue
        writer.write(piece)
        await writer.drain()
        if not piece:
            await asyncio.sleep(0.02)


async def _send(
    writer: asyncio.StreamWriter, status: int, headers: dict[str, str], body: Any
) -> None:
    raw = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Answer", "Content-Type: application/json"]
    lines += [
        f"Content-Length: {len(raw)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + raw)
    await writer.drain()
