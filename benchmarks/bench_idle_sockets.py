"""What 2,000 web sockets that nobody speaks on cost one web process: memory, descriptors, sessions.

Beside it the floor: the same server, options and all, with an application that accepts and waits.
A few sockets are opened first, so that what a process loads but once counts for none.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from websockets.asyncio.client import ClientConnection, connect
from websockets.protocol import State
from websockets.typing import Origin

from benchmarks.database import fresh_database
from benchmarks.reader import cookies_of, sign_in
from benchmarks.web_role import WEB, production, serving
from tests.databases import database_url
from tests.learning.library import make_ready

SOCKETS, FIRST, AT_ONCE = 2_000, 100, 50
MOST_KIB, BEYOND_FLOOR_KIB = 30.0, 8.0
_ALL = {"SOCKETS_PER_SESSION": "10000", "SOCKETS_PER_ADDRESS": "10000", "ROLE_WEB_PROCESSES": "1"}


def main() -> dict[str, Any]:
    _allow_descriptors()
    with fresh_database(), production() as variables:
        path = f"/ws/runs/{make_ready().pk}/"
        cookies = cookies_of(sign_in())
        ours = _measure(variables, path, cookies)
        floor = _measure(variables, path, cookies, _waiting_only())
    most = max(MOST_KIB, floor["kib_each"] + BEYOND_FLOOR_KIB)
    figures = {
        "sockets": SOCKETS,
        "ours": ours,
        "floor": floor,
        "kib_wanted": round(most, 1),
        "is_light_enough": ours["kib_each"] <= most,
    }
    assert ours["database_connections"] == 0, figures
    assert figures["is_light_enough"], figures
    return figures


def _allow_descriptors() -> None:
    """A socket is one here and one there, and the server inherits what we may."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard == resource.RLIM_INFINITY or hard > 2 * SOCKETS, f"{hard} descriptors: too few"
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4 * SOCKETS), hard))


def _waiting_only() -> Sequence[str]:
    """The role's script, with another application."""
    script = Path(WEB[-1]).read_text(encoding="utf-8")
    other = script.replace("config.asgi:application", "benchmarks.waiting:application")
    assert other != script
    return ("sh", "-c", other, WEB[-1])


def _measure(
    variables: dict[str, str],
    path: str,
    cookies: Mapping[str, str],
    command: Sequence[str] = WEB,
) -> dict[str, float]:
    with serving(variables | _ALL, command) as (pid, port):
        return asyncio.run(_idle(pid, f"ws://127.0.0.1:{port}{path}", cookies))


async def _idle(pid: int, url: str, cookies: Mapping[str, str]) -> dict[str, float]:
    """The clients answer pings and send none, as browsers do: the server closes who does not."""
    origin = Origin(url.replace("ws", "http", 1).partition("/ws/")[0])
    sockets: list[ClientConnection] = []

    async def open_one() -> None:
        opening = connect(
            url,
            origin=origin,
            additional_headers=cookies,
            compression=None,
            open_timeout=60,
            ping_interval=None,
        )
        sockets.append(await opening)

    async def open_more(more: int) -> None:
        for _ in range(more // AT_ONCE):
            await asyncio.gather(*(open_one() for _ in range(AT_ONCE)))

    await open_more(FIRST)
    memory, descriptors = _private_kib(pid), _descriptors(pid)
    await open_more(SOCKETS)
    figures = {
        "kib_each": round((_private_kib(pid) - memory) / SOCKETS, 1),
        "descriptors": _descriptors(pid),
        "descriptors_each": round((_descriptors(pid) - descriptors) / SOCKETS, 2),
        "database_connections": _busy_sessions(),
    }
    are_open = sum(one.state is State.OPEN for one in sockets)
    assert are_open == FIRST + SOCKETS, f"{are_open} are open: {figures}"
    for one in sockets:
        one.transport.abort()
    return figures


def _private_kib(pid: int) -> int:
    """What is the process's alone: nobody else would miss it."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    private = ("Private_Clean:", "Private_Dirty:")
    return sum(int(line.split()[1]) for line in lines if line.startswith(private))


def _descriptors(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def _busy_sessions() -> int:
    """Of the web role, in use: neither pooled and idle, nor the sampler's."""
    with psycopg.connect(database_url()) as observer:
        row = observer.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state <> 'idle'"
        ).fetchone()
    return int(row[0]) if row else 0
