"""A way to PostgreSQL that can go silent: it accepts, acknowledges, and forwards nothing."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import quote

from django.db import connection


class SilentProxy:
    """Listens on TCP in front of a server on TCP or a Unix socket, inside the block.

    What went silent stays so, and its way to the server stays open: nobody tells the server that
    its client has left.
    """

    def __init__(self, host: str, port: str) -> None:
        self._host, self._server_port = host, int(port or 5432)
        self._sockets: list[socket.socket] = []
        self._silent: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._deaf = False
        self.accepted = 0

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hang_up()
        _end(self._listener)

    def hang_up(self) -> None:
        """At both ends, whether somebody still waits for a word or not."""
        with self._lock:
            for one in self._sockets:
                _end(one)

    def fall_silent(self, *, for_newcomers: bool = False) -> None:
        """From now on no connection that is there says anything; newcomers, if told so."""
        with self._lock:
            self._silent.update(self._sockets)
            self._deaf = for_newcomers

    def listen_again(self) -> None:
        """To newcomers."""
        with self._lock:
            self._deaf = False

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = self._connect()
            with self._lock:
                self.accepted += 1
                self._sockets += [client, server]
                if self._deaf:
                    self._silent.update((client, server))
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=[source, target], daemon=True).start()

    def _connect(self) -> socket.socket:
        if not self._host.startswith("/"):
            return socket.create_connection((self._host or "127.0.0.1", self._server_port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self._host}/.s.PGSQL.{self._server_port}")
        return server

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if source not in self._silent:
                    target.sendall(data)
            if source not in self._silent:
                target.shutdown(socket.SHUT_WR)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


def proxy_of_test_database() -> SilentProxy:
    place = connection.settings_dict
    return SilentProxy(str(place["HOST"]), str(place["PORT"]))


def url_through(proxy: SilentProxy) -> str:
    """The test database, as a process of its own reaches it through `proxy`."""
    place = connection.settings_dict
    user, password = (quote(str(place[name]), safe="") for name in ("USER", "PASSWORD"))
    return f"postgresql://{user}:{password}@127.0.0.1:{proxy.port}/{place['NAME']}"
