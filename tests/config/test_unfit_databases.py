"""Whatever starts refuses a database that cannot hold the text, before anything is written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from config.serve.roles import ROOT
from tests.servers import ThrowAwayServer

CELERY = ["-m", "celery", "--app", "config"]
STARTS = {
    "check --database": ["manage.py", "check", "--database", "default"],
    "migrate": ["manage.py", "migrate"],
    "generate_roadmap": ["manage.py", "generate_roadmap", "Python web development"],
    "worker": [*CELERY, "worker", "--concurrency", "1"],
    "beat": [*CELERY, "beat", "--schedule", "SCHEDULE", "--pidfile="],
    "web": ["-m", "uvicorn", "config.asgi:application", "--port", "0"],
}
ROLES = {"worker": "content_generation", "beat": "beat", "web": "web"}
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowAwayServer]:
    with ThrowAwayServer() as server:
        for encoding in ("SQL_ASCII", "LATIN1"):
            server.execute(
                f"CREATE DATABASE {encoding.lower()} ENCODING '{encoding}' "
                "LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
            )
        yield server


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """What was started is ended afterwards, should it not have been refused."""
    started: list[subprocess.Popen[str]] = []
    schedule = {"SCHEDULE": str(tmp_path / "schedule")}

    def run(name: str, url: str) -> subprocess.Popen[str]:
        variables = {
            "DATABASE_URL": url,
            "REDIS_URL": "unix:///nonexistent/redis.sock",
            "DJANGO_SETTINGS_MODULE": "config.settings.development",
            "PROCESS_ROLE": ROLES.get(name, "command"),
        }
        started.append(
            subprocess.Popen(
                [sys.executable, *(schedule.get(part, part) for part in STARTS[name])],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=ROOT,
                env=os.environ | variables,
            )
        )
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("encoding", "starts"),
    [
        ("SQL_ASCII", ["migrate", "web"]),
        pytest.param("SQL_ASCII", STARTS, marks=pytest.mark.wide),
        pytest.param("LATIN1", STARTS, marks=pytest.mark.wide),
    ],
    ids=["some", "all", "another"],
)
def test_whatever_starts_refuses_a_database_that_cannot_hold_the_text(
    server: ThrowAwayServer, start: Start, encoding: str, starts: Iterable[str]
) -> None:
    url = server.url(database=encoding.lower())
    for name, process in {name: start(name, url) for name in starts}.items():
        said, _ = process.communicate(timeout=300)
        assert process.returncode not in {0, None}, (name, said)
        assert f"stores text in {encoding}" in said, (name, said)
        assert "Traceback" not in said, (name, said)
    tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
    assert server.execute(tables, database=encoding.lower()) == [(0,)]


@pytest.mark.slow
def test_a_plain_check_connects_to_nothing(server: ThrowAwayServer) -> None:
    outcome = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": server.url(database="sql_ascii")},
        timeout=100,
        check=False,
    )
    assert outcome.returncode == 0
