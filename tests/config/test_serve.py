"""`make serve`, from the start to Ctrl-C, with a database and a Redis of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from concepts.artifact_states import ArtifactState
from concepts.models import Artifact, ArtifactVersion
from config.embedded import Redis
from config.serve.preparation import claim_port
from config.serve.roles import ROOT, SMALL
from generation.models import GenerationRun
from generation.run_states import OPEN, RunState
from roadmaps.models import Roadmap
from tests.databases import database_url
from tests.embedded.checkouts import is_alive
from tests.generation.cast import assert_history
from tests.waiting import wait_until

COMMAND = [sys.executable, "-m", "config.serve"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def descendants(pid: int) -> dict[int, str]:
    """The process and all below it: their pids and command lines."""
    table = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(maxsplit=2) for line in table.splitlines()]
    found = {pid: "serve"}
    for child, parent, arguments in ((int(row[0]), int(row[1]), row[-1]) for row in rows):
        if parent in found:
            found[child] = arguments
    return found


class Served:
    """A `make serve` under way, and what it has written."""

    def __init__(self, directory: Path, **variables: str) -> None:
        self.port = free_port()
        self._log = directory / "serve.log"
        with self._log.open("wb") as output:
            self.process = subprocess.Popen(
                [*COMMAND, "--port", str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=os.environ | variables,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def running(self) -> bool:
        assert self.process.poll() is None, self.log
        return self.announced()

    def announced(self) -> bool:
        return f"Cairn is running at http://127.0.0.1:{self.port}/ - Ctrl-C stops it" in self.log

    def main_process(self, role: str) -> int | None:
        """The child of ours that is the role."""
        sign = {"web": "uvicorn", "beat": " beat "}.get(role, f"--queues {role}")
        mine = descendants(self.process.pid)
        return next((pid for pid, arguments in mine.items() if sign in arguments), None)

    def page(self) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/") as answer:
                status: int = answer.status
                return status
        except urllib.error.HTTPError as error:
            return error.code

    def kill(self) -> None:
        """At once and all of it, as when the machine loses power."""
        for pid in descendants(self.process.pid) if self.process.poll() is None else ():
            os.kill(pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def serve(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    redis = Redis(tmp_path / "state")
    redis.join()
    connection.close()
    started: list[Served] = []

    def start(**variables: str) -> Served:
        started.append(
            Served(
                tmp_path,
                DATABASE_URL=database_url(),
                REDIS_URL=redis.url,
                STATE_DIRECTORY=str(tmp_path / "beat"),
                **variables,
            )
        )
        return started[-1]

    yield start
    for served in started:
        served.kill()
    redis.leave()


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.timeout(300)
def test_it_serves_heals_and_stops(serve: Callable[..., Served]) -> None:
    served = serve(DJANGO_SETTINGS_MODULE="config.settings.test")
    wait_until(served.running, seconds=120)
    assert served.log.splitlines()[0].startswith("serve ")
    assert Roadmap.objects.filter(visibility="public").exists()
    assert served.page() == 200
    everything = descendants(served.process.pid)

    killed = served.main_process("workflow")
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: served.main_process("workflow") not in {None, killed})
    wait_until(lambda: "workflow ended (SIGKILL); it starts again" in served.log)

    everything |= descendants(served.process.pid)
    os.killpg(served.process.pid, signal.SIGINT)
    assert served.process.wait(100) == 0, served.log
    assert not [pid for pid in everything if is_alive(pid)]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.wide
def test_one_that_is_killed_leaves_nothing_running_and_its_port_free(
    serve: Callable[..., Served],
) -> None:
    served = serve(DJANGO_SETTINGS_MODULE="config.settings.test", ROLE_WEB_PROCESSES="2")
    wait_until(served.running, seconds=120)
    everything = descendants(served.process.pid)
    os.kill(served.process.pid, signal.SIGKILL)
    served.process.wait()
    wait_until(lambda: not any(is_alive(pid) for pid in everything))
    claim_port(served.port)


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.timeout(300)
def test_workers_finish_a_built_in_roadmap_that_was_interrupted(
    serve: Callable[..., Served],
) -> None:
    variables = {
        "DJANGO_SETTINGS_MODULE": "tests.fleet.settings",
        "SWEEP_SECONDS": "2",
        "LEASE_SECONDS": "3",
    }
    interrupted = serve(**variables, FLEET_DELAY_SECONDS="0.5")
    ready = Artifact.objects.filter(state=ArtifactState.READY)
    wait_until(ready.exists, seconds=120)
    interrupted.kill()
    assert not interrupted.announced()
    assert get_only_run().state == RunState.RUNNING
    before = ready.count()

    again = serve(**variables, FLEET_DELAY_SECONDS="0")
    wait_until(again.running, seconds=120)
    wait_until(lambda: get_only_run().state not in OPEN)
    assert "writing the built-in roadmap" not in again.log
    assert get_only_run().state == RunState.READY
    assert before < ready.count() == Artifact.objects.count() == ArtifactVersion.objects.count()
    assert_history(get_only_run().pk)


def get_only_run() -> GenerationRun:
    return GenerationRun.objects.get()


def refused(*arguments: str, **variables: str) -> str:
    outcome = subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x"} | variables,
        check=False,
    )
    assert outcome.returncode == 1
    assert "Traceback" not in outcome.stderr
    return outcome.stderr


@pytest.mark.slow
def test_a_port_in_use_is_told_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        said = refused("--port", str(port))
    assert re.fullmatch(rf"make serve: Port {port} cannot be used .* with PORT, .*\n", said)


@pytest.mark.parametrize("port", ["", "0", "65536", "http", "٨٠", "-1"])
def test_what_is_no_port_is_refused(port: str) -> None:
    assert "PORT is" in refused(f"--port={port}")


@pytest.mark.slow
def test_a_database_that_is_away_is_told_in_words() -> None:
    said = refused("--port", str(free_port()), REDIS_URL="redis://127.0.0.1:1")
    assert "DATABASE_URL" in said


@pytest.mark.slow
def test_too_many_connections_are_refused_with_the_arithmetic() -> None:
    said = refused("--port", str(free_port()), ROLE_WEB_CONNECTIONS="99")
    assert "(1 processes + 0 overlap) x 100" in said


def test_the_small_fleet_is_smaller_than_the_default_one() -> None:
    from config.fleet import FLEET

    assert all(SMALL[role.name] <= role.processes for role in FLEET)
