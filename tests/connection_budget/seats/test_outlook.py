"""What a newcomer is told: how long it would wait, whether it may, and when to come again."""

from __future__ import annotations

import math

import pytest

from connection_budget.seats.outlook import (
    FEW,
    LEAST_RETRY_SECONDS,
    MOST_RETRY_SECONDS,
    SHORTER,
    Outlook,
    Pace,
)

LONGEST = 10.0


def measured(gap: float, *, times: int = 100, begin: float = 0.0) -> tuple[Pace, float]:
    """All seats are taken, and one comes back each `gap` seconds to somebody who waits."""
    pace, now = Pace(), begin
    pace.fill(now)
    pace.join(now, ahead=0)
    for _ in range(times):
        now += gap
        pace.come_back(now, waiting=True)
        pace.fill(now)
    return pace, now


@pytest.mark.parametrize("gap", [0.001, 0.05, 3.0])
@pytest.mark.parametrize("waiting", [0, 1, 50])
def test_a_newcomer_waits_as_long_as_those_before_it_need(gap: float, waiting: int) -> None:
    pace, now = measured(gap)
    seconds = pace.outlook(now, waiting=waiting).seconds
    assert seconds == pytest.approx((waiting + 1) * gap)


def test_seats_that_come_back_together_are_as_quick_as_one_by_one() -> None:
    pace, now = Pace(), 0.0
    pace.fill(now)
    for _ in range(50):
        now += 0.4
        for _ in range(4):
            pace.come_back(now, waiting=True)
    assert pace.outlook(now, waiting=9).seconds == pytest.approx(1.0, rel=0.1)


def test_nobody_waits_where_a_seat_is_free() -> None:
    pace = Pace()
    assert pace.outlook(5.0, waiting=0).seconds == 0
    pace, now = measured(2.0)
    pace.come_back(now, waiting=False)
    assert pace.outlook(now + 60, waiting=0) == Outlook(0.0, 0.0, math.inf)


def test_of_few_gaps_nothing_is_said() -> None:
    pace, now = measured(4.0, times=FEW - 1)
    outlook = pace.outlook(now, waiting=1_000)
    assert (outlook.seconds, outlook.retry_after, outlook.is_vain(LONGEST)) == (None, None, False)
    pace.come_back(now + 4, waiting=True)
    assert pace.outlook(now + 4, waiting=1_000).is_vain(LONGEST)


def test_what_was_slow_before_a_seat_was_free_says_nothing_of_now() -> None:
    pace, now = measured(9.0)
    pace.come_back(now, waiting=False)
    pace.fill(now + 3_600)
    assert pace.outlook(now + 3_600, waiting=5).seconds is None


def test_seats_that_stopped_coming_back_make_the_wait_longer() -> None:
    pace, now = measured(0.1)
    waits = [pace.outlook(now + silence, waiting=0).seconds for silence in (0.0, 0.1, 5.0, 60.0)]
    assert waits[0] == waits[1] == pytest.approx(0.1)
    assert None not in waits
    assert waits[1] < waits[2] < waits[3]  # type: ignore[operator]  # none of them is None


def test_a_burst_is_waited_out_and_a_lasting_line_is_not() -> None:
    pace, now = measured(0.1, times=80)
    assert pace.outlook(now, waiting=3).standing == pytest.approx(8)
    assert pace.outlook(now, waiting=3).patience(LONGEST) == LONGEST
    assert not pace.outlook(now, waiting=78).is_vain(LONGEST)
    assert pace.outlook(now, waiting=81).is_vain(LONGEST)

    later = pace.outlook(now + 2.5, waiting=3)
    assert later.patience(LONGEST) == LONGEST * SHORTER
    pace, now = measured(0.1, times=150)
    assert not pace.outlook(now, waiting=14).is_vain(LONGEST)
    assert pace.outlook(now, waiting=17).is_vain(LONGEST)


def test_as_long_as_somebody_is_refused_a_short_line_may_end_and_newcomers_wait_no_longer() -> None:
    """Else each gap in the line would let one in that lasts."""
    pace, now = measured(0.1)
    pace.refuse(now)
    pace.come_back(now + 1, waiting=False)
    pace.fill(now + 1)
    assert pace.outlook(now + 1, waiting=0).patience(LONGEST) == LONGEST * SHORTER
    assert pace.outlook(now + 9.9, waiting=0).patience(LONGEST) == LONGEST * SHORTER
    assert pace.outlook(now + 10.1, waiting=0).patience(LONGEST) == LONGEST


def test_a_line_begins_anew_with_the_first_who_waits() -> None:
    pace, now = measured(0.1, times=500)
    assert pace.outlook(now, waiting=0).standing == 0
    pace.join(now + 1, ahead=0)
    pace.join(now + 2, ahead=1)
    assert pace.outlook(now + 3, waiting=2).standing == pytest.approx(2)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, LEAST_RETRY_SECONDS),
        (0.2, LEAST_RETRY_SECONDS),
        (1.2, 2),
        (12.0, 12),
        (59.5, 60),
        (1e9, MOST_RETRY_SECONDS),
        (math.inf, MOST_RETRY_SECONDS),
    ],
)
def test_when_to_come_again_is_when_those_who_wait_have_been_served_within_bounds(
    seconds: float, said: int
) -> None:
    assert Outlook(seconds, 0.0).retry_after == said
