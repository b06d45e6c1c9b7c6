"""The site of this folder on a real uvicorn, and clients on plain sockets that may misbehave."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[3]
# On a busy machine the server's process that is to serve a connection may take seconds to begin:
# more than the 2 after which these settings give up connecting, or the 3 for which a page waits for
# one that is being made. Then a page is 503 where a test is about something else.
PATIENT = {"DATABASE_CONNECT_TIMEOUT": "60", "POOL_SECONDS": "60"}


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class WebServer:
    """One process of the web role with a pool of `connections`."""

    application = "tests.connection_budget.web.site:make_application"

    def __init__(self, database_url: str, *, connections: int = 4, **variables: str) -> None:
        self.name = f"web-{os.getpid()}"
        self._environment = os.environ | {
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "tests.connection_budget.settings",
            "WEB_APPLICATION_NAME": self.name,
            "PROCESS_ROLE": "web",
            "ROLE_WEB_CONNECTIONS": str(connections),
            "PYTHONPATH": str(ROOT),
            **PATIENT,
            **variables,
        }

    def __enter__(self) -> Self:
        with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
            self.port: int = listener.getsockname()[1]
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "uvicorn", "--factory", "--log-level", "critical"),
                    *("--fd", str(listener.fileno()), self.application),
                ],
                pass_fds=[listener.fileno()],
                cwd=ROOT,
                env=self._environment,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()

    async def get(self, path: str) -> Answer:
        return await self.send(f"GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")

    async def send(self, request: str, body: bytes = b"") -> Answer:
        reader, writer = await self.connect()
        writer.write(request.encode() + body)
        try:
            return parse(await reader.read())
        finally:
            writer.close()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def abort(self, path: str, *, after: float) -> None:
        """Ask for a page and hang up."""
        _, writer = await self.connect()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
        await asyncio.sleep(after)
        writer.transport.abort()

    def never_read(self, path: str) -> socket.socket:
        """Ask for a page and read nothing of it, until the socket is closed."""
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", self.port))
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
        return client

    async def statistics(self) -> dict[str, Any]:
        numbers: dict[str, Any] = json.loads((await self.get("/free/statistics")).body)
        return numbers

    def look(self) -> dict[str, Any]:
        """`statistics` outside a loop."""
        return asyncio.run(self.statistics())

    def wait_until_whole(self, connections: int) -> None:
        """Until every seat is free and every connection is back in the pool."""
        wait_until(lambda: is_whole(self.look(), connections))


def is_whole(numbers: dict[str, Any], connections: int) -> bool:
    seats, pool = numbers["seats"], numbers["pool"]
    all_in = bool(pool["pool_available"] == pool["pool_size"] <= connections)
    return all_in and seats == {"total": connections, "taken": 0, "waiting": 0}


def parse(response: bytes) -> Answer:
    head, _, body = response.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    if headers.get("transfer-encoding") == "chunked":
        body = b"".join(_chunks(body))
    return Answer(int(lines[0].split()[1]) if lines[0] else 0, headers, body)


def _chunks(body: bytes) -> Iterator[bytes]:
    while body:
        size, _, rest = body.partition(b"\r\n")
        yield rest[: int(size, 16)]
        body = rest[int(size, 16) + 2 :]
