"""`wrap` under daphne, which tells of no start and no end, and where the application is loaded
before the fork; and what such processes start themselves."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.connection_budget.asgi.test_wrapped_servers import APP, ROOT, environment, listens
from tests.connection_budget.web.server import Answer, parse
from tests.databases import database_url
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True, available_apps=["connection_budget"]),
    pytest.mark.slow,
    pytest.mark.timeout(300),
]

POOL = 2
DAPHNE = ("-m", "daphne", "-v", "0", APP, "-u")
PRELOADED = (
    *("-m", "gunicorn", "tests.connection_budget.asgi.connected:application", "-k", "asgi"),
    *("--preload", "--workers", "2", "--log-level", "critical", "--timeout", "120", "-b"),
)


@dataclass
class Served:
    place: Path
    log: Path
    name: str
    process: subprocess.Popen[bytes]

    def ask(self, *paths: str) -> list[Answer]:
        return asyncio.run(self._ask(paths))

    async def _ask(self, paths: Sequence[str]) -> list[Answer]:
        return await asyncio.gather(*map(self._get, paths))

    async def _get(self, path: str) -> Answer:
        reader, writer = await asyncio.open_unix_connection(str(self.place))
        writer.write(f"GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n".encode())
        try:
            return parse(await reader.read())
        finally:
            writer.close()

    def said(self) -> str:
        return self.log.read_text(errors="replace")


@contextmanager
def serving(tmp_path: Path, *command: str, processes: int = 1) -> Iterator[Served]:
    place, log = tmp_path / "socket", tmp_path / "log"
    name = f"web-{tmp_path.name}"
    variables = {
        "DATABASE_URL": database_url(),
        "WEB_APPLICATION_NAME": name,
        "ROLE_WEB_PROCESSES": str(processes),
        "ROLE_WEB_CONNECTIONS": str(POOL),
    }
    where = f"unix:{place}" if "gunicorn" in command else str(place)
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, *command, where],
            cwd=ROOT,
            env=environment(tmp_path, **variables),
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            wait_until(lambda: listens(place) or process.poll() is not None)
            yield Served(place, log, name, process)
        finally:
            process.kill()


def backends(observer: psycopg.Connection, served: Served) -> int:
    row = observer.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [served.name]
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_daphne_serves_and_is_told_what_it_lacks(
    tmp_path: Path, observer: psycopg.Connection
) -> None:
    pages = ["/query?seconds=0.1"] * 12
    with serving(tmp_path, *DAPHNE) as served:
        answers = served.ask("/query", "/health/live", *pages)
        assert backends(observer, served) <= POOL + 1
        assert {answer.status for answer in answers} == {200}
        wait_until(lambda: served.ask("/health")[0].status == 200)
        assert "web_lifespan_missed" in served.said()
        assert "connections are closed when the process exits" in served.said()
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(100)
        wait_until(lambda: backends(observer, served) == 0)


def test_daphne_refuses_a_role_that_serves_no_pages(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, *DAPHNE, str(tmp_path / "socket")],
        cwd=ROOT,
        env=environment(tmp_path, PROCESS_ROLE="logs"),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert ended.returncode == 3
    assert "The role logs serves no pages" in ended.stderr


def test_children_of_a_parent_that_is_connected_serve_over_their_own_and_say_so(
    tmp_path: Path, observer: psycopg.Connection
) -> None:
    with serving(tmp_path, *PRELOADED, processes=2) as served:
        answers = served.ask(*["/query?seconds=0.2"] * 12)
        assert [answer.status for answer in answers] == [200] * 12
        query = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
        alive = {pid for (pid,) in observer.execute(query, [served.name])}
        parents = alive - {int(answer.body) for answer in answers}
        assert parents, "the parent's own is nobody else's"
        wait_until(lambda: served.said().count("web_connected_before_fork") == 2)
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(100)


def test_a_command_that_a_page_starts_counts_on_the_reserve(tmp_path: Path) -> None:
    with serving(tmp_path, "-m", "uvicorn", APP, "--log-level", "critical", "--uds") as served:
        (answer,) = served.ask("/spawned")
    role, connections, remedy = json.loads(answer.body)
    assert (role, connections) == ("command", 2)
    assert "started by one of the role web, process" in remedy
    assert "counts on DB_RESERVED_CONNECTIONS" in remedy
