"""`wrap`: under real servers, as many processes as are declared, of a role that serves pages."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.connection_budget.web.server import PATIENT, parse
from tests.databases import database_url
from tests.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.wide, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[3]
APP = "tests.connection_budget.asgi.wrapped:application"
UVICORN = ("-m", "uvicorn", APP, "--log-level", "critical", "--timeout-worker-healthcheck", "60")
GUNICORN = ("-m", "gunicorn", APP, "-k", "asgi", "--log-level", "critical", "--timeout", "120")
SERVERS = {
    "uvicorn": (*UVICORN, "--uds"),
    "gunicorn": (*GUNICORN, "-b"),
}
NOWHERE = "postgresql://nobody@/nothing?host=/nowhere"


def command(server: str, processes: int, place: Path) -> list[str]:
    where = f"unix:{place}" if server == "gunicorn" else str(place)
    return [sys.executable, *SERVERS[server], where, "--workers", str(processes)]


def environment(tmp_path: Path, **variables: str) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.connection_budget.settings",
        "DATABASE_URL": NOWHERE,
        "PROCESS_ROLE": "web",
        "ROLE_WEB_PROCESSES": "2",
        "PYTHONPATH": str(ROOT),
        **PATIENT,
        "TMPDIR": str(tmp_path),
        **variables,
    }


def refusal(tmp_path: Path, server: str, processes: int, **variables: str) -> str:
    """What the server says before it ends by itself."""
    ended = subprocess.run(
        command(server, processes, tmp_path / "socket"),
        cwd=ROOT,
        env=environment(tmp_path, **variables),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    return ended.stderr


@pytest.mark.parametrize("server", SERVERS)
def test_more_processes_than_the_role_declares_end_the_server(tmp_path: Path, server: str) -> None:
    said = refusal(tmp_path, server, 3)
    assert "would be one more than the 2 of the role web" in said
    assert "ROLE_WEB_PROCESSES" in said


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("command", "The role command serves no pages; of this fleet do: web."),
        ("logs", "The role logs serves no pages"),
        ("wbe", "PROCESS_ROLE='wbe'"),
    ],
)
def test_a_role_that_serves_no_pages_ends_the_server(tmp_path: Path, role: str, said: str) -> None:
    assert said in refusal(tmp_path, "uvicorn", 1, PROCESS_ROLE=role)


@contextmanager
def serving(tmp_path: Path, server: str, url: str) -> Iterator[Path]:
    place = tmp_path / "socket"
    with subprocess.Popen(
        command(server, 2, place), cwd=ROOT, env=environment(tmp_path, DATABASE_URL=url)
    ) as process:
        try:
            wait_until(lambda: listens(place) or process.poll() is not None)
            yield place
        finally:
            process.terminate()
            process.wait(60)


def listens(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(place)) == 0


async def get(place: Path, path: str) -> int:
    reader, writer = await asyncio.open_unix_connection(str(place))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n".encode())
    try:
        return parse(await reader.read()).status
    finally:
        writer.close()


@pytest.mark.parametrize("server", SERVERS)
def test_as_many_as_are_declared_serve_pages_and_health(
    tmp_path: Path, transactional_db: None, server: str
) -> None:
    with serving(tmp_path, server, database_url()) as place:
        statuses = [asyncio.run(get(place, path)) for path in ("/query", "/health/live")]
        # The sampler of a process that has just begun may not have looked yet.
        wait_until(lambda: asyncio.run(get(place, "/health")) == 200)
    assert statuses == [200, 200]
