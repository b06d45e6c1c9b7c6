"""Five bad days of a web process with a pool of four: Django as it comes beside the package.

Both under the same uvicorn, with psycopg's pool of the same size and the same patience.
`half_open`: what is connected falls silent, acknowledged by a proxy that forwards nothing; then
eight pages are asked for at once, later one after the other until one comes. `idle_loss`: the
server ends what lies in the pool; then eight pages one after the other (stock also with its health
checks). `cold_burst`: 64 pages at once of a process that has no connection yet. `one_too_many`: for
a minute five clients, each with the next page as soon as it has one. `handshakes`: 100 pages, four
at once, while whoever connects is accepted and hears nothing; then all are heard again.
BENCH_BESIDE_SECONDS (60), BENCH_BESIDE_HANDSHAKES (100) and BENCH_BESIDE_LOOK_SECONDS (45: for so
long a process is looked at that does not come back) make a quick run of it.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from benchmarks.database import fresh_database
from benchmarks.impatient import percentile
from tests.connection_budget.cap.crowd import Watch
from tests.connection_budget.web.server import WebServer as TestedServer
from tests.databases import database_url
from tests.silence import SilentProxy, proxy_of_test_database, url_through
from tests.waiting import wait_until

SECONDS = float(os.environ.get("BENCH_BESIDE_SECONDS", "60"))
HANDSHAKES = int(os.environ.get("BENCH_BESIDE_HANDSHAKES", "100"))
POOL, BURST = 4, 64
# So long a page waits for its connection, on both sides; and so long a client waits for its page.
PATIENCE_SECONDS, CLIENT_SECONDS = 3, 10.0
# So long is looked whether a process comes back.
LOOK_SECONDS = float(os.environ.get("BENCH_BESIDE_LOOK_SECONDS", "45"))
SAME = {
    "SEAT_SECONDS": str(PATIENCE_SECONDS),
    "POOL_SECONDS": str(PATIENCE_SECONDS),
    "DATABASE_CONNECT_TIMEOUT": "2",
    "SEAT_DEADLINE_SECONDS": "5",
}
STOCK = {"DJANGO_SETTINGS_MODULE": "tests.connection_budget.web.stock_settings"}
SIDES = {"stock": STOCK, "package": {"DJANGO_SETTINGS_MODULE": "tests.connection_budget.settings"}}
WITH_CHECKS = {"stock_with_health_checks": STOCK | {"STOCK_HEALTH_CHECKS": "yes"}}
GAVE_UP = 0


class WebServer(TestedServer):
    application = "benchmarks.overload_site:make_application"


def main() -> dict[str, Any]:
    scenes: dict[str, Callable[[dict[str, str]], dict[str, Any]]] = {
        "half_open": _fall_silent,
        "idle_loss": _lose_what_is_idle,
        "cold_burst": _come_at_once,
        "one_too_many": _come_again_and_again,
        "handshakes": _time_out_in_handshakes,
    }
    with fresh_database():
        seen = {
            name: {side: scene(SAME | variables) for side, variables in _sides(name).items()}
            for name, scene in scenes.items()
        }
    ours = {name: sides["package"] for name, sides in seen.items()}
    for name in ("half_open", "handshakes"):
        assert ours[name]["seconds_until_a_page_came"] is not None, ours[name]
    for name in ("idle_loss", "cold_burst", "one_too_many"):
        assert set(ours[name]["statuses"]) == {"200"}, ours[name]
        assert ours[name].get("most_connections", 0) <= POOL, ours[name]
    return seen


def _sides(scene: str) -> dict[str, dict[str, str]]:
    return SIDES | (WITH_CHECKS if scene == "idle_loss" else {})


async def _ask(server: WebServer, path: str = "/query") -> tuple[int, float]:
    """Its status, and milliseconds."""
    begin = time.monotonic()
    try:
        async with asyncio.timeout(CLIENT_SECONDS):
            status = (await server.get(path)).status
    except (TimeoutError, OSError):
        status = GAVE_UP
    return status, 1_000 * (time.monotonic() - begin)


def _ask_at_once(server: WebServer, number: int, path: str = "/query") -> list[tuple[int, float]]:
    async def all_of_them() -> list[tuple[int, float]]:
        return await asyncio.gather(*(_ask(server, path) for _ in range(number)))

    return asyncio.run(all_of_them())


def _told(answers: list[tuple[int, float]]) -> dict[str, Any]:
    counts = Counter(str(status) if status else "gave up" for status, _ in answers)
    times = sorted(milliseconds for _, milliseconds in answers)
    shares = {f"p{share}_ms": percentile(times, share) for share in (50, 99)}
    return {"statuses": dict(counts), **shares}


def _fill_the_pool(server: WebServer) -> None:
    for _ in range(2):
        answers = _ask_at_once(server, POOL, "/query?seconds=0.3")
        assert {status for status, _ in answers} == {200}, answers


def _seconds_until_a_page_came(server: WebServer) -> float | None:
    begin = time.monotonic()
    while (spent := time.monotonic() - begin) < LOOK_SECONDS:
        if asyncio.run(_ask(server))[0] == 200:
            return round(spent, 1)
    return None


@contextmanager
def _behind_a_proxy(variables: dict[str, str]) -> Iterator[tuple[WebServer, SilentProxy]]:
    connection.ensure_connection()
    with (
        proxy_of_test_database() as proxy,
        WebServer(url_through(proxy), connections=POOL, **variables) as server,
    ):
        yield server, proxy


def _fall_silent(variables: dict[str, str]) -> dict[str, Any]:
    with _behind_a_proxy(variables) as (server, proxy):
        _fill_the_pool(server)
        proxy.fall_silent()
        begin = time.monotonic()
        told = _told(_ask_at_once(server, 2 * POOL))
        asked = time.monotonic() - begin
        until = _seconds_until_a_page_came(server)
        seconds = None if until is None else round(asked + until, 1)
        return told | {"seconds_until_a_page_came": seconds, "looked_for": LOOK_SECONDS}


def _lose_what_is_idle(variables: dict[str, str]) -> dict[str, Any]:
    with WebServer(database_url(), connections=POOL, **variables) as server:
        _fill_the_pool(server)
        with connection.cursor() as cursor:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            cursor.execute(f"{ended} WHERE application_name = %s", [server.name])
            assert cursor.rowcount == POOL, cursor.rowcount
        wait_until(lambda: not _connections(server))
        return _told([asyncio.run(_ask(server)) for _ in range(2 * POOL)])


def _connections(server: WebServer) -> int:
    with connection.cursor() as cursor:
        query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
        cursor.execute(query, [server.name])
        return int(cursor.fetchone()[0])


def _come_at_once(variables: dict[str, str]) -> dict[str, Any]:
    with WebServer(database_url(), connections=POOL, **variables) as server:
        asyncio.run(server.get("/free/statistics"))  # it has started
        watch = Watch(database_url(), server.name)
        with watch.looking():
            told = _told(_ask_at_once(server, BURST, "/query?seconds=0.05"))
        return told | {"most_connections": watch.most_since_asked()}


def _come_again_and_again(variables: dict[str, str]) -> dict[str, Any]:
    async def client(server: WebServer, until: float) -> list[tuple[int, float]]:
        answers = []
        while time.monotonic() < until:
            answers.append(await _ask(server, "/query?seconds=0.02"))
        return answers

    async def all_of_them(server: WebServer) -> list[list[tuple[int, float]]]:
        until = time.monotonic() + SECONDS
        return await asyncio.gather(*(client(server, until) for _ in range(POOL + 1)))

    with WebServer(database_url(), connections=POOL, **variables) as server:
        _fill_the_pool(server)
        watch = Watch(database_url(), server.name)
        with watch.looking():
            by_client = asyncio.run(all_of_them(server))
    answers = [answer for one in by_client for answer in one]
    return _told(answers) | {
        "worst_ms": round(max(milliseconds for _, milliseconds in answers), 1),
        "pages_a_second": round(len(answers) / SECONDS, 1),
        "fewest_and_most_of_a_client": [min(map(len, by_client)), max(map(len, by_client))],
        "most_connections": watch.most_since_asked(),
    }


def _time_out_in_handshakes(variables: dict[str, str]) -> dict[str, Any]:
    with _behind_a_proxy(variables) as (server, proxy):
        asyncio.run(server.get("/free/statistics"))
        files, threads = _files(server), server.look()["threads"]
        proxy.fall_silent(for_newcomers=True)
        begin = time.monotonic()
        answers: list[tuple[int, float]] = []
        while len(answers) < HANDSHAKES:
            answers += _ask_at_once(server, min(POOL, HANDSHAKES - len(answers)))
        spent, accepted = time.monotonic() - begin, proxy.accepted
        proxy.listen_again()
        until = _seconds_until_a_page_came(server)
        afterwards = _told(_ask_at_once(server, 2 * POOL))["statuses"]
        return _told(answers) | {
            "seconds": round(spent, 1),
            "handshakes_begun": accepted,
            "seconds_until_a_page_came": until,
            "statuses_of_eight_afterwards": afterwards,
            "files_more": _files(server) - files,
            "threads_more": server.look()["threads"] - threads,
        }


def _files(server: WebServer) -> int:
    """What the process has open."""
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))
