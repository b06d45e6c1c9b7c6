"""What this process has of its own, made when first needed: its lanes, and its seats."""

from __future__ import annotations

import functools

from connection_budget.cap.limits import counted_aliases, share_of, shares
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
        return DbExecutor(_lanes(), unit_deadline=get_seat_deadline())
    return DbExecutor(_lanes())


def _lanes() -> int:
    """A lane has at most one connection to each database."""
    return share_of(counted_aliases()[0], get_role().connections)


def process_seats() -> Seats:
    """As many as the role's pool has connections, or the first database's share of them."""
    return _seats_by_alias()[counted_aliases()[0]]


def seats_up_to(alias: str) -> list[Seats]:
    """Those of `alias` come last; a request takes the others before."""
    by_alias = _seats_by_alias()
    if alias not in by_alias:
        return [process_seats()]
    order = list(by_alias)
    return [by_alias[one] for one in order[: order.index(alias) + 1]]


@functools.cache
def _seats_by_alias() -> dict[str, Seats]:
    deadline = get_seat_deadline()
    parts = shares(get_role().connections)
    return {alias: Seats(number, deadline=deadline) for alias, number in parts.items()}


def _seats() -> Usage:
    if not has_pool():
        return Usage(0, 0, 0)
    seats = process_seats()
    counts = seats.statistics()
    return Usage(counts.taken, counts.total, counts.waiting, tuple(seats.held()))


register_source(SEATS, _seats)
