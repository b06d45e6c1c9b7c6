"""Whether a right choice stands out by its length. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

MAX_LENGTH_RATIO = 1.5
# Below this many characters' difference a ratio says nothing ("GET" beside "POST").
LENGTH_SLACK = 8


def is_longest_by_far(right: Sequence[int], wrong: Sequence[int]) -> bool:
    """Not where there is nothing to compare: another rule says so."""
    if not right or not wrong:
        return False
    longest, typical = max(right), mean(wrong)
    return longest > MAX_LENGTH_RATIO * typical and longest - typical > LENGTH_SLACK
