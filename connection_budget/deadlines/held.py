"""What may be held for a time only, and how that ends: asked first, then cut off.

At the deadline the server is asked to cancel. That takes a connection of its own, to a server that
may say nothing, so it happens in a thread of its own. When nothing came of it after a grace, the
socket is shut down.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from connection_budget.deadlines.severing import CANCEL_SECONDS, orphans, sever
from connection_budget.logs import get_logger, log_context

# The longest time between the first attempt and the end of the connection.
GRACE_SECONDS = 5.0

log = get_logger(__name__)

# A connection and its alias.
Named = tuple[str, psycopg.Connection[Any]]


@dataclass(frozen=True)
class HeldFor:
    """How long something has been held, and for how long it may be."""

    seconds: float
    deadline: float

    @property
    def is_stuck(self) -> bool:
        """Nothing is held for so long where the deadline does what it is for."""
        return self.seconds > 2 * self.deadline


def grace_after(deadline: float) -> float:
    """Seconds a cancel has to be heard: what is held is back within twice its deadline."""
    return min(GRACE_SECONDS, max(1.0, 0.75 * deadline))


class Held:
    """Something that uses connections, for `deadline` seconds at most. `name` is for the log."""

    def __init__(self, name: str, deadline: float) -> None:
        self.name = name
        self.deadline = deadline
        self.began = time.monotonic()
        self.expired = False
        # For what other threads have to say of it.
        self.log_context = log_context()
        self.severed: list[psycopg.Connection[Any]] = []
        self._finished = self._left = False
        self._cancel: threading.Thread | None = None
        # Never held while something is waited for.
        self._state = threading.Lock()

    def uses(self) -> Iterable[Named]:
        """The connections that are open now."""
        raise NotImplementedError

    @property
    def is_late(self) -> bool:
        """Whether asking has had its time."""
        return time.monotonic() > self.began + self.deadline + grace_after(self.deadline)

    def interrupt(self) -> bool:
        """Cancel, from another thread, what is done in the database; later cut it off.

        A statement that has not begun cannot be cancelled, so this is called again until it is
        over. True the first time it finds it still running.
        """
        with self._state:
            if self._left:
                return False
            if self.is_late:
                self._sever_those_in_use()
            if self._finished:
                return False
            first, self.expired = not self.expired, True
            self._begin_to_cancel()
        if first:
            self.tell_expired()
        return first

    def tell_expired(self) -> None:
        """Log that the deadline has passed."""
        raise NotImplementedError

    def finish(self) -> None:
        """No cancel begins from now on: it would hit whoever has the connection next.

        One that is under way is waited for. When it does not end, the connection does.
        """
        with self._state:
            self._finished = True
            cancel = self._cancel
        if cancel is not None:
            cancel.join(CANCEL_SECONDS + 1)
            if cancel.is_alive():
                with self._state:
                    self._sever(list(self.uses()))

    def leave(self) -> None:
        """The connections are another's from now on."""
        with self._state:
            self._left = True

    def is_lost(self, connection: Any) -> bool:
        """Whether nothing will come of it any more: cut off here, or broken by itself."""
        return connection in self.severed or getattr(connection, "broken", False)

    def _begin_to_cancel(self) -> None:
        busy = [(alias, one) for alias, one in self.uses() if _status(one) == _ACTIVE]
        if not busy or (self._cancel is not None and self._cancel.is_alive()):
            return
        cancel = threading.Thread(
            target=_cancel_statements, args=[busy], name="db-cancel", daemon=True
        )
        with suppress(RuntimeError):  # the process ends, or has no thread left: the next time
            cancel.start()
            self._cancel = cancel

    def _sever_those_in_use(self) -> None:
        self._sever([(alias, one) for alias, one in self.uses() if _status(one) != _IDLE])

    def _sever(self, connections: list[Named]) -> None:
        for alias, connection in connections:
            if connection not in self.severed and sever(connection):
                self.severed.append(connection)
                orphans.add(alias, connection)
                seconds = round(time.monotonic() - self.began, 3)
                context = self.log_context | {"alias": alias, "held_by": self.name}
                log.error("db_connection_severed", **context, held_seconds=seconds)


_ACTIVE, _IDLE = TransactionStatus.ACTIVE, TransactionStatus.IDLE


def _status(connection: psycopg.Connection[Any]) -> TransactionStatus:
    """As the client knows it: no round trip."""
    return TransactionStatus(connection.pgconn.transaction_status)


def _cancel_statements(busy: list[Named]) -> None:
    for alias, connection in busy:
        try:
            connection.cancel_safe(timeout=CANCEL_SECONDS)
        except (psycopg.Error, OSError) as error:
            log.warning("db_cancel_failed", alias=alias, error=str(error))
