"""When to ask again. Pure."""

from __future__ import annotations

import random

# However often it failed, nobody waits longer than this (seconds).
LONGEST_PAUSE = 60.0
_chance = random.SystemRandom()  # no two processes share it, forked ones neither


def pause_before(attempt: int, first: float) -> float:
    """Seconds to wait after the `attempt`-th failure: doubling, and spread by a quarter so that
    many that failed together do not come back together."""
    pause = min(first * 2.0 ** (attempt - 1), LONGEST_PAUSE)
    return pause * _chance.uniform(0.75, 1.25)
