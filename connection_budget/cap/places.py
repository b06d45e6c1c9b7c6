"""A place: what one connection counts for, from before it is made until the server has ended it.

A server's process goes on for a moment after its client has closed, and counts meanwhile. So a
place is only free when the socket, of which a copy is kept, has been read to its end.
"""

from __future__ import annotations

import os
import select
import threading
import time
import weakref
from contextlib import suppress
from typing import Any, Protocol

import psycopg

from connection_budget.deadlines.severing import severed
from connection_budget.host_places import HostPlace

# A server that has not ended its side by then is not waited for any longer.
GONE_SECONDS = 1.0


class Keeper(Protocol):
    """Who has the connection of a place: a database wrapper, in one thread, or a pool."""

    alias: str
    in_unit: bool
    in_lane: bool
    is_pool: bool
    is_wanted: bool
    """Somebody waits for its connection, which was in use: it gives it up when it is not."""

    @property
    def is_shared(self) -> bool:
        """Whether other threads than its own may use it."""

    def uses_at_rest(self) -> int | None:
        """How often it has been used so far, if it is not in use now; else None."""

    def surrender(self) -> bool:
        """Close the connection from another thread if it is not in use; whether it was."""

    def forget(self) -> None:
        """In a forked child: drop what is the parent's."""


class Place:
    """Taken by the thread that makes it."""

    def __init__(self, keeper: Keeper | None = None, where: str = "") -> None:
        self.since = time.monotonic()
        self.thread = threading.current_thread()
        self.where = where
        self.on_reserve: HostPlace | None = None
        """Of a command: its place among all of this host, for as long as this one is kept."""
        self._keeper = weakref.ref(keeper) if keeper is not None else None
        self._connection: weakref.ref[psycopg.Connection[Any]] | None = None
        self._lost: weakref.finalize[..., Any] | None = None
        self._end: End | None = None
        self._left_at: float | None = None
        self._uses: int | None = None
        self._rests_since = self.since

    @property
    def is_main(self) -> bool:
        return self.thread is threading.main_thread()

    @property
    def keeper(self) -> Keeper | None:
        return self._keeper() if self._keeper is not None else None

    def waits_for(self) -> float:
        """Seconds since it was asked for."""
        return time.monotonic() - self.since

    @property
    def is_leaving(self) -> bool:
        return self._left_at is not None

    def hold(self, connection: psycopg.Connection[Any]) -> None:
        """The connection is made. Should it be collected unclosed, it is closed."""
        self._connection = weakref.ref(connection)
        self._lost = weakref.finalize(connection, self._lose, connection.pgconn)
        self._lost.atexit = False

    def fail(self, error: BaseException) -> None:
        """No connection came of it. One that took too long may yet appear on the server."""
        self._left_at = time.monotonic()
        if not isinstance(error, psycopg.errors.ConnectionTimeout):
            self._left_at -= GONE_SECONDS

    def leave(self) -> None:
        """To be called before the connection is closed, from any thread. Safe to repeat.

        It takes no lock, for the collector may call it anywhere.
        """
        if self._left_at is not None:
            return
        connection = self._connection() if self._connection is not None else None
        self._left_at = time.monotonic()
        if connection is not None and not connection.closed:
            self._end = end_of(connection.pgconn)
        elif connection not in severed:
            self._left_at -= GONE_SECONDS  # the server has ended it, or was told to
        if self._lost is not None:
            self._lost.detach()

    def is_over(self) -> bool:
        """Whether the server's end is gone, as far as that can be told."""
        if self._left_at is None:
            self._leave_if_closed()
            return False
        reached = self._end is not None and self._end.is_reached()
        return reached or time.monotonic() - self._left_at >= GONE_SECONDS

    def rests_for(self) -> float:
        """Seconds for which nobody has been seen to use the connection; 0 while it is used."""
        keeper = self.keeper
        uses = keeper.uses_at_rest() if keeper is not None and not self.is_leaving else None
        now = time.monotonic()
        if uses is None or uses != self._uses:
            self._uses, self._rests_since = uses, now
        return now - self._rests_since

    def close_for_the_dead(self) -> None:
        """Close what a thread that has ended left open."""
        connection = self._connection() if self._connection is not None else None
        keeper = self.keeper
        if connection is None or self.thread.is_alive() or (keeper and keeper.is_shared):
            return
        if not connection.lock.locked():
            self.leave()
            with suppress(psycopg.Error):
                connection.close()

    def forget(self) -> None:
        """In a forked child, which shares the socket: whatever it does now reaches nobody."""
        connection = self._connection() if self._connection is not None else None
        self.on_reserve = None
        if self._lost is not None:
            self._lost.detach()
        if connection is not None and not connection.closed:
            _point_nowhere(connection.pgconn.socket)
            _forgotten.append(connection)
        if (keeper := self.keeper) is not None:
            keeper.forget()

    def _lose(self, pgconn: Any) -> None:
        if self._left_at is None:
            self._end = end_of(pgconn)
            self._left_at = time.monotonic()
            pgconn.finish()

    def _leave_if_closed(self) -> None:
        connection = self._connection() if self._connection is not None else None
        if connection is not None and connection.closed:
            self.leave()


# What a child was born with: it would warn of each that it collects.
_forgotten: list[psycopg.Connection[Any]] = []


class End:
    """A copy of a connection's socket, by which the server's farewell is seen."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._poll = select.poll()
        self._poll.register(file, select.POLLIN)

    def __del__(self) -> None:
        os.close(self._file)

    def is_reached(self) -> bool:
        """Whether the other side has closed; what it said before is nobody's any more."""
        try:
            while self._poll.poll(0):
                if not os.read(self._file, 4096):
                    return True
        except OSError as error:
            return not isinstance(error, BlockingIOError)
        return False


def end_of(pgconn: Any) -> End | None:
    try:
        return End(os.dup(pgconn.socket))
    except (psycopg.Error, OSError):
        return None


def _point_nowhere(file: int) -> None:
    """The number stays taken, so that whoever closes it closes nothing of somebody else's."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, file)
        os.close(nowhere)
