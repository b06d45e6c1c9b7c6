"""What a newcomer has to expect: how soon a seat comes back, and how long it may wait for one.

Pure rules; whoever asks brings the time (seconds of one clock). First come, first served, with a
controlled delay: a burst is waited out. But where there has been a line for as long as anybody may
wait, or somebody was refused a moment ago, more come than can be served. Then everybody who waits
long is answered too late, and what is worked on is wasted. So newcomers may wait for a fifth of
that time, until nobody has been refused for as long; and who would have to wait longer is told so
at once. (`benchmarks/bench_overload.py` compares it with others.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# In overload a newcomer may wait for so much of the longest time.
SHORTER = 0.2
# Who would wait for more than so much of its time is not let in: predictions are a little wrong,
# and a page is worked on, too.
SAFE = 0.8
# What a mean of many gaps gives to the newest.
WEIGHT = 1 / 32
# Fewer gaps tell nothing.
FEW = 8
LEAST_RETRY_SECONDS, MOST_RETRY_SECONDS = 1, 60


@dataclass(frozen=True)
class Outlook:
    """`seconds` until a newcomer has a seat, as far as that can be told (None: it cannot);
    `standing` is for how long there has been a line, `since_refusal` how long ago one of those who
    came got none."""

    seconds: float | None
    standing: float
    since_refusal: float = math.inf

    def patience(self, longest: float) -> float:
        """How long a newcomer may wait, where nobody may wait longer than `longest`."""
        is_overload = self.standing > longest or self.since_refusal < longest
        return longest * SHORTER if is_overload else longest

    def is_vain(self, longest: float) -> bool:
        """Whether a newcomer would have to wait longer than it may."""
        return self.seconds is not None and self.seconds > SAFE * self.patience(longest)

    @property
    def retry_after(self) -> int | None:
        """Whole seconds until those who wait now have had their seats; None where nobody knows."""
        if self.seconds is None:
            return None
        return math.ceil(min(max(self.seconds, LEAST_RETRY_SECONDS), MOST_RETRY_SECONDS))


class Pace:
    """Measures how soon seats come back while all are taken: each time all are, afresh, for what
    was once slow need not be so now. Not thread-safe."""

    def __init__(self) -> None:
        self._gap = 0.0
        self._gaps = 0
        self._since: float | None = None
        self._line_since = 0.0
        self._refused_at = -math.inf

    def fill(self, now: float) -> None:
        """The last free seat is taken, or one that came back."""
        if self._since is None:
            self._since, self._gap, self._gaps = now, 0.0, 0

    def join(self, now: float, *, ahead: int) -> None:
        """Somebody waits, after so many others."""
        if not ahead:
            self._line_since = now

    def come_back(self, now: float, *, waiting: bool) -> None:
        """A seat does; it is free unless somebody waits."""
        if self._since is not None:
            self._gaps += 1
            self._gap += max(1 / self._gaps, WEIGHT) * (now - self._since - self._gap)
        self._since = now if waiting else None

    def refuse(self, now: float) -> None:
        """Somebody gets no seat."""
        self._refused_at = now

    def outlook(self, now: float, *, waiting: int) -> Outlook:
        """For somebody who comes after those `waiting`."""
        standing = now - self._line_since if waiting else 0.0
        since_refusal = now - self._refused_at
        if self._since is None:
            return Outlook(0.0, standing, since_refusal)
        if self._gaps < FEW:
            return Outlook(None, standing, since_refusal)
        # Where none has come back for long, that counts as if one just did.
        silence = max(0.0, now - self._since - self._gap)
        seconds = (waiting + 1) * (self._gap + WEIGHT * silence)
        return Outlook(seconds, standing, since_refusal)
