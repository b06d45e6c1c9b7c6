"""What the web role does with connections on which no request gets ready."""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect

from roadmaps.models import Visibility
from tests.databases import database_url
from tests.fleet.fleet import Fleet
from tests.learning.library import open_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fleet, pytest.mark.timeout(300)]

HEAD_SECONDS = "1"
ASKED = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
# What is sent at once, and what is sent again and again until the connection is closed.
SLOW = {
    "nothing at all": (b"", b""),
    "half a head": (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half:", b""),
    "a letter now and then": (b"GET / HTTP/1.1\r\nX-Slow: ", b"x"),
    "a header now and then": (b"GET / HTTP/1.1\r\n", b"X-Slow: x\r\n"),
    "an address now and then": (b"GET /", b"x"),
    "line breaks": (b"", b"\r\n"),
    "half a head after an answer": (ASKED + b"GET / HTTP/1.1\r\n", b""),
    "a slow head after an answer": (ASKED + b"GET /", b"x"),
    "line breaks after an answer": (ASKED, b"\r\n"),
    "a body that was refused": (
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999999999\r\n\r\n",
        b"x",
    ),
    "half a handshake": (
        b"GET /ws/ HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
        b"",
    ),
}
LONG = {
    "an address": (b"GET /", b"x", b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
    "a header": (b"GET / HTTP/1.1\r\nX-Long: ", b"x", b"\r\n\r\n"),
    "a header's name": (b"GET / HTTP/1.1\r\n", b"x", b": long\r\n\r\n"),
    "many headers": (b"GET / HTTP/1.1\r\n", b"X-Long: x\r\n", b"\r\n"),
    "a trailer": (
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Long: ",
        b"x",
        b"\r\n\r\n",
    ),
    "a chunk's extension": (
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n1;",
        b"x",
        b"\r\nx\r\n0\r\n\r\n",
    ),
}
TOO_LONG = 10_000_000


@pytest.fixture(scope="module")
def web(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with Fleet(tmp_path_factory.mktemp("fleet"), database_url()) as fleet:
        fleet.start("web", WEB_HEAD_SECONDS=HEAD_SECONDS)
        yield fleet


@asynccontextmanager
async def connection(
    web: Fleet,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    port = int(web.address.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def trickle(web: Fleet, at_once: bytes, again: bytes) -> bytes:
    """What the server says until it closes the connection."""
    said = b""
    async with connection(web) as (reader, writer):
        writer.write(at_once)
        while True:
            try:
                async with asyncio.timeout(0.1):
                    piece = await reader.read(4096)
            except TimeoutError:
                writer.write(again)
                continue
            except ConnectionError:
                return said
            if not piece:
                return said
            said += piece


async def send_long(web: Fleet, begin: bytes, more: bytes, end: bytes) -> tuple[int, bytes]:
    """How many bytes the server took, and what it said."""
    sent = 0
    async with asyncio.timeout(60), connection(web) as (reader, writer):
        try:
            writer.write(begin)
            while sent < TOO_LONG:
                writer.write(more * 1000)
                sent += 1000 * len(more)
                await writer.drain()
            writer.write(end)
            return sent, await reader.read()
        except ConnectionError:
            return sent, b""


def alive(web: Fleet) -> bool:
    with urllib.request.urlopen(f"{web.address}/health/live") as answer:  # noqa: S310 - ours
        return bool(answer.status == 200)


def test_who_sends_no_head_in_time_is_cut_off_while_a_neighbour_is_answered(web: Fleet) -> None:
    async def crowd() -> dict[str, bytes]:
        slow = asyncio.gather(*(trickle(web, *case) for case in SLOW.values()))
        async with asyncio.timeout(60):
            while not slow.done():
                assert await asyncio.get_running_loop().run_in_executor(None, alive, web)
            return dict(zip(SLOW, await slow, strict=True))

    answers = {name: said[: len("HTTP/1.1 200")] for name, said in asyncio.run(crowd()).items()}
    assert answers == dict.fromkeys(SLOW, b"") | {
        "half a head after an answer": b"HTTP/1.1 200",
        "a slow head after an answer": b"HTTP/1.1 200",
        "line breaks after an answer": b"HTTP/1.1 200",
        "a body that was refused": b"HTTP/1.1 413",
    }


def test_a_head_has_an_end(web: Fleet) -> None:
    for name, case in LONG.items():
        sent, said = asyncio.run(send_long(web, *case))
        assert sent < TOO_LONG, (name, said)
    assert asyncio.run(ask_at_length(web, 60_000)).startswith(b"HTTP/1.1 200 OK")
    assert asyncio.run(ask_at_length(web, 66_000)).startswith(b"HTTP/1.1 400 Bad Request")


async def ask_at_length(web: Fleet, size: int) -> bytes:
    async with connection(web) as (reader, writer):
        writer.write(ASKED[:-2] + b"X-Long: " + b"x" * size + b"\r\nConnection: close\r\n\r\n")
        return await reader.read()


def test_a_web_socket_stays_open_and_compresses_nothing(web: Fleet) -> None:
    path = f"/ws/runs/{open_order(visibility=Visibility.UNLISTED).run_id}/"

    async def stay() -> None:
        async with (
            asyncio.timeout(60),
            connect(
                web.address.replace("http", "ws") + path,
                additional_headers={"Origin": web.address},
                compression="deflate",
            ) as socket,
        ):
            assert socket.protocol.extensions == []
            # Somebody else, who came later, was cut off by the same clock.
            await trickle(web, b"", b"")
            await (await socket.ping())

    asyncio.run(stay())
