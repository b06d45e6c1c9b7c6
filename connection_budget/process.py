"""What this process has of its own, made when first needed: its lanes, and its seats."""

from __future__ import annotations

import functools

from connection_budget.conf import get_role, get_seat_deadline
from connection_budget.lanes.executor import DbExecutor
from connection_budget.metrics.pools import has_pool
from connection_budget.metrics.sources import SEATS, Usage, register_source
from connection_budget.seats.seats import Seats


@functools.cache
def process_executor() -> DbExecutor:
    """As large as the role allows. A forked child starts with fresh lanes of its own, so this may
    be called before the fork. On a pool units keep to the deadline of the seats they need."""
    if has_pool():
        return DbExecutor(get_role().connections, unit_deadline=get_seat_deadline())
    return DbExecutor(get_role().connections)


@functools.cache
def process_seats() -> Seats:
    """As many as the role's pool has connections. For a process that never forks (uvicorn spawns
    its workers)."""
    return Seats(get_role().connections, deadline=get_seat_deadline())


def _seats() -> Usage:
    if not has_pool():
        return Usage(0, 0, 0)
    seats = process_seats()
    counts = seats.statistics()
    return Usage(counts.taken, counts.total, counts.waiting, tuple(seats.held()))


register_source(SEATS, _seats)
