"""A PostgreSQL of the test's own, to be stopped, stalled and filled up."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg

from config.embedded.binaries import postgres_programs
from config.embedded.privileges import server_account
from tests.waiting import wait_until

__all__ = ["ThrowAwayServer", "postgres_programs"]

USER = "owner"
DATABASE = "postgres"


class ThrowAwayServer:
    """Running inside the block. `USER` is its superuser; everybody local is trusted."""

    def __init__(self, *, max_connections: int = 30, **settings: str) -> None:
        self._settings = {"max_connections": str(max_connections), "fsync": "off"} | settings
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.directory = Path(mkdtemp(prefix="cairn-pg-"))
        self._account = server_account(self.directory / "data")
        self._account.own(self.directory)
        self._account.run(
            [
                *(str(postgres_programs() / "initdb"), "-D", str(self.directory / "data")),
                *("--auth=trust", f"--username={USER}", "--encoding=UTF8"),
                *("--no-sync", "--no-instructions"),
            ],
            cwd=self.directory,
        )
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.go_on()
        self.stop()
        shutil.rmtree(self.directory)

    def start(self) -> None:
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        self._process = self._account.popen(
            [
                *(str(postgres_programs() / "postgres"), "-D", str(self.directory / "data")),
                *(f"--unix_socket_directories={self.directory}", "--listen_addresses=", *options),
            ],
            cwd=self.directory,
            output=subprocess.DEVNULL,
        )
        wait_until(self._answers)

    def stop(self) -> None:
        """Immediate shutdown: every backend ends at once, as after a crash."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(100)
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def stall(self) -> None:
        """The whole server stops in its tracks; its sockets stay open."""
        self._signal_all(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal_all(signal.SIGCONT)

    def url(self, user: str = USER, *, database: str = DATABASE) -> str:
        host = quote(str(self.directory), safe="")
        return f"postgresql://{user}@/{database}?host={host}"

    def connect(self, user: str = USER, *, database: str = DATABASE) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url(user, database=database), autocommit=True)

    def execute(self, statement: str, *, database: str = DATABASE) -> list[tuple[Any, ...]]:
        with self.connect(database=database) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _signal_all(self, number: signal.Signals) -> None:
        """Backends have process groups of their own, but one parent."""
        if self._process is None:
            return
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for process in (pid, *map(int, children)):
            os.kill(process, number)
