"""A pooled connection is lent for a time only, and whoever keeps it longer loses it.

Units have a deadline of their own. A page's statements run in the request's thread, and other
threads may borrow, too: some never end, and nobody would close what they keep.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from operator import methodcaller
from typing import Any

from psycopg_pool import ConnectionPool

from connection_budget.deadlines.held import Held, Named
from connection_budget.deadlines.severing import is_in_use, orphans
from connection_budget.deadlines.watch import DeadlineWatch
from connection_budget.forks import call_in_forked_child
from connection_budget.logs import get_logger

log = get_logger(__name__)


class Loan(Held):
    """One connection, out of its pool until `give_back`, which calls `returned`, too.

    Without a `deadline` somebody else watches it.
    """

    def __init__(
        self,
        alias: str,
        pool: ConnectionPool[Any],
        connection: Any,
        *,
        deadline: float | None,
        returned: Callable[[], None],
    ) -> None:
        super().__init__("request", deadline or 0.0)
        self.alias, self._pool, self._connection = alias, pool, connection
        self._returned = returned
        self._returning = threading.Lock()
        self.is_over = False
        self._watch = _watches.loans
        connection.is_lent = True
        if deadline is not None:
            self._watch.add(self)

    def uses(self) -> Iterable[Named]:
        yield self.alias, self._connection

    def interrupt(self) -> bool:
        """An idle connection, too, is taken back: its thread may never come to it again."""
        first = super().interrupt()
        if self.is_late:
            self._take_back_unused()
        return first

    def tell_expired(self) -> None:
        context = self.log_context | {"alias": self.alias}
        log.warning("db_loan_overdue", **context, deadline_seconds=self.deadline)

    def give_back(self) -> None:
        """From any thread. Safe to repeat."""
        with self._returning:
            over, self.is_over = self.is_over, True
        if over:
            return
        try:
            self.finish()
            if self.is_lost(self._connection):
                orphans.add(self.alias, self._connection)
            self._connection.is_lent, self._connection.ends_loan = False, None
            if is_in_use(self._connection):  # by a thread that nobody waits for
                self._connection.close()
            self._pool.putconn(self._connection)  # may still ask the server for something
        finally:
            self._watch.remove(self)
            self.leave()
            self._returned()

    def _take_back_unused(self) -> None:
        lock = self._connection.lock
        if self.is_over or not lock.acquire(blocking=False):
            return
        try:
            orphans.add(self.alias, self._connection)
            self._connection.finish()
        finally:
            lock.release()
        with suppress(RuntimeError):  # the process ends
            threading.Thread(target=self.give_back, name="db-loan-end", daemon=True).start()


class _Watches:
    def __init__(self) -> None:
        self._start_afresh()
        call_in_forked_child(self._start_afresh)

    def _start_afresh(self) -> None:
        self.loans = DeadlineWatch("db-loans", methodcaller("interrupt"))


_watches = _Watches()
