"""A web process as its role script starts it, on the test database; and what it logs."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.databases import database_url
from tests.fuzz.raw import Ask, Line
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
# Refusals for coming too often would hide everything behind them.
NO_LIMITS = dict.fromkeys(
    (
        "ANONYMOUS_ROADMAPS_PER_DAY",
        "USER_ROADMAPS_PER_DAY",
        "ORDERS_PER_ADDRESS_PER_DAY",
        "OPEN_RUNS_PER_PERSON",
        "SIGN_INS_PER_MINUTE",
        "SIGN_UPS_PER_ADDRESS_PER_DAY",
        "ANSWERS_PER_MINUTE",
        "SOCKETS_PER_SESSION",
        "SOCKETS_PER_ADDRESS",
    ),
    "1000000",
)


@dataclass
class Site:
    port: int
    log: Path
    process: subprocess.Popen[bytes]
    told: int = 0

    def turn_page(self) -> None:
        """What was logged until now is of earlier tests."""
        self.told = self.log.stat().st_size

    def complaints(self) -> list[str]:
        """Uncaught exceptions, in whatever dress; what was begun before is over by now."""
        self.is_up()
        lines = self.log.read_bytes()[self.told :].decode(errors="replace").splitlines()
        signs = ("Traceback (most recent", "[error ", "[critical", "Internal Server Error")
        return [line for line in lines if any(sign in line for sign in signs)]

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
        with contextlib.closing(Line(self.port)) as line:
            try:
                return line.ask(Ask(target=b"/health/live")) == 200
            except OSError:
                return False


@pytest.fixture(scope="package")
def site(
    django_db_setup: None, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    log = tmp_path_factory.mktemp("fuzz") / "log"
    variables = {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "ROLE_WEB_PROCESSES": "1",
        "PORT": str(port),
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["sh", "docker/web.sh"],
            cwd=ROOT,
            stdout=out,
            stderr=out,
            env=os.environ | NO_LIMITS | variables,
            start_new_session=True,
        )
    running = Site(port, log, process)
    try:
        wait_until(running.is_up)
        yield running
    finally:
        # In good order first: a backend of a killed process outlives it, and holds the database.
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(100)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(autouse=True)
def fresh_page(site: Site) -> None:
    site.turn_page()
