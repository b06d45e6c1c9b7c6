"""Real processes of every role, started by the scripts that production uses."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from config.embedded import Redis
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
# What a role writes into its log when it has started.
READY = {"beat": "beat: Starting...", "web": "Application startup complete"}
WORKER_READY = "ready."


class Fleet:
    """Starts and stops roles; everything is gone when the block ends."""

    def __init__(self, directory: Path, database_url: str) -> None:
        self._directory = directory
        self._redis = Redis(directory / "state")
        self._variables = {
            "DATABASE_URL": database_url,
            "REDIS_URL": self._redis.url,
            "DJANGO_SETTINGS_MODULE": "tests.fleet.settings",
            "STATE_DIRECTORY": str(directory),
            "PROMETHEUS_MULTIPROC_DIR": str(directory / "metrics"),
            "PYTHONPATH": str(ROOT),
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self._redis.join()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for role in list(self._processes):
            self.stop(role, signal.SIGKILL)
        self._redis.leave()

    def environment(self, **variables: str) -> dict[str, str]:
        return os.environ | self._variables | variables

    def start(self, role: str, **variables: str) -> None:
        """Start a role and wait until it says that it is ready."""
        log = self._directory / f"{role}.log"
        seen = len(self.log(role))
        with log.open("ab") as output:
            self._processes[role] = subprocess.Popen(
                ["sh", str(ROOT / "docker" / f"{role}.sh")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.environment(**variables),
                start_new_session=True,
            )
        wait_until(lambda: READY.get(role, WORKER_READY) in self.log(role)[seen:], seconds=60)

    def log(self, role: str) -> str:
        log = self._directory / f"{role}.log"
        return log.read_text(errors="replace") if log.exists() else ""

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
        process = self._processes.pop(role)
        process.send_signal(number)
        process.wait(60)
        if number == signal.SIGKILL:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        wait_until(lambda: not _group_alive(process.pid), seconds=30)


def _group_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
