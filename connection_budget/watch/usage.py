"""When the use of connections deserves an event: pure rules, fed one sample a second. No Django.

A level is entered after three samples in a row and left five points below its threshold, so use
that swings around a threshold is told once, not at every checkout.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

WARNING_ABOVE = 0.80
CRITICAL_ABOVE = 0.90
HYSTERESIS = 0.05
SAMPLES = 3


class Alarm(IntEnum):
    HEALTHY = 0
    WARNING = 1
    CRITICAL = 2

    @property
    def word(self) -> str:
        return self.name.lower()


_ABOVE = {Alarm.WARNING: WARNING_ABOVE, Alarm.CRITICAL: CRITICAL_ABOVE}


def level_of(ratio: float, before: Alarm = Alarm.HEALTHY) -> Alarm:
    """The level of a single sample (0 to 1) that follows a time at level `before`."""
    reached = Alarm.HEALTHY
    for level, threshold in _ABOVE.items():
        if ratio > threshold - (HYSTERESIS if before >= level else 0.0):
            reached = level
    return reached


@dataclass(frozen=True)
class Crossing:
    """One change of level, with the use at that moment (0 to 1)."""

    before: Alarm
    after: Alarm
    ratio: float


class UsageWatch:
    """Turns samples into crossings."""

    def __init__(self) -> None:
        self.level = Alarm.HEALTHY
        self._others: list[Alarm] = []

    def add(self, ratio: float) -> Crossing | None:
        """Take a sample; the crossing it completes, if any.

        Three samples above (or below) the present level make one, and lead as far as all three
        went: a warning does not have to come before a critical.
        """
        seen = level_of(ratio, self.level)
        if self._others and (seen > self.level) != (self._others[0] > self.level):
            self._others = []
        if seen is self.level:
            self._others = []
            return None
        self._others.append(seen)
        if len(self._others) < SAMPLES:
            return None
        before = self.level
        self.level = min(self._others) if seen > before else max(self._others)
        self._others = []
        return Crossing(before, self.level, ratio)
