"""A connection as much as deadlines look at one, whose server is the test."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from psycopg.pq import TransactionStatus


class Connection:
    """With a socket, and a cancel that notes for how long it was asked."""

    def __init__(self, status: TransactionStatus = TransactionStatus.IDLE) -> None:
        self.ours, self.server = socket.socketpair()
        self.server.setblocking(False)
        self.fileno = self.ours.fileno
        self.lock = threading.Lock()
        self.cancels: list[float] = []
        self.done: list[str] = []
        self.closed = self.broken = self.is_lent = False
        self.pgconn = SimpleNamespace(transaction_status=status)
        self.info = SimpleNamespace(backend_pid=id(self))

    def cancel_safe(self, *, timeout: float) -> None:
        self.cancels.append(timeout)

    def close(self) -> None:
        self.done.append("close")

    def finish(self) -> None:
        self.done.append("finish")

    def is_cut_off(self) -> bool:
        try:
            return self.server.recv(1) == b""
        except BlockingIOError:
            return False


@contextmanager
def open_connection(
    status: TransactionStatus = TransactionStatus.IDLE,
) -> Iterator[Connection]:
    made = Connection(status)
    with made.ours, made.server:
        yield made
