"""Half a year in squares."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, timedelta

import pytest

from learning.progress.calendar import (
    CELL,
    DAYS,
    TOP,
    WEEKS,
    count_by_day,
    draw_calendar,
    first_moment,
)

TODAY = date(2026, 11, 26)  # a Thursday


def test_it_shows_twenty_six_weeks_up_to_today_with_mondays_on_top() -> None:
    calendar = draw_calendar({}, TODAY)
    days = [square.day for square in calendar.squares]
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert days[-1] == TODAY
    assert days[0].weekday() == 0
    assert (TODAY - days[0]).days // DAYS == WEEKS - 1
    assert {square.y // CELL for square in calendar.squares if square.day.weekday() == 0} == {
        TOP // CELL
    }


def test_no_square_lies_outside_the_picture_or_on_another() -> None:
    calendar = draw_calendar({TODAY - timedelta(days=n): n for n in range(200)}, TODAY)
    for square in calendar.squares:
        assert 0 <= square.x <= calendar.width - square.size
        assert TOP <= square.y <= calendar.height - square.size
    cells = {(square.x // CELL, (square.y - TOP) // CELL) for square in calendar.squares}
    assert len(cells) == len(calendar.squares)


def test_more_is_larger_and_of_another_colour() -> None:
    counts = [0, 1, 3, 4, 9, 10, 19, 20, 500]
    days = {TODAY - timedelta(days=place): count for place, count in enumerate(counts)}
    shown = list(reversed(draw_calendar(days, TODAY).squares))[: len(counts)]
    assert [square.level for square in shown] == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    sizes = [square.size for square in shown]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 5


def test_what_was_done_is_listed_newest_first_and_counted() -> None:
    calendar = draw_calendar({TODAY: 2, TODAY - timedelta(days=9): 5, date(2020, 1, 1): 9}, TODAY)
    assert [(one.day.day, one.count) for one in calendar.active] == [(26, 2), (17, 5)]
    assert calendar.total == 7


@pytest.mark.parametrize(
    ("zone", "day"), [("UTC", 25), ("Asia/Kathmandu", 26), ("America/Los_Angeles", 25)]
)
def test_a_day_begins_at_the_learners_own_midnight(zone: str, day: int) -> None:
    eleven_at_night = datetime(2026, 11, 25, 23, 15, tzinfo=UTC)
    days = count_by_day([(eleven_at_night, 3)], zoneinfo.ZoneInfo(zone))
    assert days == {date(2026, 11, day): 3}


def test_the_first_moment_is_midnight_there() -> None:
    moment = first_moment(TODAY, zoneinfo.ZoneInfo("Asia/Tokyo"))
    assert moment == datetime(2026, 5, 31, 15, 0, tzinfo=UTC)
