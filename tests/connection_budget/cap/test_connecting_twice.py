"""Who connects a second time, or has a connection of their own made: what of it counts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from connection_budget.cap import cap_of, places
from connection_budget.cap.cap import Limit
from connection_budget.postgresql import base
from connection_budget.postgresql.base import DatabaseWrapper
from connection_budget.seats.seats import Seats
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True, available_apps=["connection_budget"])


@pytest.fixture(autouse=True)
def _what_is_closed_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "GONE_SECONDS", 0)


@pytest.fixture
def seats(monkeypatch: pytest.MonkeyPatch) -> Seats:
    made = Seats(2, deadline=600)
    monkeypatch.setattr(base, "seats_up_to", lambda _alias: [made])
    monkeypatch.setattr(base, "share_of", lambda _alias, _connections: 2)
    return made


@pytest.fixture(params=["kept", "pooled"])
def wrapper(request: pytest.FixtureRequest, seats: Seats) -> Iterator[DatabaseWrapper]:
    made = DatabaseWrapper(connection.copy().settings_dict, f"twice_{request.param}")
    if request.param == "pooled":
        options = made.settings_dict["OPTIONS"] | {"pool": {"min_size": 0, "max_size": 2}}
        made.settings_dict |= {"CONN_MAX_AGE": 0, "OPTIONS": options}
    yield made
    made.close()
    if made.pool is not None:
        made.close_pool()


@pytest.fixture
def one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is room for one more connection than there are."""
    cap = cap_of("default")
    total = cap.count() + 1
    monkeypatch.setattr(cap, "_limit", lambda: Limit(total, total, "command", "Close one."))


@pytest.mark.usefixtures("one_more")
def test_who_connects_twice_gives_up_the_first(wrapper: DatabaseWrapper, seats: Seats) -> None:
    wrapper.connect()
    wrapper.connect()
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT 7")
        assert cursor.fetchone() == (7,)
    wrapper.close()
    assert seats.statistics().taken == 0


def test_a_transaction_ends_with_the_connection_that_is_given_up(wrapper: DatabaseWrapper) -> None:
    wrapper.connect()
    wrapper.set_autocommit(False)
    with wrapper.cursor() as cursor:
        cursor.execute("CREATE TABLE given_up ()")
    wrapper.connect()
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT to_regclass('given_up')")
        assert (cursor.fetchone(), wrapper.get_autocommit()) == ((None,), True)


def test_an_open_cursor_keeps_the_first(wrapper: DatabaseWrapper, seats: Seats) -> None:
    """As it does with Django alone; the two count as two."""
    before = cap_of("default").count()
    with wrapper.cursor() as cursor:
        first = wrapper.connection
        wrapper.connect()
        assert cap_of("default").count() == before + 2
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (wrapper.connection.info.backend_pid,)
    wrapper.close()
    first.close()
    assert seats.statistics().taken == 0


@pytest.mark.parametrize("wrapper", ["pooled"], indirect=True)
def test_what_is_made_by_hand_has_a_seat_of_its_own(wrapper: DatabaseWrapper, seats: Seats) -> None:
    wrapper.ensure_connection()
    by_hand = wrapper.get_new_connection(wrapper.get_connection_params())
    wrapper.close()
    assert seats.statistics().taken == 1
    wrapper.ensure_connection()
    assert wrapper.connection is not by_hand
    wrapper.close()
    assert by_hand.execute("SELECT 7").fetchone() == (7,)
    by_hand.close()
    wait_until(lambda: seats.statistics().taken == 0)
    wrapper.ensure_connection()
