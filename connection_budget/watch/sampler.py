"""Looks at this process and at the server once a second, so that nobody else has to.

/health reads the last snapshot; gauges and events are set here. The connection is the sampler's
own: the extra one that the role declares.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from connection_budget.conf import get_budget, get_role_name
from connection_budget.logs import get_logger
from connection_budget.metrics import db as metrics
from connection_budget.metrics.pools import backends_at_rest, has_pool, pool_usage
from connection_budget.metrics.sources import SEATS, count_active, process_usage, usage_of
from connection_budget.watch.lost_slots import LostSlots, SlotSample
from connection_budget.watch.observed import ConnectionLog
from connection_budget.watch.over_budget import OverBudgetWatch
from connection_budget.watch.server_view import ServerAway, ServerConnection, ServerView
from connection_budget.watch.ticking import Ticker
from connection_budget.watch.undeclared import UndeclaredWatch
from connection_budget.watch.usage import Alarm, Crossing, UsageWatch

log = get_logger(__name__)

INTERVAL_SECONDS = 1.0


@dataclass(frozen=True)
class Snapshot:
    at: float
    """Monotonic seconds."""
    reachable: bool
    level: Alarm
    lost: int = 0
    live: Mapping[str, int] = field(default_factory=dict)
    max_connections: int | None = None


class Sampler:
    """`start` and `stop` for a process that stays; `sample` for one look, then `close`."""

    def __init__(
        self,
        alias: str = "default",
        *,
        interval: float = INTERVAL_SECONDS,
        lost_slots: LostSlots | None = None,
    ) -> None:
        self.snapshot: Snapshot | None = None
        self._alias = alias
        self._server = ServerConnection(alias)
        self._opened = ConnectionLog()
        self._usage = UsageWatch()
        self._undeclared = UndeclaredWatch()
        self._over_budget = OverBudgetWatch()
        self._lost_slots = lost_slots or LostSlots()
        self._lost = 0
        self._reachable = True
        self._ticker = Ticker("db-sampler", interval, self.sample)

    def start(self) -> None:
        self._opened.listen()
        self._ticker.start()

    def stop(self) -> None:
        over = self._ticker.stop()
        self._opened.stop()
        if over:
            self.close()

    def close(self) -> None:
        self._server.close()

    def sample(self) -> None:
        """Look once. Takes a few seconds where the server does not answer. Raises nothing."""
        try:
            self._watch_usage()
            view = self._look()
            self._watch_slots(view)
            self._tell_fleet(view)
            self._undeclared.look(self._server.connection)
            self.snapshot = Snapshot(
                at=time.monotonic(),
                reachable=view is not None,
                level=self._usage.level,
                lost=self._lost,
                live=view.live if view else {},
                max_connections=view.max_connections if view else None,
            )
        except Exception:
            log.exception("db_sample_failed")  # the snapshot grows old, which /health tells

    def _watch_usage(self) -> None:
        usage = process_usage()
        ratio = usage.in_use / usage.maximum if usage.maximum else 0.0
        if crossing := self._usage.add(ratio):
            _tell_crossing(crossing, in_use=usage.in_use, maximum=usage.maximum)
        if has_pool(self._alias):
            pool = pool_usage(self._alias)
            metrics.POOL_USAGE_RATIO.set(pool.checked_out / pool.maximum if pool.maximum else 0.0)
            metrics.POOL_CONNECTIONS.set(pool.checked_out, state="in_use")
            metrics.POOL_CONNECTIONS.set(pool.available, state="idle")
        if seats := usage_of(SEATS):
            metrics.SEATS_WAITING.set(seats.waiting)
            metrics.SEAT_OLDEST_SECONDS.set(seats.oldest_seconds)

    def _look(self) -> ServerView | None:
        view, problem = None, ""
        try:
            view = self._server.look()
        except ServerAway as error:
            problem = str(error)
        if self._reachable and view is None:
            log.error("db_server_unreachable", error=problem)
        elif view is not None and not self._reachable:
            log.info("db_server_reached")
        self._reachable = view is not None
        return view

    def _watch_slots(self, view: ServerView | None) -> None:
        if not has_pool(self._alias):
            return
        active = count_active()
        pool = pool_usage(self._alias)
        sample = SlotSample(
            at=time.monotonic(),
            in_use=pool.checked_out,
            active=active,
            backends=None if view is None else self._count_backends(view),
            failed_attempts=pool.failed_attempts,
        )
        lost = self._lost_slots.add(sample)
        if lost > self._lost:
            log.error("db_pool_slots_lost", lost=lost, in_use=pool.checked_out, active=active)
        self._lost = lost
        metrics.POOL_LOST_SLOTS.set(lost)

    def _count_backends(self, view: ServerView) -> int | None:
        """Server processes of the connections that are out of the pool; None where a pooler stands
        in between, whose clients the server does not know."""
        if get_budget().pooler:
            return None
        self._opened.forget_all_but(view.pids)
        return len(self._opened.backend_pids() - backends_at_rest(self._alias))

    def _tell_fleet(self, view: ServerView | None) -> None:
        for role in get_budget().roles:
            metrics.CONNECTION_BUDGET.set(role.peak, role=role.name)
            if view is not None:
                metrics.CONNECTIONS_LIVE.set(view.live.get(role.name, 0), role=role.name)
        if view is not None:
            self._over_budget.look(view.live)


def _tell_crossing(crossing: Crossing, *, in_use: int, maximum: int) -> None:
    """One event a crossing, and one when it is over."""
    event, tell = {
        Alarm.HEALTHY: ("db_pool_usage_recovered", log.info),
        Alarm.WARNING: ("db_pool_high_usage", log.warning),
        Alarm.CRITICAL: ("db_pool_critical_usage", log.error),
    }[crossing.after]
    tell(
        event,
        role=get_role_name(),
        checked_out=in_use,
        max_connections=maximum,
        usage_ratio=round(crossing.ratio, 4),
        before=crossing.before.word,
    )
