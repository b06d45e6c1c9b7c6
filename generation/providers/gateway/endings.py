"""Whether a stream was whole. Some servers never give a reason for its end, only a last line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass

from httpx2 import AsyncByteStream, Response

LAST_LINE = b"[DONE]"
TAIL_BYTES = 64


@dataclass
class Ending:
    """The last bytes of the stream that is read in this context."""

    tail: bytes = b""

    @property
    def is_done(self) -> bool:
        return LAST_LINE in self.tail


ENDING: ContextVar[Ending | None] = ContextVar("ending", default=None)


class WatchedStream(AsyncByteStream):
    def __init__(self, stream: AsyncByteStream, ending: Ending) -> None:
        self._stream, self._ending = stream, ending

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._ending.tail = (self._ending.tail + chunk)[-TAIL_BYTES:]
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def watch_ending(response: Response) -> None:
    """A hook of the HTTP client. What is compressed is not looked into: then the reason decides."""
    ending, stream = ENDING.get(), response.stream
    is_readable = "content-encoding" not in response.headers
    if ending is not None and is_readable and isinstance(stream, AsyncByteStream):
        response.stream = WatchedStream(stream, ending)
