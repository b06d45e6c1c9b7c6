"""The gauges of the lanes, which follow every change.

Workers have no sampler, so lanes push: what they do is read again in full at each change, and a
number cannot drift.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from typing import Protocol

from connection_budget.deadlines.held import HeldFor
from connection_budget.metrics.db import (
    LANES_RUNNING,
    SEMAPHORE_PERMITS,
    SEMAPHORE_WAITING,
    UNIT_OVERDUE_SECONDS,
)
from connection_budget.metrics.instruments import Gauge, guard
from connection_budget.metrics.sources import LANES, Usage, register_activity, register_source


class LaneCounts(Protocol):
    """Of connection_budget.lanes.lanes.ExecutorStatistics, what is shown."""

    @property
    def lanes(self) -> int: ...
    @property
    def waiting(self) -> int: ...
    @property
    def running(self) -> int: ...


class WatchedLanes(Protocol):
    def statistics(self) -> LaneCounts: ...
    def units_held(self) -> Sequence[HeldFor]: ...


_lanes: weakref.WeakSet[WatchedLanes] = weakref.WeakSet()
_published: dict[Gauge, float] = {}


def watch_lanes(lanes: WatchedLanes) -> None:
    """Count these in from the first change on."""
    with guard:
        _lanes.add(lanes)


def forget_lanes(lanes: WatchedLanes) -> None:
    with guard:
        _lanes.discard(lanes)
        publish_lanes()


def publish_lanes() -> None:
    """Set the gauges of this process to what its lanes do now."""
    with guard:  # so that the last one to look is the last one to write
        usage = lane_usage()
        _publish(SEMAPHORE_WAITING, usage.waiting)
        _publish(SEMAPHORE_PERMITS, usage.maximum)
        _publish(LANES_RUNNING, usage.in_use)
        overdue = [unit.seconds for unit in usage.held if unit.seconds > unit.deadline]
        _publish(UNIT_OVERDUE_SECONDS, max(overdue, default=0.0))


def lane_usage() -> Usage:
    """All lanes of this process together."""
    with guard:
        counts = [lanes.statistics() for lanes in _lanes]
        held = [unit for lanes in _lanes for unit in lanes.units_held()]
    return Usage(
        in_use=sum(count.running for count in counts),
        maximum=sum(count.lanes for count in counts),
        waiting=sum(count.waiting for count in counts),
        held=tuple(held),
    )


def _publish(gauge: Gauge, number: float) -> None:
    if _published.get(gauge) != number:
        gauge.set(number)
        _published[gauge] = number


def _begin_child() -> None:
    """What the parent's lanes do is the parent's to tell; the child's own register again."""
    _lanes.clear()
    _published.clear()


register_source(LANES, lane_usage)
register_activity(lambda: lane_usage().in_use)
os.register_at_fork(after_in_child=_begin_child)
