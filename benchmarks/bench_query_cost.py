"""What the cap adds to a query: Django's own backend beside ours, in one process, by turns.

Over a connection that is kept. What is asserted is the processor's time of the process, for the
clock on the wall tells of the neighbours; it is printed beside it.
"""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from benchmarks.database import fresh_database

ROUNDS, EACH = 60, 50
MOST_TIMES = 1.05
ENGINES = {"stock": "django.db.backends.postgresql", "capped": "connection_budget.postgresql"}

Figures = dict[str, list[float]]


def main() -> dict[str, Any]:
    with fresh_database():
        wrappers = {name: _wrapper(engine) for name, engine in ENGINES.items()}
        try:
            processor, wall = _compare(wrappers)
        finally:
            for wrapper in wrappers.values():
                wrapper.close()
    figures: dict[str, Any] = {
        "processor_microseconds": _medians(processor),
        "processor_times": _times(processor),
        "wall_microseconds": _medians(wall),
        "wall_times": _times(wall),
    }
    assert figures["processor_times"] <= MOST_TIMES, figures
    return figures


def _wrapper(engine: str) -> BaseDatabaseWrapper:
    settings = copy.deepcopy(connection.settings_dict)
    settings |= {"ENGINE": engine, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
    wrapper: BaseDatabaseWrapper = import_module(f"{engine}.base").DatabaseWrapper(settings)
    _query(wrapper, EACH)
    return wrapper


def _compare(wrappers: dict[str, BaseDatabaseWrapper]) -> tuple[Figures, Figures]:
    processor: Figures = {name: [] for name in wrappers}
    wall: Figures = {name: [] for name in wrappers}
    for number in range(ROUNDS):
        for name in sorted(wrappers, reverse=number % 2 == 0):
            for clock, taken in ((time.thread_time, processor), (time.perf_counter, wall)):
                taken[name].append(_seconds(wrappers[name], clock))
    return processor, wall


def _seconds(wrapper: BaseDatabaseWrapper, clock: Callable[[], float]) -> float:
    begun = clock()
    _query(wrapper, EACH)
    return (clock() - begun) / EACH


def _query(wrapper: BaseDatabaseWrapper, times: int) -> None:
    for _ in range(times):
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)


def _medians(taken: Figures) -> dict[str, float]:
    return {name: round(1e6 * statistics.median(one), 1) for name, one in taken.items()}


def _times(taken: Figures) -> float:
    """The median of what each round says: a neighbour who comes in slows both sides of one."""
    pairs = zip(taken["capped"], taken["stock"], strict=True)
    return round(statistics.median(capped / stock for capped, stock in pairs), 3)
