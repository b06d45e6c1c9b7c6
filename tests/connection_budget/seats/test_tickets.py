"""A request's ticket: seats of other databases beside it, and who borrowed on it when it ends."""

from __future__ import annotations

import threading
from contextvars import Context
from typing import Any

import pytest

from connection_budget.seats.seats import (
    NoSeat,
    Seats,
    Ticket,
    note_borrower,
    request_has_seat,
    request_holds_connection,
    seat_request,
)
from tests.waiting import wait_until


def taken(*all_seats: Seats) -> list[int]:
    return [seats.statistics().taken for seats in all_seats]


@pytest.fixture
def three() -> list[Seats]:
    """Of three databases, in their order."""
    return [Seats(1), Seats(1), Seats(1)]


def test_a_seat_of_a_later_database_comes_with_those_between_once(three: list[Seats]) -> None:
    first, second, third = three
    ticket = seat_request(first, first.take(1))
    give_back = third.seat_connection(0.01, before=[first, second])
    assert taken(*three) == [1, 1, 1]
    give_back()
    third.seat_connection(0.01, before=[first, second])()
    second.seat_connection(0.01, before=[first])()
    assert taken(*three) == [1, 1, 1], "the request keeps what it has"
    ticket.release()
    assert taken(*three) == [0, 0, 0]


def test_a_second_connection_to_a_later_database_waits_for_a_seat_of_its_own(
    three: list[Seats],
) -> None:
    first, second, _ = three
    ticket = seat_request(first, first.take(1))
    give_back = second.seat_connection(0.01, before=[first])
    with pytest.raises(NoSeat):
        second.seat_connection(0.01, before=[first])
    ticket.release()
    assert taken(first, second) == [0, 1], "its connection is still out"
    give_back()
    assert taken(first, second) == [0, 0]


def test_after_the_request_each_connection_waits_for_itself(three: list[Seats]) -> None:
    """And for no other: those between are somebody's."""
    first, second, third = three
    seat_request(first, first.take(1)).release()
    second.take(1)
    give_back = third.seat_connection(0.01, before=[first, second])
    assert taken(*three) == [0, 1, 1]
    give_back()
    assert taken(*three) == [0, 1, 0]


def test_without_a_request_too(three: list[Seats]) -> None:
    first, second, _ = three
    give_back = Context().run(second.seat_connection, 0.01, before=[first])
    assert taken(first, second) == [0, 1]
    give_back()


def test_a_seat_that_comes_when_the_request_is_over_goes_back(three: list[Seats]) -> None:
    """While a thread waited for it."""
    first, second, _ = three
    begin = second.take(1)
    ticket = Ticket(first, first.take(1))
    found: list[Ticket | None] = []
    waiting = threading.Thread(target=lambda: found.append(ticket.beside([second], 60)))
    waiting.start()
    wait_until(lambda: second.statistics().waiting == 1)
    ticket.release()
    begin()
    waiting.join(60)
    assert taken(first, second) == [0, 0]


class Borrower:
    """A wrapper, and what it was asked."""

    def __init__(
        self, *, surrenders: bool = True, in_unit: bool = False, connected: bool = True
    ) -> None:
        self.asked = 0
        self.surrenders = surrenders
        self.connection: Any = object() if connected else None
        self.in_unit = in_unit
        self.is_wanted = False

    def surrender(self) -> bool:
        self.asked += 1
        return self.surrenders


@pytest.mark.parametrize(
    ("borrower", "asked", "wanted"),
    [
        (Borrower(), 1, False),
        (Borrower(surrenders=False), 1, True),  # in use: it gives back by itself
        (Borrower(in_unit=True), 0, True),  # a lane's
        (Borrower(connected=False), 0, False),
    ],
)
def test_when_a_request_is_over_who_borrowed_on_it_is_asked_to_give_back(
    borrower: Borrower, asked: int, wanted: bool
) -> None:
    seats = Seats(1)
    ticket = seat_request(seats, seats.take(1))
    note_borrower(borrower)
    ticket.release()
    assert (borrower.asked, borrower.is_wanted) == (asked, wanted)


def test_what_a_request_has_is_known_in_its_context() -> None:
    seats = Seats(1)
    ticket = seat_request(seats, seats.take(1))
    assert (request_has_seat(), request_holds_connection()) == (True, False)
    give_back = seats.seat_connection(1)
    assert (request_has_seat(), request_holds_connection()) == (True, True)
    ticket.release()
    assert (request_has_seat(), request_holds_connection()) == (False, True)
    give_back()
    assert (request_has_seat(), request_holds_connection()) == (False, False)
