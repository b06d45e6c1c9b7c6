"""The server process under a keeper: started or adopted, watched, stopped."""

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Protocol

from config.embedded import locks
from config.embedded.errors import EmbeddedServiceError
from config.embedded.paths import ServicePaths
from config.embedded.privileges import Account
from config.embedded.processes import command_line
from config.embedded.service import StopSignals

READY_SECONDS = 50
ADOPT_SECONDS = 10


class SupervisedService(Protocol):
    """What differs between PostgreSQL and Redis."""

    name: ClassVar[str]
    stop_signals: ClassVar[StopSignals]

    @property
    def paths(self) -> ServicePaths: ...
    def running(self) -> bool: ...
    def prepare(self, account: Account, server_lock: int) -> None: ...
    def command(self) -> list[str]: ...
    def recorded_pid(self) -> tuple[Path, str]: ...


class Server:
    """`on_death` is called, in another thread, when the server and all its children are gone."""

    def __init__(
        self, service: SupervisedService, account: Account, on_death: Callable[[], None]
    ) -> None:
        self.service = service
        self.account = account
        self.on_death = on_death
        self.pid: int | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.server_lock: int | None = None
        self.gone = threading.Event()
        self.stopping = threading.Event()

    def adopt_or_start(self) -> None:
        self.server_lock = self._lock_or_adopt()
        if self.pid is not None and self._await_ready(ADOPT_SECONDS):
            return
        # An adopted server that does not answer is no use; stopping it leaves us its lock.
        self.stop()
        self.start()

    def _lock_or_adopt(self) -> int | None:
        """A free server lock means that no process of an earlier server is left."""
        deadline = time.monotonic() + ADOPT_SECONDS
        while time.monotonic() < deadline:
            if (server_lock := locks.try_lock(self.service.paths.server)) is not None:
                return server_lock
            if (pid := self._find_running()) is not None:
                self._watch(pid)
                return None
            time.sleep(locks.POLL_SECONDS)
        raise EmbeddedServiceError("processes of a killed server do not end")

    def start(self) -> None:
        """With the server lock in our hands, which the server inherits and we let go.

        A server that dies on the way is reported as one that dies later is.
        """
        assert self.server_lock is not None
        self.clear_sockets()
        self.service.prepare(self.account, self.server_lock)
        with self.service.paths.log.open("ab") as log:
            self.process = self.account.popen(
                self.service.command(),
                cwd=self.service.paths.data,
                output=log,
                pass_fds=(self.server_lock,),
            )
        os.close(self.server_lock)
        self.server_lock = None
        self._watch(self.process.pid)
        if not self._await_ready(READY_SECONDS) and not self.gone.is_set():
            raise EmbeddedServiceError(f"the server takes no connections after {READY_SECONDS} s")

    def clear_sockets(self) -> None:
        """Left by a killed server, with lock files whose pid may be somebody else's by now."""
        for leftover in self.service.paths.socket_directory.iterdir():
            leftover.unlink()

    def stop(self) -> None:
        """What dies now was meant to, and is not reported."""
        if self.pid is None or self.gone.is_set():
            return
        self.stopping.set()
        for number, seconds in self.service.stop_signals:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            if self.gone.wait(seconds):
                return

    def _find_running(self) -> int | None:
        """The pid in the server's own file, if that process is the server and no later one."""
        file, marker = self.service.recorded_pid()
        try:
            pid = int(file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if marker in command_line(pid) else None

    def _watch(self, pid: int) -> None:
        self.pid = pid
        self.gone, self.stopping = threading.Event(), threading.Event()
        lock = locks.open_lock(self.service.paths.server)
        death = (lock, self.gone, self.stopping)
        threading.Thread(target=self._await_death, args=death, daemon=True).start()

    def _await_death(self, lock: int, gone: threading.Event, stopping: threading.Event) -> None:
        locks.wait_for_lock(lock)
        self.server_lock = lock
        if self.process is not None:
            self.process.wait()
        gone.set()
        if not stopping.is_set():
            self.on_death()

    def _await_ready(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self.gone.is_set() and time.monotonic() < deadline:
            if self.service.running():
                return True
            time.sleep(locks.POLL_SECONDS)
        return False
