"""How long something takes, in three: the one place where minutes are split and added. Pure.

A concept takes its lesson and its practice, which together are its `est_minutes`: plans, paces and
dates reckon with these. What is linked to be read besides stands apart, for nobody has to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Times:
    """In minutes: tutorial and quiz; trying things and the exercises; the resources."""

    lesson: int = 0
    practice: int = 0
    reading: int = 0

    @property
    def minutes(self) -> int:
        """What has to be done."""
        return self.lesson + self.practice


def split_minutes(minutes: int, practice: int | None = None, reading: int = 0) -> Times:
    """Of a concept's minutes, so many are practice; by halves where nobody has said how many.

    (Of 1,810 minutes of what is built in, lessons take 950: words, code and questions counted.)
    """
    practice = minutes // 2 if practice is None else min(practice, minutes)
    return Times(minutes - practice, practice, reading)


def add_times(parts: Iterable[Times]) -> Times:
    times = list(parts)
    return Times(
        sum(one.lesson for one in times),
        sum(one.practice for one in times),
        sum(one.reading for one in times),
    )
