"""A unit of work: one synchronous function that uses the database, and how it ends."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import psycopg
import structlog
from django.db import Error, close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper

R = TypeVar("R")

CANCEL_SECONDS = 2.0
"""How long one attempt to cancel a statement may take before the next one."""

RETRIED_STATES = frozenset(
    {
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
        "57P01",  # admin_shutdown: somebody ended this backend
        "57P02",  # crash_shutdown
        "57P05",  # idle_session_timeout: the lane had nothing to do for long
    }
)

log = structlog.get_logger(__name__)


class UnitTimedOut(Exception):
    """The unit ran past its deadline; its statement was cancelled and it rolled back."""


def is_transient(error: BaseException) -> bool:
    """Whether the same unit may well succeed if it is run once more, at once.

    An operational error without an SQLSTATE comes from the client side: the connection broke or
    could not be made.
    """
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if not isinstance(cause, psycopg.OperationalError):
        return False
    return cause.sqlstate is None or cause.sqlstate in RETRIED_STATES


class Unit(Generic[R]):
    """Runs `call` in the thread that performs it, on that thread's connections.

    `deadline` is in seconds, counted from the start of `perform`, a repetition included.
    With `retry`, a transient failure is repeated once: units are idempotent by contract.
    """

    def __init__(self, call: Callable[[], R], *, name: str, deadline: float, retry: bool) -> None:
        self.name = name
        self.deadline = deadline
        self.expired = False
        self.retried = False
        self.asked_at = time.monotonic()
        # For what other threads have to say of this unit.
        self.log_context = structlog.contextvars.get_contextvars()
        self._call = call
        self._retry = retry
        self._over = False
        self._connections: Sequence[BaseDatabaseWrapper] = ()
        # A cancel and the end of the unit exclude each other: a cancel that came late would hit
        # the next unit on the same connection.
        self._ending = threading.Lock()

    def perform(self) -> R:
        """Run in this thread. Raises what `call` raises, or `UnitTimedOut`."""
        close_old_connections()
        self._connections = connections.all()  # wrappers only: nothing connects here
        try:
            return self._attempt_until_final()
        except StopIteration as error:  # a future refuses it, and its awaiter would wait for ever
            raise RuntimeError(f"{self.name} raised StopIteration") from error
        finally:
            with self._ending:
                self._over = True
            close_old_connections()

    def interrupt(self) -> bool:
        """Cancel, from another thread, what the unit is doing in the database.

        A statement that has not begun cannot be cancelled, so this is called again until the
        unit is over. True the first time it finds the unit still running.
        """
        with self._ending:
            if self._over:
                return False
            first, self.expired = not self.expired, True
            for wrapper in self._connections:
                _cancel_statement(wrapper)
        if first:
            context = self.log_context | {"unit": self.name}
            log.warning("db_unit_orphaned", **context, deadline_seconds=self.deadline)
        return first

    def _attempt_until_final(self) -> R:
        while True:
            try:
                return self._call()
            except (Error, psycopg.Error) as error:
                if self.expired:
                    message = f"{self.name} was cancelled after {self.deadline:g} seconds"
                    raise UnitTimedOut(message) from error
                if self.retried or not self._retry or not is_transient(error):
                    raise
            self.retried = True
            _close_dead_connections()
            time.sleep(random.SystemRandom().uniform(0.02, 0.08))


def _cancel_statement(wrapper: BaseDatabaseWrapper) -> None:
    connection = wrapper.connection
    if not isinstance(connection, psycopg.Connection) or connection.closed:
        return
    try:
        connection.cancel_safe(timeout=CANCEL_SECONDS)
    except (psycopg.Error, OSError) as error:
        log.warning("db_cancel_failed", alias=wrapper.alias, error=str(error))


def _close_dead_connections() -> None:
    for wrapper in connections.all(initialized_only=True):
        if wrapper.connection is not None and not wrapper.is_usable():
            wrapper.close()
