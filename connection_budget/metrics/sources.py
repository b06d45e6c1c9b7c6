"""Who can say what this process's connections are doing: pool, lanes, seats.

Each source is a function of no arguments that answers at once. A module that owns one registers
it; neither health nor metrics need to know it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connection_budget.conf import get_role
from connection_budget.deadlines.held import HeldFor
from connection_budget.metrics.pools import has_pool, pool_usage

POOL, LANES, SEATS = "pool", "lanes", "seats"


@dataclass(frozen=True)
class Usage:
    in_use: int
    maximum: int
    waiting: int
    held: tuple[HeldFor, ...] = ()
    """What is in use, where its holder is known."""

    @property
    def oldest_seconds(self) -> float:
        return max((one.seconds for one in self.held), default=0.0)

    @property
    def is_stuck(self) -> bool:
        """All there is, for much longer than anything may be held: nobody else gets on."""
        all_held = 0 < self.maximum <= len(self.held)
        return all_held and all(one.is_stuck for one in self.held)


Source = Callable[[], Usage]

_sources: dict[str, Source] = {}
_active: list[Callable[[], int]] = []


def register_source(name: str, source: Source) -> None:
    """`source` answers for `name` from now on."""
    _sources[name] = source


def register_activity(count: Callable[[], int]) -> None:
    """`count` says how many requests (or units) are under way: while any is, use is no loss."""
    _active.append(count)


def usage_of(name: str) -> Usage | None:
    source = _sources.get(name)
    return source() if source else None


def count_active() -> int:
    return sum(count() for count in _active)


def process_usage() -> Usage:
    """Connections in use of those this process may have, and who waits for one, wherever."""
    known = [usage for name in _sources if (usage := usage_of(name))]
    waiting = sum(usage.waiting for usage in known)
    main = usage_of(POOL) if has_pool() else usage_of(LANES)
    if main is None:
        return Usage(0, get_role().connections, waiting)
    return Usage(main.in_use, main.maximum or get_role().connections, waiting)


def is_stuck() -> bool:
    """Whether nothing comes through this process any more: its seats, or else its lanes."""
    usage = usage_of(SEATS) if has_pool() else usage_of(LANES)
    return usage is not None and usage.is_stuck


def oldest_seconds(name: str) -> float:
    """How long the oldest seat, or unit, has been held; 0 when none is."""
    usage = usage_of(name)
    return usage.oldest_seconds if usage else 0.0


def _pool() -> Usage:
    usage = pool_usage()
    return Usage(usage.checked_out, usage.maximum, usage.waiting)


register_source(POOL, _pool)
