"""The cast: checkouts with embedded servers, and processes that use them."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg

from config.embedded import Postgres, Redis
from config.embedded.locks import is_locked
from config.embedded.privileges import server_account
from config.embedded.system import make_home

ROOT = Path(__file__).parents[2]

USER_SCRIPT = """
import sys
from pathlib import Path
from config.embedded import Postgres, Redis

service = {"postgres": Postgres, "redis": Redis}[sys.argv[1]](Path(sys.argv[2]))
service.join()
print("joined", flush=True)
try:
    sys.stdin.read()
except KeyboardInterrupt:
    pass
"""


def eventually(condition: Callable[[], bool], *, seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_alive(pid: int) -> bool:
    """A zombie is dead, whenever its parent gets round to it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path("/proc", str(pid), "stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (OSError, IndexError):
        return not Path("/proc/self").exists()


class User:
    """A process that joins a server and stays until it is told to leave, or killed."""

    def __init__(self, state: Path, service: str = "postgres", **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER_SCRIPT, service, str(state)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        )

    def joined(self) -> "User":
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "joined\n", self.errors()
        return self

    def let_go(self) -> None:
        """Tells it to leave, and does not wait."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def leave(self) -> None:
        self.let_go()
        assert self.process.wait(100) == 0

    def interrupt(self) -> None:
        """Ctrl-C: to the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(100)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(100)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def errors(self) -> str:
        """What it said before it gave up."""
        assert self.process.stderr is not None
        return self.process.stderr.read()


class Checkout:
    """A directory with a `.cairn` in it; `remove` leaves no trace of it on the machine."""

    def __init__(self, name: str = "checkout") -> None:
        self.directory = Path(mkdtemp(prefix="cairn-test-"))
        self.root = self.directory / name
        self.root.mkdir()
        self.state = self.root / ".cairn"
        self.state.mkdir(mode=0o700)
        self.postgres = Postgres(self.state)
        self.redis = Redis(self.state)
        self.users: list[User] = []

    def copy_data(self, template: "Checkout") -> None:
        """Saves the second that initdb takes; cp, because it keeps the owner as root."""
        shutil.copy(template.state / "secrets.json", self.state)
        make_home(self.postgres.paths, server_account(template.postgres.paths.data))
        sources = [template.postgres.paths.data, template.postgres.paths.home / "postgres.roles"]
        subprocess.run(["cp", "-a", *sources, self.postgres.paths.home], check=True)

    def user(self, service: str = "postgres", **environment: str) -> User:
        """Started, and perhaps not joined yet."""
        self.users.append(User(self.state, service, **environment))
        return self.users[-1]

    def connect(self, **login: Any) -> psycopg.Connection[Any]:
        place: dict[str, Any] = self.postgres.connection | login
        return psycopg.connect(**place, autocommit=True, connect_timeout=5)

    def query(self, sql: str, **login: Any) -> Any:
        with self.connect(**login) as connection:
            cursor = connection.execute(sql.encode())
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    def keeper_pid(self) -> int:
        return int(self.postgres.paths.keeper.read_text())

    def postmaster_pid(self) -> int:
        return int((self.postgres.paths.data / "postmaster.pid").read_text().split()[0])

    def starts(self) -> int:
        return self.postgres.paths.log.read_text().count("starting PostgreSQL 18")

    def stopped(self, seconds: float = 15) -> bool:
        """No keeper, no server and no backend is left."""
        locks = (self.postgres.paths.server, self.postgres.paths.keeper)
        return eventually(lambda: not any(map(is_locked, locks)), seconds=seconds)

    def remove(self) -> None:
        for user in self.users:
            user.kill()
        services = (self.postgres, self.redis)
        for service in services:
            service.leave()
            service.stop()
        for service in services:
            shutil.rmtree(service.paths.home, ignore_errors=True)
            shutil.rmtree(service.paths.socket_directory, ignore_errors=True)
        shutil.rmtree(self.directory)
