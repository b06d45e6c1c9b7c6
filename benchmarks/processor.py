"""What a process has used of the processor, seen from outside: that tells little of its neighbours.

The clock of another process is one that Linux makes of its number (`clock_getcpuclockid`).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

_OF_ALL_THREADS = 2


def processor_seconds(pid: int) -> float:
    return time.clock_gettime((~pid << 3) | _OF_ALL_THREADS)


def compare(
    pid: int, asks: Mapping[str, Callable[[], object]], *, rounds: int, each: int
) -> dict[str, float]:
    """Milliseconds that one of each costs the process, in turns: of many rounds the median."""
    taken: dict[str, list[float]] = {name: [] for name in asks}
    for _ in range(rounds):
        for name, ask in asks.items():
            begun = processor_seconds(pid)
            for _ in range(each):
                ask()
            taken[name].append((processor_seconds(pid) - begun) / each)
    return {name: 1_000 * statistics.median(seconds) for name, seconds in taken.items()}
