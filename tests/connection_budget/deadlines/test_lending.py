"""A loan of a pooled connection, and the order in which it ends."""

from __future__ import annotations

from threading import Lock
from types import SimpleNamespace
from typing import Any

import pytest
from psycopg.pq import TransactionStatus

from connection_budget.deadlines.lending import Loan


class Pool:
    """Notes what comes back, or refuses it."""

    def __init__(self, *, error: Exception | None = None) -> None:
        self.order: list[str] = []
        self._error = error

    def lend(self) -> Loan:
        pgconn = SimpleNamespace(transaction_status=TransactionStatus.IDLE)
        connection: Any = SimpleNamespace(lock=Lock(), pgconn=pgconn, broken=False)
        pool: Any = self
        return Loan("default", pool, connection, deadline=60, returned=self._leave_seat)

    def putconn(self, _connection: Any) -> None:
        self.order.append("connection")
        if self._error:
            raise self._error

    def _leave_seat(self) -> None:
        self.order.append("seat")


def test_a_connection_is_back_before_its_seat() -> None:
    """Who gets the seat next would wait in the pool's queue otherwise."""
    pool = Pool()
    pool.lend().give_back()
    assert pool.order == ["connection", "seat"]


def test_it_comes_back_once_whoever_gives_it() -> None:
    pool = Pool()
    loan = pool.lend()
    loan.give_back()
    loan.give_back()
    assert pool.order == ["connection", "seat"]


def test_the_seat_comes_back_though_the_pool_refuses_the_connection() -> None:
    pool = Pool(error=ValueError("not mine"))
    with pytest.raises(ValueError, match="not mine"):
        pool.lend().give_back()
    assert pool.order == ["connection", "seat"]
