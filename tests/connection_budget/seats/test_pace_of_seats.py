"""What seats measure of themselves, and who is let in by it."""

from __future__ import annotations

import time

import pytest

from connection_budget.seats.outlook import FEW, SHORTER
from connection_budget.seats.seats import GiveBack, NoSeat, Seats
from connection_budget.seats.waiting import admit

GAP = 10.0


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def work(seats: Seats, clock: Clock, give_back: GiveBack, times: int) -> GiveBack:
    """One after the other has the only seat for so long; there is always one who waits."""
    place = seats.ask()
    for _ in range(times):
        following = seats.ask()
        clock.now += GAP
        give_back()
        give_back = place.result(0)
        place = following
    return give_back


def test_a_newcomer_is_told_how_long_those_before_it_need(clock: Clock) -> None:
    seats = Seats(1)
    give_back = seats.take(0)
    assert seats.outlook().seconds is None
    work(seats, clock, give_back, FEW)
    assert seats.outlook().seconds == pytest.approx(2 * GAP)
    assert seats.outlook().standing == pytest.approx(FEW * GAP)


def test_as_long_as_one_is_free_nobody_would_wait() -> None:
    seats = Seats(2)
    first = seats.take(0)
    assert seats.outlook().seconds == 0
    seats.take(0)
    assert seats.outlook().seconds is None
    first()
    assert seats.outlook().seconds == 0


def test_who_would_wait_too_long_is_refused_at_once_and_told_when_to_come(clock: Clock) -> None:
    seats = Seats(1)
    work(seats, clock, seats.take(0), FEW)
    waiting = seats.statistics().waiting
    with pytest.raises(NoSeat) as refused:
        admit(seats, 2 * GAP)
    assert refused.value.retry_after == 2 * GAP
    assert seats.statistics().waiting == waiting


def test_after_a_refusal_newcomers_wait_for_a_part_of_the_time(clock: Clock) -> None:
    seats = Seats(1)
    give_back = seats.take(0)
    assert admit(seats, 60) == 60
    seats.refusal(60)
    assert admit(seats, 60) == 60 * SHORTER
    clock.now += 61
    assert admit(seats, 60) == 60
    give_back()
    assert seats.outlook().seconds == 0


def test_where_a_line_has_stood_for_long_newcomers_wait_for_a_part_of_the_time(
    clock: Clock,
) -> None:
    seats = Seats(1)
    seats.take(0)
    seats.ask()
    clock.now += 60
    seats.ask()
    assert admit(seats, 60) == 60
    clock.now += 1
    assert admit(seats, 60) == 60 * SHORTER


def test_how_long_seats_are_held_is_told_the_oldest_first(clock: Clock) -> None:
    seats = Seats(2, deadline=7)
    seats.take(0)
    clock.now += 3
    seats.take(0)
    clock.now += 1
    assert [(one.seconds, one.deadline) for one in seats.held()] == [(4, 7), (1, 7)]
