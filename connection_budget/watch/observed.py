"""Which backends this process opened, and how many of them the server still shows."""

import threading
import weakref
from collections.abc import Collection
from typing import Any, Self

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.backends.utils import CursorWrapper

from connection_budget.conf import get_budget
from connection_budget.forks import call_in_forked_child


class ConnectionLog:
    """Remembers the backend pids of connections opened by this process while it is listening.

    Use as a context manager, or call `listen` and `stop`. Thread-safe. A forked child starts
    with an empty log: its parent's connections are not its own.
    """

    def __init__(self) -> None:
        self._start_afresh()
        call_in_forked_child(self._start_afresh)

    def __enter__(self) -> Self:
        self.listen()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def listen(self) -> None:
        connection_created.connect(self._remember)

    def stop(self) -> None:
        connection_created.disconnect(self._remember)

    def backend_pids(self) -> frozenset[int]:
        """Backends opened by this process and not yet seen gone."""
        with self._lock:
            return frozenset(self._opened)

    def count_live(self, cursor: CursorWrapper) -> int:
        """How many of them `pg_stat_activity` shows; the others are forgotten.

        Forgetting matters: the server uses a pid again, then for somebody else. Behind a pooler
        the server does not know our connections, so those are counted that are open here.
        """
        if get_budget().pooler:
            with self._lock:
                return sum(not connection.closed for connection in self._open)
        known = self.backend_pids()
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid = ANY(%s)",
            [list(known)],
        )
        live = {pid for (pid,) in cursor.fetchall()}
        with self._lock:
            self._opened -= known - live
        return len(live)

    def forget_all_but(self, live: Collection[int]) -> None:
        """Forget those that are not among the server's `live` backends."""
        with self._lock:
            self._opened.intersection_update(live)

    def _start_afresh(self) -> None:
        self._lock = threading.Lock()
        self._opened: set[int] = set()
        self._open: weakref.WeakSet[Any] = weakref.WeakSet()

    def _remember(self, connection: BaseDatabaseWrapper, **_: Any) -> None:
        with self._lock:
            self._opened.add(connection.connection.info.backend_pid)
            self._open.add(connection.connection)
