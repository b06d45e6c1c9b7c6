"""The embedded PostgreSQL 18: its address and logins, and how its keeper runs it."""

import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT
from typing import ClassVar
from urllib.parse import quote

from config.embedded import binaries
from config.embedded.cluster import DATABASE, Cluster
from config.embedded.privileges import Account
from config.embedded.secrets import OWNER, login_role, passwords
from config.embedded.service import Service, StopSignals

# Names the socket file only; nothing listens on TCP.
PORT = "5432"
PING_SECONDS = 1.0
CHECK_CLIENT = "500ms"
PROTOCOL_3_0 = 3 << 16
CANNOT_CONNECT_NOW = b"C57P03\0"


@dataclass(frozen=True)
class Postgres(Service):
    """`max_connections` counts when the server is started, not when a running one is joined."""

    max_connections: int = 100
    name: ClassVar[str] = "postgres"
    title: ClassVar[str] = "The embedded PostgreSQL"
    remedy: ClassVar[str] = "Look into the log below, or set DATABASE_URL to use another server."
    # Fast shutdown; immediate shutdown, repaired at the next start; the last resort.
    stop_signals: ClassVar[StopSignals] = ((SIGINT, 10), (SIGQUIT, 5), (SIGKILL, 5))

    @property
    def connection(self) -> dict[str, str]:
        """Of the owner, as psycopg.connect() takes it."""
        return {
            "host": str(self.paths.socket_directory),
            "port": PORT,
            "dbname": DATABASE,
            "user": OWNER,
            "password": passwords(self.state)[OWNER],
        }

    @property
    def url(self) -> str:
        place = self.connection
        host = quote(place["host"], safe="/")
        login = f"{place['user']}:{place['password']}"
        return f"postgresql://{login}@/{place['dbname']}?host={host}&port={place['port']}"

    def login(self, role: str) -> tuple[str, str]:
        """User and password of a process role; those of the owner for `command`."""
        user = login_role(role)
        return user, passwords(self.state)[user]

    def keeper_arguments(self) -> list[str]:
        return [str(self.max_connections)]

    def start_notice(self) -> str:
        if self.paths.data.exists():
            return ""
        return f"Preparing PostgreSQL 18 in {self.state.name}/ (first start only) ..."

    def running(self) -> bool:
        """A start-up packet, answered before any password: the server asks for one, or refuses."""
        login = f"user\0{OWNER}\0database\0{DATABASE}\0\0".encode()
        packet = struct.pack("!ii", len(login) + 8, PROTOCOL_3_0) + login
        address = str(self.paths.socket_directory / f".s.PGSQL.{PORT}")
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(PING_SECONDS)
                connection.connect(address)
                connection.sendall(packet)
                answer = connection.recv(4096)
        except OSError:
            return False
        # Full ("sorry, too many clients") is running too; starting up or shutting down is not.
        return bool(answer) and CANNOT_CONNECT_NOW not in answer

    def prepare(self, account: Account, server_lock: int) -> None:
        """Called by the keeper when no server runs; removes what a killed one left in the way."""
        cluster = Cluster(self.paths, binaries.postgres_programs(), account, server_lock)
        if not self.paths.data.exists():
            cluster.create()
        # Its pid may by now be that of any other process, and PostgreSQL would wait for that one.
        (self.paths.data / "postmaster.pid").unlink(missing_ok=True)
        cluster.update_roles()

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": f'"{self.paths.socket_directory}"',
            "unix_socket_permissions": "0700",
            "max_connections": str(self.max_connections),
            # The statement of a killed process ends with it, not seconds later.
            "client_connection_check_interval": CHECK_CLIENT,
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [
            str(binaries.postgres_programs() / "postgres"),
            "-D",
            str(self.paths.data),
            *options,
        ]

    def recorded_pid(self) -> tuple[Path, str]:
        """The file whose first line is the server's pid, and what its command line contains."""
        return self.paths.data / "postmaster.pid", str(self.paths.data)
