"""Two at the same moment, without luck: the first is held where the second must wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import psycopg
from django.db import connections

from tests.waiting import wait_until

# In this database: other tests have their own.
_WAITING = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'"""


@dataclass(frozen=True)
class Held:
    """The first call has `reached` the place, and is there until `go_on`."""

    reached: threading.Event
    go_on: threading.Event


@contextmanager
def hold_first(owner: Any, name: str) -> Iterator[Held]:
    """Of all calls of a function the first does not begin before it may."""
    held, real, turn = Held(threading.Event(), threading.Event()), getattr(owner, name), Lottery()

    def wait(*arguments: Any, **named: Any) -> Any:
        if turn.is_first():
            held.reached.set()
            assert held.go_on.wait(100)
        return real(*arguments, **named)

    with patch.object(owner, name, wait):
        try:
            yield held
        finally:
            held.go_on.set()


class Lottery:
    """Only one is the first."""

    def __init__(self) -> None:
        self._ticket = threading.Lock()

    def is_first(self) -> bool:
        return self._ticket.acquire(blocking=False)


def run_both(observer: psycopg.Connection, held: Held, both: Callable[[int], Any]) -> list[Any]:
    """What `both(0)` and `both(1)` answer, each with a connection of its own. The second comes
    while the first is held, and has to wait for it, or comes to its end before it."""

    def run(number: int) -> Any:
        try:
            return both(number)
        finally:
            connections.close_all()

    def is_decided(second: Future[Any]) -> bool:
        return second.done() or observer.execute(_WAITING).fetchone() != (0,)

    with ThreadPoolExecutor(2) as pool:
        try:
            first = pool.submit(run, 0)
            wait_until(lambda: first.done() or held.reached.is_set())
            second = pool.submit(run, 1)
            wait_until(lambda: is_decided(second))
        finally:
            held.go_on.set()
        return [first.result(timeout=100), second.result(timeout=100)]
