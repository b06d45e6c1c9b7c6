"""A database wrapper whose connection has a place of the process's cap.

Another thread may close a connection that is not in use: then the next query makes a new one. What
makes a connection "in use" is a transaction, an open cursor, or a call of Django's that is between
looking for the connection and using it; a lock is held for the last.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.asyncio import async_unsafe
from psycopg.pq import TransactionStatus

from connection_budget.cap.places import Place
from connection_budget.cap.process import take_place
from connection_budget.deadlines.severing import end_statement

# Closed cursors are forgotten when there are so many: looking at each query would cost more.
KNOWN_CURSORS = 32


class Capped(BaseDatabaseWrapper):
    """Mixed into Django's wrapper, in front of it."""

    in_lane = False
    is_pool = False
    is_wanted = False
    in_unit = False
    # Django's, which its stubs leave out.
    health_check_enabled: bool
    health_check_done: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._uses = 0
        _here.__dict__.setdefault("wrappers", weakref.WeakSet()).add(self)
        self._start_afresh()

    def _start_afresh(self) -> None:
        self._using = threading.RLock()
        self._cursors: list[weakref.ref[Any]] = []
        # Usually one; somebody may call `get_new_connection` for a connection of their own.
        self._places: weakref.WeakKeyDictionary[Any, Place] = weakref.WeakKeyDictionary()

    def connect_in_place(self, connect: Callable[[], Any]) -> Any:
        """Raises `CapReached` where none is free."""
        cap_place = take_place(self.alias, self)
        try:
            connection = connect()
        except BaseException as error:
            cap_place.fail(error)
            raise
        cap_place.hold(connection)
        self._places[connection] = cap_place
        return connection

    def leave_place(self, connection: psycopg.Connection[Any]) -> None:
        """The connection is about to be closed."""
        end_statement(self.alias, connection)
        place = self._places.pop(connection, None)
        if place is not None:
            place.leave()

    # What Django does with a connection that it has just looked for.

    def _cursor(self, name: str | None = None) -> Any:
        with self._using:
            self._uses += 1
            if self.is_wanted:
                self.give_up_if_wanted()
            wrapped = super()._cursor(name)  # type: ignore[misc]  # the stubs leave it out
            if len(self._cursors) >= KNOWN_CURSORS:
                self._cursors = self._open_cursors()
            self._cursors.append(weakref.ref(wrapped.cursor))
            return wrapped

    def close_if_health_check_failed(self) -> None:
        """Before each query; where nothing is to be checked Django would still ask for the pool."""
        if self.health_check_enabled and not self.health_check_done:
            super().close_if_health_check_failed()

    def _open_cursors(self) -> list[weakref.ref[Any]]:
        return [ref for ref in self._cursors if (one := ref()) is not None and not one.closed]

    @async_unsafe
    def connect(self) -> None:
        """Django forgets the connection that there was, and would be asked for a place more."""
        with self._using:
            if self.connection is not None:
                if self._open_cursors():
                    self.let_go()
                else:
                    self.give_up()
        super().connect()

    def set_autocommit(self, *args: Any, **kwargs: Any) -> None:
        with self._using:
            super().set_autocommit(*args, **kwargs)

    def close(self) -> None:
        with self._using:
            super().close()

    def close_if_unusable_or_obsolete(self) -> None:
        with self._using:
            super().close_if_unusable_or_obsolete()

    def give_up_if_wanted(self) -> None:
        """To whom waits longest, with whom this thread then queues."""
        if self.is_wanted and not self.in_unit and self._is_at_rest():
            self.give_up()

    # What other threads do: see `connection_budget.cap.places.Keeper`.

    @property
    def is_shared(self) -> bool:
        return self.allow_thread_sharing

    def uses_at_rest(self) -> int | None:
        if not self._using.acquire(blocking=False):
            return None
        try:
            return self._uses if self._is_at_rest() else None
        finally:
            self._using.release()

    def surrender(self) -> bool:
        if not self._using.acquire(blocking=False):
            return False
        try:
            if not self._is_at_rest():
                return False
            self.give_up()
        finally:
            self._using.release()
        return True

    def forget(self) -> None:
        """In a forked child: what this wrapper had is the parent's."""
        self.connection = None
        self._start_afresh()

    def let_go(self) -> None:
        """Whoever reads an open cursor has the connection now, and its place goes with it."""
        self.connection = None

    def give_up(self) -> None:
        """Close the connection, which is not in use, from whatever thread."""
        self.is_wanted = False
        connection, self.connection = self.connection, None
        self.leave_place(connection)
        with suppress(psycopg.Error):
            connection.close()

    def _is_at_rest(self) -> bool:
        connection: psycopg.Connection[Any] | None = self.connection
        if connection is None or self.in_atomic_block or not self.autocommit:
            return False
        if connection.lock.locked() or self._open_cursors():
            return False
        return connection.pgconn.transaction_status == TransactionStatus.IDLE


_here = threading.local()


def wrappers_here() -> list[Capped]:
    """Those that this thread has made. (In a coroutine Django's `connections` shows others.)"""
    return list(_here.__dict__.get("wrappers", ()))
