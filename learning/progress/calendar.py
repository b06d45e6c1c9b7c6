"""When somebody has learned: the days of half a year, as squares to draw. Pure.

How much it was is told by a square's size and its colour, and by a list of the same days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

WEEKS = 26
DAYS = 7
# Least of each level above none.
LEVELS = (1, 4, 10, 20)
CELL, TOP = 14, 18
_SIZES = (4, 6, 8, 10, 12)


@dataclass(frozen=True)
class Square:
    day: date
    count: int
    level: int
    x: int
    y: int
    size: int


@dataclass(frozen=True)
class MonthName:
    first: date
    x: int


@dataclass(frozen=True)
class ActivityCalendar:
    """`squares` of all days, weeks from the left, Mondays on top."""

    squares: list[Square]
    months: list[MonthName]
    first: date
    last: date

    @property
    def width(self) -> int:
        return WEEKS * CELL

    @property
    def height(self) -> int:
        return TOP + DAYS * CELL

    @property
    def active(self) -> list[Square]:
        """Days on which something was done, newest first."""
        return [square for square in reversed(self.squares) if square.count]

    @property
    def total(self) -> int:
        return sum(square.count for square in self.squares)


def first_day(today: date) -> date:
    """The Monday with which the calendar begins."""
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(weeks=WEEKS - 1)


def first_moment(today: date, zone: tzinfo) -> datetime:
    day = first_day(today)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def count_by_day(moments: Iterable[tuple[datetime, int]], zone: tzinfo) -> Counter[date]:
    """A day begins at the learner's midnight."""
    days: Counter[date] = Counter()
    for moment, count in moments:
        days[moment.astimezone(zone).date()] += count
    return days


def draw_calendar(days: Mapping[date, int], today: date) -> ActivityCalendar:
    first = first_day(today)
    shown = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    squares = [_square(day, days.get(day, 0), (day - first).days) for day in shown]
    months = [
        MonthName(day, (day - first).days // DAYS * CELL)
        for day in shown
        if day.weekday() == 0 and day.day <= DAYS
    ]
    return ActivityCalendar(squares, months, first, today)


def _square(day: date, count: int, number: int) -> Square:
    level = sum(count >= least for least in LEVELS)
    size = _SIZES[level]
    margin = (CELL - size) // 2
    week, weekday = divmod(number, DAYS)
    return Square(day, count, level, week * CELL + margin, TOP + weekday * CELL + margin, size)
