"""How long a place counts, of a connection whose other end is a socket of the test's own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from connection_budget.cap import places
from connection_budget.cap.places import Place
from tests.waiting import wait_until


class Connection:
    """As much of psycopg's as a place looks at."""

    def __init__(self, end: socket.socket) -> None:
        self.closed = False
        self.lock = threading.Lock()
        self.pgconn = SimpleNamespace(socket=end.fileno(), finish=self.close)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Ours, and the server's."""
    ours, servers = socket.socketpair()
    with ours, servers:
        yield ours, servers


def hold(end: socket.socket) -> tuple[Place, Any]:
    place, connection = Place(), Connection(end)
    place.hold(connection)  # type: ignore[arg-type]
    return place, connection


def test_a_place_is_free_once_the_server_has_ended_its_side(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "GONE_SECONDS", 600)
    ours, servers = ends
    place, _connection = hold(ours)
    assert not place.is_over()
    place.leave()
    assert not place.is_over()
    servers.close()
    assert place.is_over()


def test_a_server_that_never_ends_its_side_is_not_waited_for_long(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "GONE_SECONDS", 0)
    place, _connection = hold(ends[0])
    place.leave()
    assert place.is_over()


def test_a_connect_that_timed_out_counts_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may yet appear on the server; one that was refused will not."""
    monkeypatch.setattr(places, "GONE_SECONDS", 600)
    late, refused = Place(), Place()
    late.fail(psycopg.errors.ConnectionTimeout())
    refused.fail(psycopg.OperationalError())
    assert (late.is_over(), refused.is_over()) == (False, True)


def test_what_a_dead_thread_left_open_is_closed(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    held: list[tuple[Place, Any]] = []
    enough = threading.Event()

    def work() -> None:
        held.append(hold(ends[0]))
        enough.wait(60)

    thread = threading.Thread(target=work)
    thread.start()
    wait_until(lambda: held)
    [(place, connection)] = held
    place.close_for_the_dead()
    assert not connection.closed
    enough.set()
    thread.join()
    place.close_for_the_dead()
    assert (connection.closed, place.is_leaving) == (True, True)


def test_what_the_server_still_says_is_not_its_end(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "GONE_SECONDS", 600)
    ours, servers = ends
    place, _connection = hold(ours)
    servers.send(b"a notice")
    place.leave()
    assert [place.is_over() for _ in range(2)] == [False, False]
    servers.close()
    assert place.is_over()


@pytest.mark.parametrize("is_severed", [False, True])
def test_one_that_was_closed_before_counts_only_if_the_server_was_not_told(
    ends: tuple[socket.socket, socket.socket],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_severed: bool,
) -> None:
    monkeypatch.setattr(places, "GONE_SECONDS", 600)
    place, connection = hold(ends[0])
    connection.close()
    monkeypatch.setattr(places, "severed", {connection} if is_severed else set())
    place.leave()
    assert place.is_over() is not is_severed


def test_leaving_twice_is_leaving_once(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However late the second time: the second begins with the first."""
    place, _connection = hold(ends[0])
    place.leave()
    monkeypatch.setattr(place, "_left_at", time.monotonic() - 2 * places.GONE_SECONDS)
    place.leave()
    assert place.is_over()


def test_seconds_are_told_since_it_was_asked_for() -> None:
    place = Place()
    place.since -= 90
    assert 90 <= place.waits_for() < 100
