"""Request bodies, read before a seat is taken: a slow sender keeps nobody else waiting."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import IO, Any

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

# A longer body waits on disk.
MEMORY_BYTES = 64 * 1024
CHUNK_BYTES = 64 * 1024


class ClientGone(Exception):
    """The connection was closed before the request was complete."""


class BodyRefused(Exception):
    """The request cannot be read; `status` says why to the client."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def read_body(
    receive: Receive, *, declared: int, most_bytes: int, seconds: float
) -> IO[bytes]:
    """The whole body, at its beginning.

    One piece is asked for at a time, so the server reads no faster from the client than we store.
    `declared` is the Content-Length, 0 when unknown. Raises `ClientGone` and `BodyRefused`.
    """
    if declared > most_bytes:
        raise _too_large(most_bytes)
    body: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
    try:
        async with asyncio.timeout(seconds):
            await _copy(receive, body, most_bytes)
    except BaseException as error:
        body.close()
        if isinstance(error, TimeoutError):
            raise BodyRefused(408, "The request took too long to arrive.") from None
        raise
    body.seek(0)
    return body


async def _copy(receive: Receive, body: IO[bytes], most_bytes: int) -> None:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        body.write(message.get("body", b""))
        if body.tell() > most_bytes:
            raise _too_large(most_bytes)
        more = message.get("more_body", False)


def _too_large(most_bytes: int) -> BodyRefused:
    return BodyRefused(413, f"The request is larger than {most_bytes} bytes.")


def replay(body: IO[bytes]) -> Iterator[Message]:
    """The messages a server would have sent for this body."""
    chunk = body.read(CHUNK_BYTES)
    while chunk:
        following = body.read(CHUNK_BYTES)
        yield {"type": "http.request", "body": chunk, "more_body": bool(following)}
        chunk = following
        if not chunk:
            return
    yield {"type": "http.request", "body": b"", "more_body": False}
