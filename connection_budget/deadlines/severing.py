"""Ending a connection whose other end says nothing any more, and its server's end as well.

A proxy that drops packets, a frozen server, a gateway that forgot: the client waits for ever, and
a cancel goes unheard. Shutting the socket down wakes whoever waits. The server may know nothing of
it, so its backend is ended by whichever connection of this process is made next.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import weakref
from contextlib import suppress
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.pq import TransactionStatus

from connection_budget.forks import call_in_forked_child
from connection_budget.logs import get_logger

log = get_logger(__name__)

# How long one attempt to cancel a statement may take; it wants a connection of its own.
CANCEL_SECONDS = 2.0

# A pid may be another's by now: one that began after we lost ours.
END_BACKEND = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid = {pid:d} AND usename = current_user AND datname = current_database()"
    " AND backend_start < clock_timestamp() - interval '{seconds:.3f} seconds'"
)


# Their server's ends may still be there.
severed: weakref.WeakSet[psycopg.Connection[Any]] = weakref.WeakSet()


def sever(connection: psycopg.Connection[Any]) -> bool:
    """Shut the socket down under whoever waits for it, from any thread; whether there was one."""
    try:
        number = connection.fileno()
        end = socket_of(os.dup(number))
    except (psycopg.Error, OSError):
        return False
    with end, suppress(psycopg.Error, OSError):
        # Closed meanwhile, the number could be of another file, and so could the copy.
        if connection.fileno() == number:
            end.shutdown(socket.SHUT_RDWR)
            severed.add(connection)
            return True
    return False


def socket_of(file: int) -> socket.socket:
    """Which has the file from now on; closed where it is no socket's. Raises OSError."""
    try:
        return socket.socket(fileno=file)
    except OSError:
        os.close(file)
        raise


class Orphans:
    """Backends that may still be there though this process has lost its way to them."""

    def __init__(self) -> None:
        self._start_afresh()
        call_in_forked_child(self._start_afresh)

    def note(self, connection: psycopg.Connection[Any]) -> None:
        """Remember its backend: libpq forgets that when the connection breaks."""
        with self._lock:
            self._backends[connection] = connection.info.backend_pid

    def add(self, alias: str, connection: psycopg.Connection[Any]) -> None:
        """`connection` is lost. Behind a pooler nobody knows which backend that was."""
        budget = getattr(settings, "CONNECTION_BUDGET", None)
        with self._lock:
            pid = self._backends.pop(connection, 0)
            if pid and not (budget and budget.pooler):
                self._lost.setdefault(alias, {})[pid] = time.monotonic()

    def statements(self, alias: str) -> list[str]:
        """What ends those of `alias`; each is told once."""
        if alias not in self._lost:
            return []
        with self._lock:
            lost = self._lost.pop(alias, {})
        now = time.monotonic()
        return [END_BACKEND.format(pid=pid, seconds=now - at) for pid, at in lost.items()]

    def _start_afresh(self) -> None:
        self._lock = threading.Lock()
        self._backends: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._lost: dict[str, dict[int, float]] = {}


orphans = Orphans()


def end_statement(alias: str, connection: psycopg.Connection[Any]) -> None:
    """To be called before `connection` is closed: what it asked for is nobody's any more.

    An exception from a signal's handler (Celery's soft limit) leaves a statement running. Closed
    so, the server would go on with it, and count, until it is done.
    """
    if connection.closed or not is_in_use(connection):
        return
    try:
        connection.cancel_safe(timeout=CANCEL_SECONDS)
    except (psycopg.Error, OSError) as error:
        log.warning("db_cancel_failed", alias=alias, error=str(error))
    orphans.add(alias, connection)  # a cancel that comes before its statement is not heard
    if not _is_left_alone(connection) and sever(connection):
        _is_left_alone(connection)


def is_in_use(connection: psycopg.Connection[Any]) -> bool:
    """Whether a statement runs on it. A thread within a call may have sent one which the client
    does not know of yet: libpq sends first, and notes it afterwards."""
    is_active = connection.pgconn.transaction_status == TransactionStatus.ACTIVE
    return is_active or connection.lock.locked()


def _is_left_alone(connection: psycopg.Connection[Any]) -> bool:
    """Whether no thread is within a call any more. One that is would look for its answer at a file
    whose number is the next connection's: both may wait for ever."""
    left = connection.lock.acquire(timeout=CANCEL_SECONDS)
    if left:
        connection.lock.release()
    return left


def end_orphans(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """The server's ends of the connections that this one replaces."""
    if not isinstance(connection.connection, psycopg.Connection):
        return
    orphans.note(connection.connection)
    try:
        for statement in orphans.statements(connection.alias):
            with connection.cursor() as cursor:
                cursor.execute(statement)
    except (Error, psycopg.Error) as error:
        log.warning("db_backend_not_ended", alias=connection.alias, error=str(error))


connection_created.connect(end_orphans, dispatch_uid="connection_budget.deadlines.severing")
