"""The embedded Redis: a unix socket in a private directory, and how its keeper runs it."""

import socket
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import ClassVar

from config.embedded import binaries
from config.embedded.privileges import Account
from config.embedded.service import Service, StopSignals

PING_SECONDS = 1.0


@dataclass(frozen=True)
class Redis(Service):
    """Needs no password: only the owner of the socket's directory gets at it."""

    name: ClassVar[str] = "redis"
    title: ClassVar[str] = "The embedded Redis"
    remedy: ClassVar[str] = "Look into the log below, or set REDIS_URL to use another server."
    # It refuses to end when it cannot save, as where the checkout was deleted.
    stop_signals: ClassVar[StopSignals] = ((SIGTERM, 8), (SIGKILL, 5))

    @property
    def socket_path(self) -> Path:
        return self.paths.socket_directory / "redis.sock"

    @property
    def url(self) -> str:
        """As redis-py wants it; kombu wants `redis+socket://` in front of the path."""
        return f"unix://{self.socket_path}"

    def running(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(PING_SECONDS)
                connection.connect(str(self.socket_path))
                connection.sendall(b"PING\r\n")
                # While it loads its data it answers -LOADING.
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def prepare(self, account: Account, server_lock: int) -> None:  # noqa: ARG002 - PostgreSQL's
        """Called by the keeper when no server runs; removes what a killed one left in the way."""
        self.paths.data.mkdir(mode=0o700, exist_ok=True)
        account.own(self.paths.data)
        (self.paths.data / "redis.pid").unlink(missing_ok=True)

    def command(self) -> list[str]:
        """Started in its data directory, so that no path has to survive Redis's own quoting."""
        settings = {
            "port": "0",
            "unixsocket": str(self.socket_path),
            "unixsocketperm": "700",
            "dir": ".",
            "pidfile": "redis.pid",
            "daemonize": "no",
            "appendonly": "no",
        }
        options = [text for name, value in settings.items() for text in (f"--{name}", value)]
        # Redis 6 wants the two numbers (seconds, changes) as two arguments.
        return [str(binaries.redis_server()), *options, "--save", "60", "1"]

    def recorded_pid(self) -> tuple[Path, str]:
        """Redis renames itself, but keeps this much."""
        return self.paths.data / "redis.pid", "redis-server"
