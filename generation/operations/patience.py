"""What a page may ask of the database: for a short time, and not the same again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, transaction

log = structlog.get_logger(__name__)

T = TypeVar("T")

# What one page's statements may each take, waiting for locks included.
STATEMENT_SECONDS = 3.0


class DatabaseBusy(Exception):
    """The rows could not be read in time."""


def read_in_time(read: Callable[[], T]) -> T:
    """Raises DatabaseBusy. One transaction, so that everything read is of one moment's making."""
    try:
        with transaction.atomic():
            with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
                # For this transaction only, behind a pooler as well.
                cursor.execute(f"SET LOCAL statement_timeout = {STATEMENT_SECONDS * 1000:.0f}")
            return read()
    except OperationalError as error:
        log.warning("operations_not_read", error=str(error))
        raise DatabaseBusy from error


class Kept(Generic[T]):
    """A value that is looked for every so many seconds at most, by one thread at a time.

    Sums over a day's rows need not be made anew for everybody who watches.
    """

    def __init__(self, seconds: float, look: Callable[[], T]) -> None:
        self._seconds, self._look = seconds, look
        self._lock = threading.Lock()
        self._found: tuple[float, T] | None = None

    def get(self) -> T:
        """Raises DatabaseBusy where another thread is still looking: nobody queues up for it."""
        if not self._lock.acquire(timeout=STATEMENT_SECONDS):
            raise DatabaseBusy
        try:
            if self._found is None or time.monotonic() - self._found[0] > self._seconds:
                self._found = (time.monotonic(), self._look())
            return self._found[1]
        finally:
            self._lock.release()

    def forget(self) -> None:
        with self._lock:
            self._found = None
