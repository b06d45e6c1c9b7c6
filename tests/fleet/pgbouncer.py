"""A PgBouncer in transaction mode in front of the test database."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg
from django.db import connection

from tests.waiting import wait_until

# Debian installs it where an ordinary user's path does not lead.
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
SETTINGS = """
[databases]
* = {server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = {pool_size}
max_client_conn = {max_clients}
query_wait_timeout = 20
log_connections = 0
log_disconnections = 0
{user}
"""


class PgBouncer:
    """`variables` are what its clients are told."""

    def __init__(self, *, pool_size: int, max_clients: int) -> None:
        self._directory = Path(mkdtemp(prefix="cairn-pgbouncer-"))
        self._place: dict[str, Any] = connection.get_connection_params()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._write(pool_size, max_clients)
        self.variables = {
            "DATABASE_POOLER": "transaction",
            "DB_POOLER_POOL_SIZE": str(pool_size),
            "DB_POOLER_MAX_CLIENTS": str(max_clients),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        assert PROGRAM is not None
        log = (self._directory / "log").open("wb")
        self._process = subprocess.Popen(
            [PROGRAM, str(self._directory / "pgbouncer.ini")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()
        wait_until(self._answers)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._directory)

    def url(self, database: str | None = None) -> str:
        user, password = (quote(str(self._place[name]), safe="") for name in ("user", "password"))
        name = database or self._place["dbname"]
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{name}"

    def connect(self, database: str | None = None) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url(database), autocommit=True, connect_timeout=5)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._directory / "log").read_text()
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except OSError:
            return False
        return True

    def _write(self, pool_size: int, max_clients: int) -> None:
        place = self._place
        names = {"host": place.get("host") or "127.0.0.1", "port": place.get("port") or 5432}
        users = self._directory / "users.txt"
        users.write_text(f'"{place["user"]}" "{place["password"]}"\n', encoding="utf-8")
        account = self._account(str(names["host"]))
        text = SETTINGS.format(
            server=" ".join(f"{name}={value}" for name, value in names.items()),
            port=self.port,
            users=users,
            pool_size=pool_size,
            max_clients=max_clients,
            user=f"user = {account.pw_name}" if account else "",
        )
        settings = self._directory / "pgbouncer.ini"
        settings.write_text(text, encoding="utf-8")
        if account:
            for path in (self._directory, users, settings):
                os.chown(path, account.pw_uid, account.pw_gid)

    @staticmethod
    def _account(host: str) -> pwd.struct_passwd | None:
        """It refuses to be root. Who owns the directory of the server's socket may reach it."""
        if os.getuid() != 0:
            return None
        owner = Path(host).stat().st_uid if host.startswith("/") else 0
        return pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
