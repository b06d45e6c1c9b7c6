"""The db_… metrics, and the gauges of the lanes, which follow every change.

Workers have no sampler, so lanes push: what they do is read again in full at each change, and a
number cannot drift.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from typing import Protocol

from connections.held import HeldFor
from connections.instruments import Counter, Gauge, Histogram, guard
from connections.sources import LANES, Usage, register_activity, register_source

SEMAPHORE_WAITING = Gauge(
    "db_semaphore_waiting_tasks", "Units of database work that have no lane yet."
)
SEMAPHORE_PERMITS = Gauge("db_semaphore_permits", "Units that may run at once: lanes.")
LANES_RUNNING = Gauge("db_lane_running", "Units that run in a lane now.")
UNIT_OVERDUE_SECONDS = Gauge(
    "db_unit_overdue_seconds",
    "How long the oldest unit has run that is past its deadline; 0: none is.",
    across="livemax",
)
SEAT_OLDEST_SECONDS = Gauge(
    "db_seat_oldest_seconds",
    "How long the seat is held that is held longest.",
    across="livemax",
)
SEATS_WAITING = Gauge("db_seats_waiting", "Requests that wait for a seat.")
POOL_CONNECTIONS = Gauge(
    "db_pool_connections", "Connections of the web processes' pools, by state.", ["state"]
)
POOL_USAGE_RATIO = Gauge(
    "db_pool_usage_ratio",
    "Connections in use of the pool's maximum (0 to 1), of the fullest process.",
    across="livemax",
)
POOL_LOST_SLOTS = Gauge("db_pool_lost_slots", "Places in pools, taken and never given back.")
CONNECTION_BUDGET = Gauge(
    "db_connection_budget", "Most connections a role may hold.", ["role"], across="livemax"
)
CONNECTIONS_LIVE = Gauge(
    "db_connections_live",
    "Connections of a role that the server shows.",
    ["role"],
    across="livemostrecent",
)
UNIT_SECONDS = Histogram("db_unit_seconds", "How long units of database work ran.")
PERMIT_WAIT_SECONDS = Histogram("db_permit_wait_seconds", "How long units waited for a lane.")
BATCH_CONCEPTS = Histogram(
    "db_batch_concepts", "Concepts written in one transaction.", (1, 2, 4, 8, 16, 32, 64, 128)
)
BATCH_SECONDS = Histogram("db_batch_seconds", "How long a batch took, waiting for a lane included.")
POOL_TIMEOUTS = Counter(
    "db_pool_timeouts_total", "Requests that got no seat or no connection in time."
)


class LaneCounts(Protocol):
    """Of connections.lanes.ExecutorStatistics, what is shown."""

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
