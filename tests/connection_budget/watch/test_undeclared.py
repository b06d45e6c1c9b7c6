"""What is opened past Django is counted and told, and nothing that is not."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from structlog.testing import capture_logs

from connection_budget import conf
from connection_budget.budget.roles import Role, RoleKind
from connection_budget.metrics.db import UNDECLARED
from connection_budget.watch import undeclared
from connection_budget.watch.undeclared import UndeclaredWatch, count_undeclared
from tests.connection_budget.cast import REAL_TRANSACTIONS

pytestmark = REAL_TRANSACTIONS


def connect() -> psycopg.Connection:
    """As a library does that knows nothing of Django."""
    told = connection.get_connection_params()
    names = ("host", "port", "dbname", "user", "password")
    return psycopg.connect(**{name: told[name] for name in names if told.get(name)})


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """The sampler's. What the tests' own fixtures have opened is declared."""
    with connect() as own:
        declare(monkeypatch, 1)
        declare(monkeypatch, 1 + count_undeclared(own))
        yield own


def declare(monkeypatch: pytest.MonkeyPatch, extra: int) -> None:
    role = Role("web", connections=4, processes=1, kind=RoleKind(extra_connections=extra))
    monkeypatch.setattr(undeclared, "get_role", lambda: role)


def test_what_django_opened_is_none(own: psycopg.Connection) -> None:
    connection.ensure_connection()
    here, go_on = threading.Barrier(4), threading.Event()

    def hold(_number: int) -> None:
        connection.ensure_connection()
        here.wait(60)
        go_on.wait(60)
        connection.close()

    with ThreadPoolExecutor(3) as threads:
        held = threads.map(hold, range(3))
        here.wait(60)
        assert count_undeclared(own) == 0
        go_on.set()
        list(held)
    assert count_undeclared(own) == 0


def test_what_was_opened_past_django_is_counted_until_it_is_closed(own: psycopg.Connection) -> None:
    with connect(), connect():
        assert count_undeclared(own) == 2
    assert count_undeclared(own) == 0


def test_what_the_role_declares_is_none(
    own: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(monkeypatch, 1)
    declare(monkeypatch, 1 + count_undeclared(own) + 2)
    with connect(), connect():
        assert count_undeclared(own) == 0
        with connect():
            assert count_undeclared(own) == 1


def test_what_two_looks_have_seen_is_told_once(own: psycopg.Connection) -> None:
    watch = UndeclaredWatch(every=1)
    with capture_logs() as lines, connect():
        for _ in range(4):
            watch.look(own)
        assert UNDECLARED.make()._value.get() == 1
    (line,) = lines
    assert (line["event"], line["found"], line["role"]) == (
        "db_undeclared_connections",
        1,
        conf.get_role_name(),
    )
    watch.look(own)
    assert UNDECLARED.make()._value.get() == 0


@pytest.mark.parametrize("files", [None, Path("/nowhere/at/all")])
def test_where_files_cannot_be_listed_nothing_is_told(
    own: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, files: Path | None
) -> None:
    """Nor does the look fail, on which /health depends."""
    monkeypatch.setattr(undeclared, "_FILES", files)
    with connect():
        assert count_undeclared(own) == 0


def test_what_leads_elsewhere_is_none(own: psycopg.Connection) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()),
    ):
        assert count_undeclared(own) == 0


def test_a_copy_of_a_connections_file_is_no_other_connection(own: psycopg.Connection) -> None:
    with connect() as other:
        copy = os.dup(other.fileno())
        try:
            assert count_undeclared(own) == 1
        finally:
            os.close(copy)


def test_every_tenth_sample_is_looked_at_and_what_is_new_with_the_next(
    own: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look at every open file is not for each second."""
    found = [2, 2, 2, 3, 0]
    monkeypatch.setattr(undeclared, "count_undeclared", lambda _: found.pop())
    watch, looks, told = UndeclaredWatch(), [], []
    for _ in range(22):
        with capture_logs() as lines:
            watch.look(own)
        looks.append(5 - len(found))
        told += [(len(looks), line["found"]) for line in lines]
    assert [looks.index(number) + 1 for number in (1, 2, 3, 4)] == [1, 11, 12, 22]
    assert told == [(12, 2)]


def test_without_a_connection_of_its_own_it_does_not_look() -> None:
    UndeclaredWatch(every=1).look(None)


def test_where_djangos_own_backend_is_used_nobody_counts(
    own: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undeclared, "has_counted", lambda: False)
    with connect():
        assert count_undeclared(own) == 0
