"""The HTTP client: bounds what comes, and brings it to the form that the libraries read.

They validate what nobody needs, hold all that is sent in memory, and take a comment for a sign of
life. Here each answer is read once, by our own rules, and handed on in a plain envelope.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import Any

import httpx2
from openai import DefaultAsyncHttpxClient

from generation.providers.gateway.bounds import (
    MOST_BYTES,
    MOST_ERROR_BYTES,
    MOST_STREAMED_BYTES,
    Conceded,
    NotAServer,
    TooLarge,
    Unreadable,
    read_json,
    shown,
)
from generation.providers.gateway.concessions import Concessions
from generation.providers.gateway.endings import ENDING, Ending
from generation.providers.gateway.envelopes import Answer
from generation.providers.gateway.events import Events
from generation.providers.gateway.hearing import Hearing
from generation.providers.gateway.said_errors import SaidError, find_error
from generation.providers.gateway.wholes import read_whole

OK, AFTER_GOOD, FIRST_ERROR = 200, 300, 400
# Redirects that ask the same of another address.
KEEPING, MOST_REDIRECTS = {307, 308}, 3
# Statuses under which a web page says that no model lives at this address.
NOWHERE = {400, 404, 405, 410}
# Seconds to wait for the end of a body whose last line has come, so that its connection serves on.
DRAIN_SECONDS = 0.5
# After its reason for an end a stream may tell its tokens; whoever is silent then has said it all.
LAST_WORDS_SECONDS = 5.0
_JSON_TYPE = {"content-type": "application/json"}
_STREAM_TYPE = {"content-type": "text/event-stream"}
# Of the headers of an answer, those that somebody reads; they are bounded, too.
_HEADERS = ("retry-after", "retry-after-ms", "x-request-id", "location")
MOST_HEADER = 300

# Told of a refusal; raises Conceded where the same may be asked otherwise.
Learn = Callable[[int, str], None]


class WireClient(DefaultAsyncHttpxClient):
    """`seconds`: of silence, from the request on."""

    def __init__(self, *, seconds: float, concessions: Concessions, **options: Any) -> None:
        super().__init__(**options)
        self._seconds, self._concessions = seconds, concessions

    async def send(
        self, request: httpx2.Request, *, stream: bool = False, **options: Any
    ) -> httpx2.Response:
        asked = _body_of(request)
        if asked is None:
            return await super().send(request, stream=stream, **options)
        sent, version = self._concessions.apply(asked), self._concessions.version
        request = _with_body(request, sent) if sent != asked else request

        def learn(status: int, said: str) -> None:
            if self._concessions.learn(status, said, sent, version):
                raise Conceded(said)

        try:
            async with asyncio.timeout(self._seconds):
                response = await self._follow(request, options)
        except TimeoutError as error:
            raise httpx2.ReadTimeout("no answer began", request=request) from error
        answer = Answer(str(asked.get("model")))
        # Some answer “created”, whatever is good.
        if not OK <= response.status_code < AFTER_GOOD:
            return await _refusal(response, learn)
        reading = _Reading(response, answer, self._seconds, learn)
        if not stream:
            return await reading.whole()
        return _response(response, _STREAM_TYPE, stream=reading)

    async def _follow(self, request: httpx2.Request, options: dict[str, Any]) -> httpx2.Response:
        """Only where a redirect keeps what is asked; others lead to pages for people."""
        options = options | {"follow_redirects": False}
        response = await super().send(request, stream=True, **options)
        for _ in range(MOST_REDIRECTS):
            if response.status_code not in KEEPING or response.next_request is None:
                break
            await response.aclose()
            response = await super().send(response.next_request, stream=True, **options)
        return response


def _body_of(request: httpx2.Request) -> dict[str, Any] | None:
    """What a model is asked; None where it is something else that is asked for."""
    if request.method != "POST" or not request.url.path.endswith("/chat/completions"):
        return None
    body: dict[str, Any] = json.loads(request.content)
    return body


def _with_body(request: httpx2.Request, body: dict[str, Any]) -> httpx2.Request:
    headers = [
        (name, value)
        for name, value in request.headers.multi_items()
        if name.lower() not in {"content-length", "transfer-encoding"}
    ]
    content = json.dumps(body, ensure_ascii=False).encode()
    return httpx2.Request(
        request.method,
        request.url,
        headers=headers,
        content=content,
        extensions=request.extensions,
    )


async def _refusal(response: httpx2.Response, learn: Learn) -> httpx2.Response:
    """A failure in the server's words, as many as fit."""
    raw = await _read(response, MOST_ERROR_BYTES)
    status = response.status_code
    if OK < status < FIRST_ERROR:
        where = response.headers.get("location", "")[:MOST_HEADER]
        raise NotAServer(f"status {status}: it sends us on to {where or 'nowhere'}")
    if status in NOWHERE and _is_page(response, raw):
        raise NotAServer(f"status {status}: a web page that begins with {shown(raw)}")
    learn(status, shown(raw, 2_000))
    try:
        content = json.dumps(read_json(raw)).encode()
    except (Unreadable, TooLarge, RecursionError):
        text = {"content-type": "text/plain; charset=utf-8"}
        return _response(response, text, content=shown(raw, 2_000).encode())
    return _response(response, _JSON_TYPE, content=content)


def _is_page(response: httpx2.Response, raw: bytes) -> bool:
    kind = response.headers.get("content-type", "")
    return "html" in kind.lower() or raw.lstrip()[:1] == b"<"


class _Reading(httpx2.AsyncByteStream):
    """One good status and what comes after it: a stream, an answer, an error or a web page."""

    def __init__(
        self, response: httpx2.Response, answer: Answer, seconds: float, learn: Learn
    ) -> None:
        self._response, self._answer, self._seconds = response, answer, seconds
        self._learn = learn
        self._charset = (response.charset_encoding or "")[:MOST_HEADER]
        self._events, self._heard, self._hearing = Events(self._charset), False, Hearing()
        self._ending = ENDING.get() or Ending()
        self._ending.figures = answer.figures

    async def whole(self) -> httpx2.Response:
        """For those who did not ask for a stream, whatever they get."""
        try:
            await self._hear_out(silence=None)
        except SaidError as said:
            return self._as_refusal(said)
        content = json.dumps(self._answer.completion()).encode()
        return _response(self._response, _JSON_TYPE, content=content)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """In one piece: a token a piece, the libraries take longer than the model. Whoever reads
        along hears it before (`hearing.py`)."""
        try:
            await self._hear_out(silence=self._seconds)
        except SaidError as said:
            refusal = self._as_refusal(said)
            raise httpx2.HTTPStatusError(
                str(said), request=self._response.request, response=refusal
            ) from None
        yield _event(self._answer.chunk())
        yield _event(self._answer.last_chunk())
        if self._ending.is_done:
            yield b"data: [DONE]\n\n"

    async def aclose(self) -> None:
        await self._response.aclose()

    def _as_refusal(self, said: SaidError) -> httpx2.Response:
        content = json.dumps(said.body).encode()
        self._learn(said.status, str(said))
        refusal = _response(self._response, _JSON_TYPE, content=content)
        refusal.status_code = said.status
        return refusal

    async def _hear_out(self, *, silence: float | None) -> None:
        """All of an answer. Raises TooLarge, Unreadable, NotAServer and SaidError."""
        async with aclosing(self._bytes(silence)) as received:
            async for raw in received:
                self._take_all(self._events.feed(raw))
                if self._events.is_done:
                    self._ending.is_done = True
                    return
        self._take_all(self._events.end())
        self._ending.is_done = self._ending.is_done or self._events.is_done
        if not self._events.any_event:
            self._take_whole(bytes(self._events.other))

    def _take_all(self, events: Iterable[Any]) -> None:
        for event in events:
            self._take(event)

    def _take(self, event: Any) -> None:
        if (error := find_error(event)) is not None:
            raise SaidError(*error)
        if not isinstance(event, dict):
            return
        said = self._answer.add(event)
        if said is None or not (said.text or said.is_something):
            return
        self._heard = self._heard or said.is_something
        self._hearing.add(said.text)

    def _take_whole(self, raw: bytes) -> None:
        """An answer in one piece, or in several that are no events, streamed or not."""
        packing = self._response.headers.get("content-encoding", "")[:MOST_HEADER]
        bodies = read_whole(raw, self._charset, packing)
        self._take_all(bodies)
        if not any(isinstance(body, dict) and "choices" in body for body in bodies):
            raise NotAServer(f"no answer of a model: {shown(raw)}")
        self._ending.is_done = len(bodies) == 1

    async def _bytes(self, silence: float | None) -> AsyncGenerator[bytes]:
        """Unpacked, and no more than an answer can have. `silence`: seconds without a word."""
        most = MOST_BYTES if silence is None else MOST_STREAMED_BYTES
        clock, count, pieces = asyncio.get_running_loop(), 0, self._response.aiter_bytes()
        deadline = None if silence is None else clock.time() + silence
        try:
            while True:
                self._heard = False
                try:
                    async with asyncio.timeout_at(deadline):
                        piece = await anext(pieces, None)
                except TimeoutError as error:
                    if self._answer.has_ended:
                        return
                    raise self._silent(silence) from error
                if piece is None:
                    return
                count = _within(count + len(piece), most)
                yield piece
                if silence is not None and self._heard:
                    patience = LAST_WORDS_SECONDS if self._answer.has_ended else silence
                    deadline = clock.time() + min(patience, silence)
        finally:
            await self._drain(pieces)

    def _silent(self, seconds: float | None) -> httpx2.ReadTimeout:
        message = f"not a word of an answer in {seconds} seconds"
        return httpx2.ReadTimeout(message, request=self._response.request)

    async def _drain(self, pieces: AsyncIterator[bytes]) -> None:
        """To the end of a body that has said that it ends; what goes on is closed."""
        try:
            if self._events.is_done:
                async with asyncio.timeout(DRAIN_SECONDS):
                    await anext(pieces, None)
        except (TimeoutError, httpx2.HTTPError):
            pass
        finally:
            await self._response.aclose()


def _within(count: int, most: int) -> int:
    if count > most:
        raise TooLarge(f"more than {most} bytes")
    return count


async def _read(response: httpx2.Response, most: int) -> bytes:
    """Unpacked, without what is too much."""
    raw = bytearray()
    try:
        async for piece in response.aiter_bytes():
            raw += piece
            if len(raw) > most:
                break
    finally:
        await response.aclose()
    return bytes(raw[:most])


def _event(chunk: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def _response(like: httpx2.Response, kind: Mapping[str, str], **body: Any) -> httpx2.Response:
    known = {name: like.headers[name] for name in _HEADERS if name in like.headers}
    headers = {
        name: value
        for name, value in known.items()
        if len(value) <= MOST_HEADER and value.isascii()
    }
    return httpx2.Response(
        like.status_code,
        headers=headers | dict(kind),
        request=like.request,
        extensions=like.extensions,
        **body,
    )
