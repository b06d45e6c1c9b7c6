"""What a closed connection counts for: as long as the server has it, whatever it was doing."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError, connection
from psycopg.pq import TransactionStatus

from connection_budget.cap import cap_of, places
from connection_budget.deadlines import severing
from connection_budget.postgresql.base import DatabaseWrapper
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True, available_apps=["connection_budget"])


@pytest.fixture(params=["kept", "pooled"])
def wrapper(request: pytest.FixtureRequest) -> Iterator[DatabaseWrapper]:
    alias = f"closing_{request.param}"
    made = DatabaseWrapper(connection.copy().settings_dict, alias)
    if request.param == "pooled":
        options = made.settings_dict["OPTIONS"] | {"pool": True}
        made.settings_dict |= {"CONN_MAX_AGE": 0, "OPTIONS": options}
    yield made
    made.close()
    if made.pool is not None:
        made.close_pool()


def state_of(pid: int, observer: psycopg.Connection) -> str | None:
    row = observer.execute("SELECT state FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
    return row[0] if row else None


def test_a_statement_that_nobody_waits_for_ends_with_its_connection(
    wrapper: DatabaseWrapper, observer: psycopg.Connection
) -> None:
    """As an exception out of a signal's handler leaves it behind."""
    wrapper.ensure_connection()
    pid = wrapper.connection.info.backend_pid
    wrapper.connection.pgconn.send_query(b"SELECT pg_sleep(600)")
    wait_until(lambda: state_of(pid, observer) == "active")
    wrapper.close()
    wait_until(lambda: state_of(pid, observer) is None)


def test_who_uses_a_connection_that_another_thread_closes_is_told_first(
    wrapper: DatabaseWrapper, observer: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though no cancel is heard, by which it would be gone in time by chance."""
    monkeypatch.setattr(psycopg.Connection, "cancel_safe", lambda *_told, **_options: None)
    wrapper.inc_thread_sharing()
    wrapper.ensure_connection()
    raw, told, used = wrapper.connection, [], []
    close, pid = psycopg.Connection.close, raw.info.backend_pid

    def ask() -> None:
        with pytest.raises(OperationalError):
            wrapper.cursor().execute("SELECT pg_sleep(600)")
        told.append(True)

    def look_and_close(closed: psycopg.Connection) -> None:
        if closed is raw:
            used.append(raw.lock.locked())
        close(closed)

    monkeypatch.setattr(psycopg.Connection, "close", look_and_close)
    thread = threading.Thread(target=ask)
    thread.start()
    wait_until(lambda: state_of(pid, observer) == "active")
    wrapper.close()
    wait_until(lambda: used)
    thread.join()
    assert (used[0], told) == (False, [True])


def test_what_a_thread_is_about_to_use_does_not_go_back_to_the_pool(
    wrapper: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """libpq sends a statement first, and notes afterwards that one runs."""
    monkeypatch.setattr(severing, "CANCEL_SECONDS", 0.05)
    wrapper.ensure_connection()
    raw = wrapper.connection
    with raw.lock:
        assert raw.pgconn.transaction_status == TransactionStatus.IDLE
        wrapper.close()
    assert raw.closed
    assert wrapper.pool is None or raw not in wrapper.pool._pool


def test_a_connection_that_somebody_makes_by_hand_counts_for_as_long_as_it_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(places, "GONE_SECONDS", 0)
    wrapper = connection.copy()
    wrapper.ensure_connection()
    before = cap_of("default").count()
    by_hand = wrapper.get_new_connection(wrapper.get_connection_params())
    assert cap_of("default").count() == before + 1
    wrapper.close()
    assert cap_of("default").count() == before
    by_hand.close()
    wait_until(lambda: cap_of("default").count() == before - 1)
