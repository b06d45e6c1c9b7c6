"""What is held too long: when it is asked to end, when it is cut off, and when neither."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from structlog.testing import capture_logs

from connection_budget.deadlines import held
from connection_budget.deadlines.held import Held, HeldFor, Named, grace_after
from connection_budget.deadlines.severing import severed
from tests.connection_budget.deadlines.fake import Connection

ACTIVE, IDLE, INTRANS = TransactionStatus.ACTIVE, TransactionStatus.IDLE, TransactionStatus.INTRANS


class Thing(Held):
    def __init__(self, status: TransactionStatus, *, deadline: float, held: float) -> None:
        super().__init__("thing", deadline)
        self.began = time.monotonic() - held
        self.connection = Connection(status)
        self.told = 0

    def uses(self) -> Iterable[Named]:
        connection: Any = self.connection
        yield "default", connection

    def tell_expired(self) -> None:
        self.told += 1


@pytest.fixture
def things() -> Iterator[list[Thing]]:
    made: list[Thing] = []
    yield made
    for thing in made:
        thing.connection.ours.close()
        thing.connection.server.close()


@pytest.mark.parametrize(("deadline", "grace"), [(0.1, 1), (1, 1), (4, 3), (15, 5), (3_600, 5)])
def test_a_cancel_has_a_part_of_the_deadline_to_be_heard(deadline: float, grace: float) -> None:
    assert grace_after(deadline) == grace


@pytest.mark.parametrize(("seconds", "stuck"), [(29.9, False), (30.0, False), (30.1, True)])
def test_what_is_held_for_more_than_twice_its_deadline_is_stuck(
    seconds: float, stuck: bool
) -> None:
    assert HeldFor(seconds, 15).is_stuck is stuck


@pytest.mark.parametrize(
    ("status", "held", "cancelled", "cut_off"),
    [
        (ACTIVE, 17, True, False),  # within its grace of five seconds
        (IDLE, 17, False, False),
        (ACTIVE, 23, True, True),
        (INTRANS, 23, False, True),
        (IDLE, 23, False, False),  # its holder may be busy elsewhere
    ],
)
def test_a_statement_is_cancelled_and_what_is_late_is_cut_off_where_it_is_used(
    things: list[Thing], status: TransactionStatus, held: float, cancelled: bool, cut_off: bool
) -> None:
    thing = Thing(status, deadline=16, held=held)
    things.append(thing)
    assert (thing.interrupt(), thing.interrupt()) == (True, False)
    thing.finish()  # a cancel that is under way is waited for
    assert (bool(thing.connection.cancels), thing.connection.is_cut_off()) == (cancelled, cut_off)
    assert thing.is_lost(thing.connection) is cut_off
    connection: Any = thing.connection
    assert (connection in severed) is cut_off
    assert (thing.told, thing.expired) == (1, True)


def test_a_cancel_is_repeated_when_the_one_before_is_over(things: list[Thing]) -> None:
    thing = Thing(ACTIVE, deadline=16, held=17)
    things.append(thing)
    for number in (1, 2, 3):
        thing.interrupt()
        assert thing._cancel is not None
        thing._cancel.join(60)
        assert len(thing.connection.cancels) == number


def test_between_its_end_and_its_leaving_it_is_cut_off_but_not_cancelled(
    things: list[Thing],
) -> None:
    """Its end asks the server for something, too; a cancel would hit the next."""
    late = Thing(ACTIVE, deadline=1, held=10)
    left = Thing(ACTIVE, deadline=1, held=10)
    things += [late, left]
    late.finish()
    left.leave()
    assert (late.interrupt(), left.interrupt()) == (False, False)
    assert (late.connection.is_cut_off(), left.connection.is_cut_off()) == (True, False)
    assert late.connection.cancels == left.connection.cancels == []


def test_a_connection_that_broke_by_itself_is_lost(things: list[Thing]) -> None:
    thing = Thing(IDLE, deadline=1, held=0)
    things.append(thing)
    assert not thing.is_lost(thing.connection)
    thing.connection.broken = True
    assert thing.is_lost(thing.connection)


class Deaf(Connection):
    """Its cancel hears nothing for as long as the test likes."""

    def __init__(self) -> None:
        super().__init__(ACTIVE)
        self.go_on = threading.Event()

    def cancel_safe(self, *, timeout: float) -> None:
        super().cancel_safe(timeout=timeout)
        self.go_on.wait(60)


def test_one_cancel_is_under_way_at_a_time_and_one_that_hangs_costs_the_connection(
    things: list[Thing], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has the connection next would be hit by it."""
    monkeypatch.setattr(held, "CANCEL_SECONDS", -0.95)
    thing = Thing(ACTIVE, deadline=16, held=17)
    thing.connection.ours.close()
    thing.connection.server.close()
    thing.connection = deaf = Deaf()
    things.append(thing)
    for _ in range(3):
        thing.interrupt()
    assert not deaf.is_cut_off()
    thing.finish()
    assert (len(deaf.cancels), deaf.is_cut_off()) == (1, True)
    deaf.go_on.set()


def test_a_cancel_that_fails_is_told_and_tried_again(things: list[Thing]) -> None:
    thing = Thing(ACTIVE, deadline=16, held=17)
    things.append(thing)

    def fail(*, timeout: float) -> None:
        raise psycopg.OperationalError("no way")

    thing.connection.cancel_safe = fail  # type: ignore[method-assign]
    with capture_logs() as logs:
        for _ in range(2):
            thing.interrupt()
            assert thing._cancel is not None
            thing._cancel.join(60)
    assert [line["event"] for line in logs] == ["db_cancel_failed"] * 2


def test_a_cancel_that_takes_its_time_is_waited_for(things: list[Thing]) -> None:
    thing = Thing(ACTIVE, deadline=16, held=17)
    thing.connection.ours.close()
    thing.connection.server.close()
    thing.connection = deaf = Deaf()
    things.append(thing)
    thing.interrupt()
    ending = threading.Thread(target=thing.finish)
    ending.start()
    ending.join(0.05)
    waits = ending.is_alive()
    deaf.go_on.set()
    ending.join(60)
    assert (waits, ending.is_alive(), deaf.is_cut_off()) == (True, False, False)
