"""When a server that fails again and again is left alone, and when it is given up. Pure."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

# Pauses of everybody (seconds) after so many waves of failures; after the last one, people act.
PATIENT_WAVES = 2
PAUSES = (5.0, 10.0, 20.0, 40.0)
LEAST_WAVE = 5
# Subjects (concepts) refused with nothing answered between them, until it is not about them.
REJECTED_SUBJECTS, FORBIDDEN_SUBJECTS = 5, 3
# For how long (seconds) a server may answer nothing but "too many".
MOST_CROWDED_SECONDS = 300.0


@dataclass
class Trouble:
    """What has failed since the server last answered, over all requests of a gateway.

    A *wave* is as many failures as one moment of a server can cause: all that are under way. An
    answer of any kind, a rejection included, ends the outage: somebody is there. Rejections in turn
    are about single subjects, as long as others are answered between them.
    """

    concurrency: int
    clock: Callable[[], float] = time.monotonic
    failures: int = 0
    failed: set[str] = field(default_factory=set)
    refusals: int = 0
    crowded_since: float = math.inf
    rejected: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)

    @property
    def wave(self) -> int:
        return max(self.concurrency, LEAST_WAVE)

    def answer(self) -> None:
        self.rejected.clear()
        self.forbidden.clear()
        self.end()

    def end(self) -> None:
        self.failures = self.refusals = 0
        self.failed.clear()
        self.crowded_since = math.inf

    def reject(self, subject: str) -> bool:
        """True when it is not about the subject: no other is answered either.

        Of one concept all artifacts may be rejected, and of a run that is resumed it is these that
        are asked for first.
        """
        self.end()
        self.rejected.add(subject)
        return len(self.rejected) >= REJECTED_SUBJECTS

    def forbid(self, subject: str) -> bool:
        """Likewise, and at once where nothing but the goal was told."""
        self.end()
        self.forbidden.add(subject)
        return not subject or len(self.forbidden) >= FORBIDDEN_SUBJECTS

    def lasts(self) -> bool:
        """Then whoever asks waits for its end, or until the server is given up."""
        return self.failures >= self.wave and len(self.failed) > 1

    def fail(self, subject: str) -> float:
        """Seconds for which everybody should leave the server alone; infinite: give it up.

        One subject that always fails is no outage, though nothing else be left to ask.
        """
        self.failures += 1
        self.failed.add(subject)
        waves, rest = divmod(self.failures, self.wave)
        if rest or waves < PATIENT_WAVES or not self.lasts():
            return 0.0
        later = waves - PATIENT_WAVES
        return PAUSES[later] if later < len(PAUSES) else math.inf

    def crowd(self) -> bool:
        """The server said "too many" once more; True when it has said nothing else for too long."""
        self.refusals += 1
        self.crowded_since = min(self.crowded_since, self.clock())
        is_long = self.clock() - self.crowded_since >= MOST_CROWDED_SECONDS
        return is_long and self.refusals >= 3 * self.wave
