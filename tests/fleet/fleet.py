"""Real processes of every role, started by the scripts that production uses."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from config.embedded import Redis
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("workflow", "content_generation", "logs", "beat", "web")
# Enough of each for a test, and deaths that are noticed soon.
SMALL = {
    "ROLE_WEB_PROCESSES": "1",
    "ROLE_WORKFLOW_PROCESSES": "1",
    "ROLE_CONTENT_GENERATION_PROCESSES": "2",
    "ROLE_LOGS_PROCESSES": "1",
    "SWEEP_SECONDS": "2",
    "LEASE_SECONDS": "6",
}
# What a role writes into its log when it has started.
READY = {"beat": "beat: Starting...", "web": "Application startup complete"}
WORKER_READY = "ready."
# A whole fleet loads itself on a busy machine.
START_SECONDS = 250


class Fleet:
    """Starts and stops roles; everything is gone when the block ends.

    The settings of the tests, SMALL and then `variables` are the environment of all its processes.
    `beside` another fleet it is that one's next generation: the same Redis, the same metrics.
    """

    def __init__(
        self,
        directory: Path,
        database_url: str,
        beside: Fleet | None = None,
        /,
        **variables: str,
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self._directory = directory
        self._redis: Redis = beside._redis if beside else Redis(directory / "state")
        self._owns_redis = beside is None
        self._variables = {
            "DATABASE_URL": database_url,
            "REDIS_URL": self._redis.url,
            "DJANGO_SETTINGS_MODULE": "tests.fleet.settings",
            "STATE_DIRECTORY": str(directory),
            "PROMETHEUS_MULTIPROC_DIR": str(self._redis.state.with_name("metrics")),
            "PYTHONPATH": str(ROOT),
            "PORT": str(port),
            "SITE_URL": self.address,
            **SMALL,
            **variables,
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._commands: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        self._redis.join()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for command in self._commands:
            with command:
                command.kill()
        for process in self._processes.values():
            _kill_group(process.pid)
        for role in list(self._processes):
            self.stop(role, signal.SIGKILL)
        if self._owns_redis:
            self._redis.leave()

    def environment(self, **variables: str) -> dict[str, str]:
        return os.environ | self._variables | variables

    def start(self, *roles: str, **variables: str) -> None:
        """Start roles at once and wait until each says that it is ready."""
        seen = {role: len(self.log(role)) for role in roles}
        for role in roles:
            self._spawn(role, variables)
        for role in roles:
            self._wait_until_ready(role, seen[role], variables)

    def _spawn(self, role: str, variables: dict[str, str]) -> None:
        log = self._directory / f"{role}.log"
        with log.open("ab") as output:
            self._processes[role] = subprocess.Popen(
                ["sh", str(ROOT / "docker" / f"{role}.sh")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.environment(**variables),
                start_new_session=True,
            )

    def _wait_until_ready(self, role: str, seen: int, variables: dict[str, str]) -> None:
        environment = self.environment(**variables)
        port = int(environment["PORT"])
        # Each web process says it.
        times = int(environment["ROLE_WEB_PROCESSES"]) if role == "web" else 1

        def ready() -> bool:
            assert self._processes[role].poll() is None, self.log(role)
            said = self.log(role)[seen:].count(READY.get(role, WORKER_READY)) >= times
            # uvicorn says so a moment before it listens.
            return said and (role != "web" or _listens(port))

        wait_until(ready, seconds=START_SECONDS)

    def lose_redis(self) -> None:
        """For good."""
        self._redis.leave()
        self._owns_redis = False

    def order(self, goal: str, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """`generate_roadmap` through the queues; its JSON comes when the run is closed."""
        command = ["generate_roadmap", goal, "--new", "--enqueue", "--format", "json"]
        return self.command(*command, *arguments, **variables)

    def command(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """`manage.py` from another shell; at the latest it ends with the fleet."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=self.environment(**variables),
        )
        self._commands.append(process)
        return process

    def page(self, path: str) -> int:
        """The status with which the web role answers. Raises URLError, also for an error page."""
        with urllib.request.urlopen(self.address + path, timeout=100) as answer:  # noqa: S310 - ours
            status: int = answer.status
            return status

    def log(self, role: str) -> str:
        log = self._directory / f"{role}.log"
        return log.read_text(errors="replace") if log.exists() else ""

    @property
    def running(self) -> frozenset[str]:
        """Roles that were started and not stopped."""
        return frozenset(self._processes)

    def pid(self, role: str) -> int:
        """Of a role's main process."""
        return self._processes[role].pid

    def tell(self, role: str, number: signal.Signals) -> None:
        """Signal a role's main process, as an operator or a supervisor would."""
        self._processes[role].send_signal(number)

    def wait(self, role: str, *, seconds: float = 60) -> int:
        return self._processes[role].wait(seconds)

    def stop(self, role: str, number: signal.Signals) -> None:
        """Signal a role's main process and wait until it and all its children are gone."""
        self.tell(role, number)
        self.await_end(role)

    def await_end(self, role: str) -> None:
        """Of a role that was told to end; only once, because a second time means at once."""
        process = self._processes.pop(role)
        if process.wait(100) == -signal.SIGKILL:
            _kill_group(process.pid)
        wait_until(lambda: not _group_alive(process.pid), seconds=30)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _group_alive(group: int) -> bool:
    """Zombies are dead, whenever init gets round to them, but for those with threads left (l):
    these hold the process's files and locks until the last of them is gone."""
    table = subprocess.run(
        ["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    rows = (line.split() for line in table.splitlines())
    return any(
        int(pgid) == group and (not state.startswith("Z") or "l" in state) for pgid, state in rows
    )
