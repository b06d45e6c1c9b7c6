"""Slots of a pool that are taken though nobody has them: pure rules, no Django.

A connection that is never given back counts as in use for ever, and the pool shrinks. Two rules
find it: nothing is under way and yet slots are in use; or the pool counts more in use than the
server shows backends for.
"""

from __future__ import annotations

from dataclasses import dataclass

# Use without any request before it counts as lost.
IDLE_SECONDS = 30.0
# More use than backends before it counts as lost: longer than an attempt to connect takes.
UNSEEN_SECONDS = 8.0


@dataclass(frozen=True)
class SlotSample:
    """What was seen at moment `at` (seconds, monotonic)."""

    at: float
    in_use: int
    active: int
    """Requests and units under way."""
    backends: int | None = None
    """Backends of the connections in use; None where the server could not be asked."""
    failed_attempts: int = 0
    """Attempts to connect that have failed so far: a slot being opened looks like one in use."""


class LostSlots:
    """Counts slots that have been out of reach for long enough."""

    def __init__(
        self, *, idle_seconds: float = IDLE_SECONDS, unseen_seconds: float = UNSEEN_SECONDS
    ) -> None:
        self._idle = _Persisting(idle_seconds)
        self._unseen = _Persisting(unseen_seconds)
        self._failed_attempts = 0

    def add(self, sample: SlotSample) -> int:
        """Take a sample; the number of slots known to be lost by now."""
        if sample.failed_attempts != self._failed_attempts:
            self._failed_attempts = sample.failed_attempts
            self._idle.forget()
            self._unseen.forget()
        idle = 0 if sample.active else sample.in_use
        unseen = 0 if sample.backends is None else sample.in_use - sample.backends
        return max(self._idle.add(sample.at, idle), self._unseen.add(sample.at, unseen))


class _Persisting:
    """The least of what was above zero without a break for `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._samples: list[tuple[float, int]] = []

    def forget(self) -> None:
        self._samples = []

    def add(self, at: float, number: int) -> int:
        if number <= 0:
            self.forget()
            return 0
        self._samples.append((at, number))
        while len(self._samples) > 1 and self._samples[1][0] <= at - self._seconds:
            del self._samples[0]
        if at - self._samples[0][0] < self._seconds:
            return 0
        return min(number for _, number in self._samples)
