"""Whatever overcommits, whatever starts: refused with the arithmetic, before any connection.

Each case stands for a row; its columns are everything that starts. `--concurrency` and
`--autoscale` are options of a worker alone: the others do not have them.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.serve.roles import ROOT, script

CELERY = ["-m", "celery", "--app", "config", "worker", "--loglevel", "INFO"]
Start = Callable[..., subprocess.Popen[str]]
STARTS = {
    "check": ["manage.py", "check"],
    "connection_budget": ["manage.py", "connection_budget", "--format", "json"],
    "worker": CELERY,
    "beat": [*CELERY[:4], "beat", "--schedule", "SCHEDULE", "--pidfile="],
    "web": ["-m", "uvicorn", "config.asgi:application", "--port", "0"],
    "web without lifespan": ["-m", "uvicorn", "config.asgi:application", "--lifespan", "off"],
}
TOO_MANY = "web: (4 processes + 0 overlap) x 21 + 0 main = 84"
ROWS = [
    ("ROLE_WEB_CONNECTIONS", "20", TOO_MANY),
    pytest.param(
        "ROLE_CONTENT_GENERATION_PROCESSES",
        "60",
        "content_generation: (60 processes + 1 overlap) x 1 + 1 main = 62",
        marks=pytest.mark.wide,
    ),
    pytest.param(
        "ROLE_LOGS_INSTANCES",
        "30",
        "logs: (30 processes + 30 overlap) x 1 + 30 main = 90",
        marks=pytest.mark.wide,
    ),
]


class DeadEnd:
    """Listens where PostgreSQL and Redis should, answers nobody and counts who came."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.attempts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                caller, _address = self._socket.accept()
            except OSError:
                return
            self.attempts += 1
            caller.close()

    def close(self) -> None:
        # Wakes the thread, which closing alone does not.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def dead_end() -> Iterator[DeadEnd]:
    dead_end = DeadEnd()
    yield dead_end
    dead_end.close()


@pytest.fixture
def start(dead_end: DeadEnd, tmp_path: Path) -> Iterator[Start]:
    """Starts what should be refused; what is not is ended with its children all the same."""
    started: list[subprocess.Popen[str]] = []
    places = {"SCHEDULE": str(tmp_path / "schedule")}
    away = {
        "DATABASE_URL": f"postgresql://x@127.0.0.1:{dead_end.port}/x",
        "REDIS_URL": f"redis://127.0.0.1:{dead_end.port}/0",
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
    }

    def run(command: list[str], **variables: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [places.get(part, part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env=os.environ | away | variables,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def role_of(start: str) -> str:
    return {"worker": "content_generation", "beat": "beat"}.get(
        start, "web" if "web" in start else "command"
    )


@pytest.mark.slow
@pytest.mark.parametrize(("variable", "value", "arithmetic"), ROWS)
def test_everything_that_starts_refuses(
    dead_end: DeadEnd, start: Start, variable: str, value: str, arithmetic: str
) -> None:
    started = {
        name: start(
            [sys.executable, *command],
            PROCESS_ROLE=role_of(name),
            **{variable: value},
        )
        for name, command in STARTS.items()
    }
    for name, process in started.items():
        said, _ = process.communicate(timeout=100)
        assert process.returncode not in {0, None}, (name, said)
        assert arithmetic in said, (name, said)
        assert "> 100" in said, (name, said)
        assert "Traceback" not in said, (name, said)
    assert dead_end.attempts == 0


@pytest.mark.slow
def test_a_worker_refuses_more_children_than_its_role_declares(
    dead_end: DeadEnd, start: Start
) -> None:
    options = (["--concurrency", "9"], ["--autoscale", "9,1"], ["--autoscale=1,9"])
    started = [
        start([sys.executable, *CELERY, *option], PROCESS_ROLE="content_generation")
        for option in options
    ]
    for process in started:
        said, _ = process.communicate(timeout=100)
        assert process.returncode == 1, said
        assert "start 9 children" in said
        assert "declares 8 (ROLE_CONTENT_GENERATION_PROCESSES = 8" in said
        assert "(9 processes + 1 overlap) x 1 + 1 main = 11" in said
        assert "Traceback" not in said
    assert dead_end.attempts == 0


@pytest.mark.slow
def test_the_role_scripts_refuse_likewise(dead_end: DeadEnd, start: Start) -> None:
    started = [start(script(role), ROLE_WEB_CONNECTIONS="20") for role in ("web", "logs")]
    for process in started:
        said, _ = process.communicate(timeout=100)
        assert process.returncode == 1, said
        assert TOO_MANY in said
    assert dead_end.attempts == 0


@pytest.mark.slow
def test_an_attempt_would_have_been_counted(dead_end: DeadEnd, start: Start) -> None:
    process = start([sys.executable, "manage.py", "migrate"])
    said, _ = process.communicate(timeout=100)
    assert dead_end.attempts > 0, said
