"""The sampler's own connection: it waits for no server that says nothing, and mends itself."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, connections

from connection_budget.deadlines.severing import Orphans
from connection_budget.watch import server_view
from connection_budget.watch.server_view import ServerAway, ServerConnection
from tests.connection_budget.cast import REAL_TRANSACTIONS, Backends
from tests.silence import SilentProxy, proxy_of_test_database
from tests.waiting import wait_until

pytestmark = REAL_TRANSACTIONS


@pytest.fixture
def orphans(monkeypatch: pytest.MonkeyPatch) -> Orphans:
    made = Orphans()
    monkeypatch.setattr(server_view, "orphans", made)
    return made


@pytest.fixture
def server(orphans: Orphans) -> Iterator[ServerConnection]:
    made = ServerConnection()
    yield made
    made.close()


@pytest.fixture
def proxy(observer: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[SilentProxy]:
    with proxy_of_test_database() as proxy:
        for name, value in {"HOST": "127.0.0.1", "PORT": str(proxy.port)}.items():
            monkeypatch.setitem(connections.settings["default"], name, value)
        yield proxy


def test_a_server_that_says_nothing_is_away_and_its_end_is_ended_by_the_next_look(
    proxy: SilentProxy,
    server: ServerConnection,
    backends: Backends,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server.look()
    (before,) = backends.others()
    proxy.fall_silent()
    monkeypatch.setattr(server_view, "ANSWER_SECONDS", 0.1)
    began = time.monotonic()
    with pytest.raises(ServerAway, match=r"no answer after 0\.1 seconds"):
        server.look()
    assert time.monotonic() - began < 5
    assert server.connection is None
    monkeypatch.setattr(server_view, "ANSWER_SECONDS", 60)
    server.look()
    wait_until(lambda: before not in backends.others())


def test_one_connection_serves_every_look_and_sees_what_is_there(
    server: ServerConnection, backends: Backends
) -> None:
    first, second = server.look(), server.look()
    (own,) = backends.others()
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        assert first.max_connections == second.max_connections == int(cursor.fetchone()[0])
    assert own in second.pids
    assert second.live[connection.get_connection_params()["application_name"]] >= 1


def test_what_it_cannot_be_told_is_away_and_asked_anew(
    server: ServerConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = server_view._QUERY
    monkeypatch.setattr(server_view, "_QUERY", b"SELECT 1/0")
    with pytest.raises(ServerAway, match="division by zero"):
        server.look()
    assert server.connection is None
    monkeypatch.setattr(server_view, "_QUERY", query)
    assert server.look().pids


def test_who_is_at_another_database_is_there_but_in_no_role(server: ServerConnection) -> None:
    told = connection.get_connection_params()
    names = ("host", "port", "user", "password")
    place = {name: told[name] for name in names if told.get(name)}
    with psycopg.connect(**place, dbname="postgres", application_name="a role") as visitor:
        seen = server.look()
        assert visitor.info.backend_pid in seen.pids
    assert seen.live.get("a role", 0) == 0
