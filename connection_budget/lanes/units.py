"""A unit of work: one synchronous function that uses the database, and how it ends."""

import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

import psycopg
from django.db import Error, close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from connection_budget.cap.wrapper import Capped
from connection_budget.deadlines.held import Held, Named
from connection_budget.deadlines.severing import orphans
from connection_budget.logs import get_logger

R = TypeVar("R")

RETRIED_STATES = frozenset(
    {
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
        "57P01",  # admin_shutdown: somebody ended this backend
        "57P02",  # crash_shutdown
        "57P05",  # idle_session_timeout: the lane had nothing to do for long
    }
)

log = get_logger(__name__)


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


class Unit(Held, Generic[R]):
    """Runs `call` in the thread that performs it, on that thread's connections.

    `deadline` is in seconds, counted from the start of `perform`, a repetition included.
    With `retry`, a transient failure is repeated once: units are idempotent by contract.
    """

    def __init__(self, call: Callable[[], R], *, name: str, deadline: float, retry: bool) -> None:
        super().__init__(name, deadline)
        self.retried = False
        self.asked_at = self.began
        self._call = call
        self._retry = retry
        self._wrappers: Sequence[BaseDatabaseWrapper] = ()

    def perform(self) -> R:
        """Run in this thread. Raises what `call` raises, or `UnitTimedOut`."""
        self.began = time.monotonic()
        self._wrappers = connections.all()  # nothing connects here
        self._be_in_unit(True)
        try:
            close_old_connections()
            return self._attempt_until_final()
        except StopIteration as error:  # a future refuses it, and its awaiter would wait for ever
            raise RuntimeError(f"{self.name} raised StopIteration") from error
        finally:
            self._end()

    def uses(self) -> Iterable[Named]:
        for wrapper in self._wrappers:
            connection = wrapper.connection
            if isinstance(connection, psycopg.Connection) and not connection.closed:
                yield wrapper.alias, connection

    def tell_expired(self) -> None:
        context = self.log_context | {"unit": self.name}
        log.warning("db_unit_orphaned", **context, deadline_seconds=self.deadline)

    def _end(self) -> None:
        """The watch goes on until `leave`: here, too, the server may be asked for something."""
        try:
            self.finish()
            for wrapper in self._wrappers:
                if wrapper.connection is not None and self.is_lost(wrapper.connection):
                    _replace(wrapper)
            close_old_connections()
        finally:
            self.leave()
            self._be_in_unit(False)

    def _be_in_unit(self, here: bool) -> None:
        """Between two units a lane gives up its connection to who needs one."""
        _here.in_unit = here
        for wrapper in self._wrappers:
            if isinstance(wrapper, Capped):
                wrapper.in_unit = here
                wrapper.give_up_if_wanted()

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


_here = threading.local()


def in_unit() -> bool:
    """Whether this thread performs a unit, whose connections are watched."""
    return getattr(_here, "in_unit", False)


def _close_dead_connections() -> None:
    for wrapper in connections.all(initialized_only=True):
        if wrapper.connection is not None and not wrapper.is_usable():
            _replace(wrapper)


def _replace(wrapper: BaseDatabaseWrapper) -> None:
    """The next query makes a new connection, which ends what the server may still have of this."""
    orphans.add(wrapper.alias, wrapper.connection)
    wrapper.close()
