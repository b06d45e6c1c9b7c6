"""Who has a connection of a pool by hand gives it back or forgets it: the count is right."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from structlog.testing import capture_logs

from connection_budget.cap import cap_of
from connection_budget.postgresql import base
from connection_budget.postgresql.base import DatabaseWrapper
from connection_budget.postgresql.recovery import recovery
from connection_budget.seats.seats import Seats
from tests.connection_budget.cast import REAL_TRANSACTIONS, Backends
from tests.waiting import wait_until

pytestmark = REAL_TRANSACTIONS

ALIAS, SIZE = "by_hand", 2

Make = Callable[[], DatabaseWrapper]


@pytest.fixture
def seats(monkeypatch: pytest.MonkeyPatch) -> Seats:
    made = Seats(SIZE, deadline=0.5)
    monkeypatch.setattr(base, "seats_up_to", lambda _alias: [made])
    monkeypatch.setattr(base, "process_seats", lambda: made)
    monkeypatch.setattr(base, "share_of", lambda _alias, _connections: SIZE)
    return made


@pytest.fixture
def make(seats: Seats) -> Iterator[Make]:
    """Wrappers of one pool."""
    settings = connection.copy().settings_dict
    options = settings["OPTIONS"] | {"pool": {"min_size": 0, "max_size": SIZE}}
    made: list[DatabaseWrapper] = []

    def make() -> DatabaseWrapper:
        made.append(DatabaseWrapper(settings | {"CONN_MAX_AGE": 0, "OPTIONS": options}, ALIAS))
        return made[-1]

    yield make
    for wrapper in made:
        wrapper.close()
    make().close_pool()


@pytest.fixture
def assert_whole(make: Make, seats: Seats, backends: Backends) -> Callable[[], None]:
    """No seat is taken; as many may borrow as there are, each another connection; and the server
    has no more of them than are counted."""
    counted_before = cap_of("default").count()

    def counted() -> int:
        return cap_of("default").count() - counted_before

    def assert_whole() -> None:
        wait_until(lambda: seats.statistics().taken == 0)
        borrowers = [make() for _ in range(SIZE)]
        pids = set()
        for borrower in borrowers:
            with borrower.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pids.add(cursor.fetchone()[0])
        assert len(pids) == SIZE
        wait_until(lambda: backends.others() == pids and counted() == SIZE)
        for borrower in borrowers:
            borrower.close()
        wait_until(lambda: seats.statistics().taken == 0)

    return assert_whole


def by_hand(wrapper: DatabaseWrapper) -> Any:
    wrapper.ensure_connection()
    made = wrapper.get_new_connection(wrapper.get_connection_params())
    wrapper.close()
    return made


@pytest.mark.parametrize("end", ["close", "putconn"])
def test_what_is_given_back_by_hand_is_lent_no_more(
    make: Make, seats: Seats, assert_whole: Callable[[], None], end: str
) -> None:
    wrapper = make()
    made = by_hand(wrapper)
    assert seats.statistics().taken == 1
    if end == "close":
        made.close()
    else:
        pool: Any = wrapper.pool
        pool.putconn(made)
    assert made.is_lent is False
    assert_whole()


def test_nobody_is_cut_off_by_the_deadline_of_who_gave_it_back(make: Make) -> None:
    wrapper = make()
    made = by_hand(wrapper)
    loan = made.ends_loan.__self__
    pool: Any = wrapper.pool
    pool.putconn(made)
    assert (loan.is_over, loan.interrupt()) == (True, False)
    with pytest.raises(ValueError, match="doesn't come from any pool"):
        pool.putconn(made)


def test_nothing_is_recovered_of_what_was_given_back(make: Make) -> None:
    made = by_hand(make())
    loan = made.ends_loan.__self__
    made.close()
    with capture_logs() as logs:
        recovery._return(loan)
    assert logs == []


def test_who_puts_a_wrappers_connection_back_leaves_the_wrapper_another(
    make: Make, assert_whole: Callable[[], None]
) -> None:
    wrapper, other = make(), make()
    wrapper.ensure_connection()
    pool: Any = wrapper.pool
    pool.putconn(wrapper.connection)
    other.ensure_connection()
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT 7")
        assert cursor.fetchone() == (7,)
    assert wrapper.connection is not other.connection
    wrapper.close()
    other.close()
    assert_whole()


@pytest.mark.slow
@pytest.mark.parametrize("in_unit", [False, True])
def test_what_is_forgotten_comes_back_after_its_deadline(
    monkeypatch: pytest.MonkeyPatch,
    make: Make,
    seats: Seats,
    assert_whole: Callable[[], None],
    *,
    in_unit: bool,
) -> None:
    monkeypatch.setattr(base, "in_unit", lambda: in_unit)
    wrapper = make()
    by_hand(wrapper)
    assert seats.statistics().taken == 1
    assert_whole()


def test_what_is_taken_from_the_pool_itself_and_forgotten_counts_no_more(
    make: Make, backends: Backends
) -> None:
    wrapper = make()
    wrapper.ensure_connection()
    wrapper.close()
    pool: Any = wrapper.pool
    wait_until(lambda: pool.get_stats()["pool_available"] > 0)
    before = cap_of("default").count()
    taken = pool.getconn()
    assert cap_of("default").count() == before
    lost = {taken.info.backend_pid}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # psycopg tells of it
        del taken
        # Again and again: another thread may have looked at it just now.
        wait_until(lambda: gc.collect() >= 0 and cap_of("default").count() == before - 1)
    wait_until(lambda: not backends.others() & lost)
