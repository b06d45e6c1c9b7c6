"""A loan of a pooled connection, and the order in which it ends."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from threading import Lock
from types import SimpleNamespace
from typing import Any

import pytest
from psycopg.pq import TransactionStatus
from structlog.testing import capture_logs

from connection_budget.deadlines import lending
from connection_budget.deadlines.lending import Loan
from connection_budget.deadlines.severing import Orphans
from tests.connection_budget.deadlines.fake import Connection, open_connection
from tests.waiting import wait_until


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


class Lender:
    """Lends one connection, and notes what becomes of it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.order: list[str] = []
        self.orphans = Orphans()
        self.orphans.note(connection)  # type: ignore[arg-type]

    def lend(self, deadline: float | None = 60, *, held: float = 0) -> Loan:
        pool: Any = self
        connection: Any = self.connection
        back = partial(self.order.append, "seat")
        loan = Loan("default", pool, connection, deadline=deadline, returned=back)
        loan.began -= held
        return loan

    def putconn(self, _connection: Any) -> None:
        self.order.append("connection")


@pytest.fixture
def lender(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lender]:
    with open_connection() as connection:
        made = Lender(connection)
        monkeypatch.setattr(lending, "orphans", made.orphans)
        yield made


def lost(lender: Lender) -> int:
    return len(lender.orphans.statements("default"))


def test_it_is_lent_until_it_is_given_back(lender: Lender) -> None:
    loan = lender.lend()
    assert (lender.connection.is_lent, loan.is_over) == (True, False)
    assert loan in lending._watches.loans._due
    loan.give_back()
    assert (lender.connection.is_lent, loan.is_over) == (False, True)
    assert loan not in lending._watches.loans._due
    assert (lender.connection.done, lost(lender)) == ([], 0)


def test_without_a_deadline_somebody_else_watches_it(lender: Lender) -> None:
    loan = lender.lend(None)
    assert loan not in lending._watches.loans._due
    loan.give_back()


def test_what_a_thread_still_works_with_is_closed_before_it_is_back(lender: Lender) -> None:
    loan = lender.lend()
    with lender.connection.lock:
        loan.give_back()
    assert (lender.connection.done, lender.order) == (["close"], ["connection", "seat"])


def test_of_a_lost_one_the_servers_end_is_ended(lender: Lender) -> None:
    loan = lender.lend()
    lender.connection.broken = True
    loan.give_back()
    assert lost(lender) == 1


def test_past_its_deadline_it_is_told_and_left_to_who_may_still_hear(lender: Lender) -> None:
    loan = lender.lend(3_600, held=3_601)
    with capture_logs() as logs:
        assert loan.interrupt()
    told = [(line["event"], line["alias"], line["deadline_seconds"]) for line in logs]
    assert told == [("db_loan_overdue", "default", 3_600)]
    assert (lender.connection.done, lender.order) == ([], [])
    loan.give_back()


def test_one_that_nobody_uses_is_taken_back_in_the_end(lender: Lender) -> None:
    """Its thread may never come to it again."""
    loan = lender.lend(3_600, held=3_700)
    loan.interrupt()
    wait_until(lambda: "seat" in lender.order)
    assert (lender.connection.done, lender.order) == (["finish"], ["connection", "seat"])
    assert (lost(lender), loan.is_over) == (1, True)
    loan.interrupt()
    assert lender.connection.done == ["finish"]


def test_one_that_is_in_use_is_not_taken_out_of_its_users_hands(lender: Lender) -> None:
    """What it uses was cut off: it comes back by itself."""
    loan = lender.lend(3_600, held=3_700)
    with lender.connection.lock:
        loan.interrupt()
        assert (lender.connection.done, lender.order) == ([], [])
    assert not lender.connection.lock.locked()
    loan.give_back()
