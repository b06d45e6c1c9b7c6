"""Whose way to the server is lost: the server's end is ended by the next connection, once."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connection
from pytest_django import Settings
from structlog.testing import capture_logs

from connection_budget.budget.budget import budget_from_environment
from connection_budget.deadlines import severing
from connection_budget.deadlines.severing import END_BACKEND, Orphans
from tests.connection_budget.cast import REAL_TRANSACTIONS
from tests.connection_budget.fleet import FLEET
from tests.waiting import wait_until


class Lost:
    def __init__(self, pid: int) -> None:
        self.info = SimpleNamespace(backend_pid=pid)


def lost(pid: int) -> Any:
    return Lost(pid)


def told(orphans: Orphans, alias: str) -> list[int]:
    """Whose end is asked for."""
    words = [statement.split(" WHERE pid = ")[1] for statement in orphans.statements(alias)]
    return [int(word.split()[0]) for word in words]


@pytest.fixture
def orphans() -> Orphans:
    return Orphans()


def test_each_lost_backend_is_ended_once_by_a_connection_of_its_alias(orphans: Orphans) -> None:
    first, second, elsewhere = lost(11), lost(12), lost(13)
    for one, alias in ((first, "default"), (second, "default"), (elsewhere, "reports")):
        orphans.note(one)
        for _ in range(2):
            orphans.add(alias, one)
    assert (told(orphans, "default"), told(orphans, "default")) == ([11, 12], [])
    assert (told(orphans, "reports"), told(orphans, "reports")) == ([13], [])


def test_what_nobody_noted_is_no_backend(orphans: Orphans) -> None:
    orphans.add("default", lost(11))
    assert orphans.statements("default") == []


def test_behind_a_pooler_nobody_is_ended(orphans: Orphans, settings: Settings) -> None:
    """The pid that a pooler tells is another's, or nobody's."""
    behind = budget_from_environment({"DATABASE_POOLER": "transaction"}, FLEET)
    settings.CONNECTION_BUDGET = behind
    one = lost(11)
    orphans.note(one)
    orphans.add("default", one)
    assert orphans.statements("default") == []


def test_a_forked_child_ends_nothing_of_its_parents(orphans: Orphans) -> None:
    one, other = lost(11), lost(12)
    for each in (one, other):
        orphans.note(each)
    orphans.add("default", one)
    orphans._start_afresh()
    orphans.add("default", other)
    assert orphans.statements("default") == []


@pytest.fixture
def backend() -> Iterator[psycopg.Connection]:
    """Of the test database, that somebody else uses."""
    outside = connection.copy()
    outside.inc_thread_sharing()
    outside.connect()
    yield outside.connection
    outside.close()


def lives(pid: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [pid])
        return bool(cursor.fetchone()[0])


@REAL_TRANSACTIONS
class TestOnTheServer:
    @pytest.mark.parametrize(("lost_before", "ended"), [(0.0, True), (3_600.0, False)])
    def test_a_backend_that_began_after_ours_was_lost_is_another(
        self, backend: psycopg.Connection, lost_before: float, ended: bool
    ) -> None:
        """The system uses a pid again."""
        pid = backend.info.backend_pid
        with connection.cursor() as cursor:
            cursor.execute(END_BACKEND.format(pid=pid, seconds=lost_before))
            assert (cursor.fetchone() is not None) is ended
        if ended:
            wait_until(lambda: not lives(pid))
        else:
            assert lives(pid)

    def test_a_new_connection_ends_those_it_replaces(
        self, backend: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mine = Orphans()
        monkeypatch.setattr(severing, "orphans", mine)
        mine.note(backend)
        mine.add("default", backend)
        pid = backend.info.backend_pid
        connection.close()
        connection.ensure_connection()
        wait_until(lambda: not lives(pid))
        mine.add("default", connection.connection)
        assert told(mine, "default") == [connection.connection.info.backend_pid]

    def test_who_cannot_end_them_is_connected_all_the_same(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(severing, "END_BACKEND", "SELECT {pid}/0 -- {seconds}")
        mine, one = Orphans(), lost(11)
        monkeypatch.setattr(severing, "orphans", mine)
        mine.note(one)
        mine.add("default", one)
        connection.close()
        with capture_logs() as logs:
            connection.ensure_connection()
        assert [(line["event"], line["alias"]) for line in logs] == [
            ("db_backend_not_ended", "default")
        ]
