"""What Django's psycopg pool is doing, read without making one.

psycopg's own `requests_waiting` counts callers that have long given up, so who waits is counted
here, by whoever asks the pool.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections
from psycopg_pool import ConnectionPool

from connection_budget.forks import call_in_forked_child


@dataclass(frozen=True)
class PoolUsage:
    """Numbers of this process's pool."""

    checked_out: int
    """Connections in use, those being opened included."""
    maximum: int
    waiting: int
    available: int = 0
    failed_attempts: int = 0
    """Attempts to connect that have failed so far."""


class _Waiters:
    def __init__(self) -> None:
        self._start_afresh()
        call_in_forked_child(self._start_afresh)

    def _start_afresh(self) -> None:
        self.lock = threading.Lock()
        self.by_alias: Counter[str] = Counter()

    @contextmanager
    def counted(self, alias: str) -> Iterator[None]:
        with self.lock:
            self.by_alias[alias] += 1
        try:
            yield
        finally:
            with self.lock:
                self.by_alias[alias] -= 1


_waiters = _Waiters()
# Put it around asking a pool for a connection: `with waiting_for_pool(alias):`.
waiting_for_pool = _waiters.counted


def has_pool(alias: str = "default") -> bool:
    """Whether this process is configured to use a pool."""
    return bool(_options(alias))


def pool_usage(alias: str = "default") -> PoolUsage:
    """What the pool of `alias` does now; all zero before its first connection."""
    maximum = int(_options(alias).get("max_size") or _options(alias).get("min_size", 0))
    waiting = _waiters.by_alias[alias]
    pool = open_pool(alias)
    if pool is None:
        return PoolUsage(0, maximum, waiting)
    counts = pool.get_stats()
    available = counts["pool_available"]
    return PoolUsage(
        checked_out=max(0, counts["pool_size"] - available),
        maximum=maximum,
        waiting=waiting,
        available=available,
        failed_attempts=counts.get("connections_errors", 0),
    )


def backends_at_rest(alias: str = "default") -> set[int]:
    """Server processes of the connections that lie in the pool."""
    pool = open_pool(alias)
    if pool is None:
        return set()
    # Kept by psycopg_pool under this name since its first version; the public numbers do not say
    # which connections these are.
    resting = list(pool._pool)  # noqa: SLF001 - see above
    return {connection.info.backend_pid for connection in resting if not connection.closed}


def open_pool(alias: str = "default") -> ConnectionPool[Any] | None:
    """The pool, unless nobody has needed it yet. Django's own property would make one."""
    pools: dict[str, ConnectionPool[Any]] = getattr(
        type(connections[alias]), "_connection_pools", {}
    )
    return pools.get(alias)


def _options(alias: str) -> dict[str, Any]:
    options = connections.settings[alias].get("OPTIONS", {}).get("pool") or {}
    # `pool: True` means psycopg's own sizes.
    return options if isinstance(options, dict) else {"min_size": 4}
