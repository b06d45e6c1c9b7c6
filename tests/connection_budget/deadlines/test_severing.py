"""Cutting a connection off: its socket and no other; and no statement goes on that is nobody's."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from structlog.testing import capture_logs

from connection_budget.deadlines import severing
from connection_budget.deadlines.severing import (
    CANCEL_SECONDS,
    Orphans,
    end_statement,
    is_in_use,
    sever,
    socket_of,
)
from tests.connection_budget.deadlines.fake import Connection, open_connection

ACTIVE, IDLE, INTRANS = TransactionStatus.ACTIVE, TransactionStatus.IDLE, TransactionStatus.INTRANS


@pytest.fixture
def orphans(monkeypatch: pytest.MonkeyPatch) -> Orphans:
    made = Orphans()
    monkeypatch.setattr(severing, "orphans", made)
    return made


@pytest.fixture
def active(orphans: Orphans) -> Iterator[Any]:
    with open_connection(ACTIVE) as connection:
        orphans.note(connection)  # type: ignore[arg-type]
        yield connection


def test_a_number_that_is_another_files_by_now_is_left_alone() -> None:
    with open_connection() as closed, open_connection() as others:
        numbers = iter([others.ours.fileno(), -1])
        closed.fileno = lambda: next(numbers)
        assert not sever(closed)  # type: ignore[arg-type]
        assert not others.is_cut_off()
        assert sever(others)  # type: ignore[arg-type]
        assert others.is_cut_off()


def test_a_file_that_is_no_sockets_is_closed_again() -> None:
    reading, writing = os.pipe()
    with pytest.raises(OSError, match="non-socket"):
        socket_of(reading)
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(reading)
    os.close(writing)


@pytest.mark.parametrize(("status", "used"), [(ACTIVE, True), (IDLE, False), (INTRANS, False)])
def test_a_connection_is_in_use_while_a_statement_runs_or_a_thread_is_within_a_call(
    status: TransactionStatus, used: bool
) -> None:
    with open_connection(status) as connection:
        one: Any = connection
        assert is_in_use(one) is used
        with connection.lock:
            assert is_in_use(one)


def test_a_statement_is_ended_before_its_connection_is_closed(
    active: Any, orphans: Orphans
) -> None:
    end_statement("default", active)
    assert (active.cancels, active.is_cut_off()) == ([CANCEL_SECONDS], False)
    assert len(orphans.statements("default")) == 1, "a cancel may come before its statement"


@pytest.mark.parametrize("closed", [False, True])
def test_where_nothing_runs_nothing_is_ended(orphans: Orphans, closed: bool) -> None:
    with open_connection(ACTIVE if closed else IDLE) as connection:
        one: Any = connection
        orphans.note(one)
        connection.closed = closed
        end_statement("default", one)
    assert (connection.cancels, orphans.statements("default")) == ([], [])


def test_a_cancel_that_fails_is_told_and_the_backend_is_ended_later(
    active: Any, orphans: Orphans
) -> None:
    def fail(*, timeout: float) -> None:
        raise psycopg.OperationalError("no way")

    active.cancel_safe = fail
    with capture_logs() as logs:
        end_statement("default", active)
    assert [(line["event"], line["alias"]) for line in logs] == [("db_cancel_failed", "default")]
    assert len(orphans.statements("default")) == 1


def test_a_thread_that_stays_within_its_call_is_woken(
    active: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would wait at a file whose number is the next connection's."""
    monkeypatch.setattr(severing, "CANCEL_SECONDS", 0.05)
    within, out = threading.Event(), threading.Event()

    def call() -> None:
        with active.lock:
            within.set()
            while not active.is_cut_off():
                out.wait(0.01)

    thread = threading.Thread(target=call)
    thread.start()
    within.wait(60)
    one: Any = active
    end_statement("default", one)
    thread.join(60)
    assert not thread.is_alive()
