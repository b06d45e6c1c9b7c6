"""What is known about a server that cannot be reached: since when, and why."""

import os
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

import psycopg
from django.db import OperationalError

from connection_budget.cap.places import Keeper, Place
from connection_budget.cap.process import take_place
from connection_budget.deadlines.severing import end_statement, orphans

# So long one checkout tries while the server is away: longer than the pool pauses (0.5 s).
RETRY_SECONDS = 0.75

# A backend that was told to end, and has not by then, is not waited for any longer.
GONE_SECONDS = 1.0

# So long a server has to answer the pool itself.
ANSWER_SECONDS = 5.0

# Between two looks for a signal; psycopg's own.
_LOOK_SECONDS = 0.1


class Outage:
    """Why connections fail, since when, and who may try meanwhile. One for a pool; thread-safe.

    `psycopg_pool` tells its clients that they waited too long, and only its log why. Here the
    last refusal of the server is kept until a connection succeeds.

    In the first `patience` seconds everybody waits: a restart is over by then. Later one checkout
    at a time tries. The others wait for how that goes, and are refused with it: at once when the
    server refuses, after `RETRY_SECONDS` when it says nothing.
    """

    def __init__(self, *, patience: float = 3.0) -> None:
        self._patience = patience
        self._lock = threading.Condition()
        self._reason = ""
        self._since = self._failed_at = 0.0
        self._prober: int | None = None
        self._probe_began = 0.0
        self._out = 0

    def record_failure(self, error: Exception) -> None:
        with self._lock:
            self._failed_at = time.monotonic()
            if not self._reason:
                self._since = self._failed_at
            self._reason = str(error).strip() or repr(error)
            self._lock.notify_all()

    def record_success(self) -> None:
        with self._lock:
            self._reason = ""
            self._lock.notify_all()

    @property
    def reason(self) -> str:
        """What the server, or the network, said last; empty when all is well."""
        with self._lock:
            return self._reason

    def is_new(self) -> bool:
        """Whether waiting is worth while."""
        with self._lock:
            return bool(self._reason) and time.monotonic() - self._since < self._patience

    @contextmanager
    def trying(self, *, available: bool) -> Iterator[bool]:
        """Whether the server seems to be away, for a checkout that begins.

        While any connection lives (`available` in the pool, or out), it will come back, so
        everybody may wait for it. Raises `OperationalError` with the reason for those who are
        refused because another checkout tries in vain.
        """
        away = self._enter(available=available)
        try:
            yield away
        finally:
            with self._lock:
                if self._prober == threading.get_ident():
                    self._prober = None
                    self._lock.notify_all()

    def taken(self) -> None:
        """A connection was handed out."""
        with self._lock:
            self._out += 1

    def returned(self) -> None:
        """A connection came back, alive or not."""
        with self._lock:
            self._out -= 1

    def _enter(self, *, available: bool) -> bool:
        with self._lock:
            if available or self._out or not self._reason:
                return False
            if time.monotonic() - self._since < self._patience:
                return True
            if self._prober is None:
                self._prober, self._probe_began = threading.get_ident(), time.monotonic()
                return True
            left = self._probe_began + RETRY_SECONDS - time.monotonic()
            self._lock.wait_for(self._probe_is_over, timeout=max(0, left))
            if self._reason:
                raise OperationalError(f"no connection: {self._reason}")
            return False

    def _probe_is_over(self) -> bool:
        failed = self._prober is None or self._failed_at > self._probe_began
        return failed or not self._reason


class ToldConnection(psycopg.Connection[Any]):
    """A pool's connection class: connecting tells `outage` how it went.

    Closing waits until the backend is gone, so that its successor is not one too many. While
    nobody has borrowed it, what the pool asks of the server is answered soon or never: setting up,
    looking whether it lives, rolling back. (Who borrows it has a deadline.)
    """

    outage: Outage
    alias = "default"
    is_lent = False
    ends_loan: Callable[[], None] | None = None
    """Whoever borrowed it may give it back by closing it, or by `putconn` of its pool."""
    keeper: Keeper | None = None
    _place: Place | None = None

    @classmethod
    def connect(cls, *args: Any, **kwargs: Any) -> Self:
        place = take_place(cls.alias, cls.keeper)
        try:
            connection = super().connect(*args, **kwargs)
        except BaseException as error:
            place.fail(error)
            if isinstance(error, psycopg.Error):
                cls.outage.record_failure(error)
            raise
        connection.be_in(place)
        cls.outage.record_success()
        orphans.note(connection)
        return connection

    def wait(
        self,
        gen: Generator[Any, Any, Any],
        interval: float = _LOOK_SECONDS,
        timeout: float | None = None,
    ) -> Any:
        if self.is_lent or timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, ANSWER_SECONDS)
        except psycopg.errors._WaitTimeout:  # noqa: SLF001 - what `timeout` raises has no other name
            orphans.add(self.alias, self)
            self.finish()
            message = f"the server said nothing for {ANSWER_SECONDS:g} seconds"
            raise psycopg.OperationalError(message) from None

    def be_in(self, place: Place) -> None:
        place.hold(self)
        self._place = place

    def finish(self) -> None:
        """Close this end without waiting for the other."""
        if self._place is not None:
            self._place.leave()
        self.pgconn.finish()

    def close(self) -> None:
        self._close()
        ends_loan, self.ends_loan = self.ends_loan, None
        if ends_loan is not None:
            ends_loan()

    def _close(self) -> None:
        end_statement(self.alias, self)
        if self._place is not None:
            self._place.leave()
        if self.closed:
            super().close()
            return
        with socket.socket(fileno=os.dup(self.fileno())) as end:
            super().close()
            if not _is_told_the_end(end):
                orphans.add(self.alias, self)


def _is_told_the_end(end: socket.socket) -> bool:
    give_up_at = time.monotonic() + GONE_SECONDS
    with suppress(OSError):
        while (left := give_up_at - time.monotonic()) > 0:
            end.settimeout(left)
            if not end.recv(4096):
                return True
    return False
