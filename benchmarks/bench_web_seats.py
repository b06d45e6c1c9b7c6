"""Django as it comes against seats, one process with a pool of four: a storm, and slow readers.

The storm: 1,500 requests for a page that queries for 50 ms, 70 % of them hung up on within
120 ms. The slow readers: twelve who ask for 30 MB and read nothing, while others want a page.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from benchmarks.database import fresh_database
from tests.connection_budget.web.server import WebServer
from tests.databases import database_url

REQUESTS = 1500
HUNG_UP = 0.7
SLOW_READERS = 12
OTHERS = 4
PAGE = "/query?seconds=0.05"
SETTINGS = {
    "stock": "tests.connection_budget.web.stock_settings",
    "seats": "tests.connection_budget.settings",
}


def main() -> dict[str, Any]:
    with fresh_database():
        url = database_url()
        storm = {name: _on_fresh_server(url, name, _storm, 60) for name in SETTINGS}
        readers = {name: _on_fresh_server(url, name, _slow_readers, 3) for name in SETTINGS}
    assert set(storm["seats"]["statuses"]) == {"200"}, storm
    assert storm["seats"]["reached_the_database"] <= storm["stock"]["reached_the_database"]
    assert readers["seats"]["answered_200"] == OTHERS, readers
    ratio = storm["stock"]["seconds"] / storm["seats"]["seconds"]
    return {
        "storm": storm,
        "slow_readers": readers,
        "storm_times_as_fast": round(ratio, 2),
    }


def _on_fresh_server(
    url: str, name: str, load: Callable[[WebServer], dict[str, Any]], patience: int
) -> dict[str, Any]:
    """`patience`: seconds that a request waits for a connection, the same for both sides."""
    variables = {"DJANGO_SETTINGS_MODULE": SETTINGS[name], "SEAT_SECONDS": str(patience)}
    with WebServer(url, connections=4, **variables) as server:
        asyncio.run(server.get("/query"))
        return load(server)


def _storm(server: WebServer) -> dict[str, Any]:
    chance = random.Random(7)  # noqa: S311 - the same storm for both

    async def flick(_: int) -> str:
        if chance.random() < HUNG_UP:
            await server.abort(PAGE, after=chance.uniform(0, 0.12))
            return ""
        return str((await server.get(PAGE)).status)

    async def everybody() -> list[str]:
        return await asyncio.gather(*map(flick, range(REQUESTS)))

    began = time.perf_counter()
    answers = [status for status in asyncio.run(everybody()) if status]
    seconds = time.perf_counter() - began
    numbers = server.look()
    return {
        "seconds": round(seconds, 2),
        "stayed": len(answers),
        "statuses": {status: answers.count(status) for status in sorted(set(answers))},
        "reached_the_database": numbers["queries"] - 1,
        "pool_wait_seconds": round(numbers["pool"].get("requests_wait_ms", 0) / 1000, 2),
    }


def _slow_readers(server: WebServer) -> dict[str, Any]:
    async def others() -> list[int]:
        return [(await server.get(PAGE)).status for _ in range(OTHERS)]

    with ExitStack() as sockets:
        for _ in range(SLOW_READERS):
            sockets.enter_context(server.never_read("/large?bytes=30000000"))
        # All of them have been served when their queries are counted.
        while server.look()["queries"] < min(SLOW_READERS, 4) + 1:
            pass
        began = time.perf_counter()
        answers = asyncio.run(others())
        seconds = time.perf_counter() - began
    return {"answered_200": answers.count(200), "of": OTHERS, "seconds": round(seconds, 2)}
