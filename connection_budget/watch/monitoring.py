"""/health, /health/live and /metrics: answered at once, whatever the database does.

Nothing here waits for the pool or the server: what this process does is counted in memory, what
the server shows is the sampler's last snapshot. A process without a sampler (a command, the test
client) looks once, for a bounded time.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.conf import settings

from connection_budget.conf import get_budget, get_role_name
from connection_budget.metrics.instruments import exposition
from connection_budget.metrics.sources import LANES, SEATS, is_stuck, oldest_seconds, process_usage
from connection_budget.watch.over_budget import over_budget
from connection_budget.watch.probes import SECONDS, Probing
from connection_budget.watch.sampler import Sampler, Snapshot
from connection_budget.watch.ticking import Ticker
from connection_budget.watch.usage import Alarm

# A snapshot older than this says nothing any more. A server that hangs makes it at most half.
STALE_SECONDS = 10.0
# How long a process without a sampler looks.
LOOK_SECONDS = 1.5


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


class Monitor:
    """Sampler and probes of this process, each in its thread."""

    def __init__(self) -> None:
        self.sampler = Sampler()
        self.probing = Probing()
        self._ticker = Ticker("health-probes", SECONDS, self.probing.ask_all)

    def start(self) -> None:
        self.sampler.start()
        self._ticker.start()

    def stop(self) -> None:
        self._ticker.stop()
        self.sampler.stop()

    @property
    def ready(self) -> bool:
        return True


class Look:
    """One sample and one round of probes, in threads that are left behind where they hang."""

    def __init__(self) -> None:
        self.sampler = Sampler()
        self.probing = Probing()
        tasks = (self._sample, self.probing.ask_all)
        self._threads = [threading.Thread(target=task, daemon=True) for task in tasks]
        self._until = time.monotonic() + LOOK_SECONDS
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        for thread in self._threads:
            thread.join(max(0.0, self._until - time.monotonic()))

    @property
    def ready(self) -> bool:
        """Whether there is nothing left to wait for."""
        busy = any(thread.is_alive() for thread in self._threads)
        return not busy or time.monotonic() > self._until

    def _sample(self) -> None:
        self.sampler.sample()
        self.sampler.close()


class _Process:
    monitor: ClassVar[Monitor | None] = None


def start_monitoring() -> None:
    """For a process that stays and whose role declares the sampler's connection (web)."""
    if _Process.monitor is None:
        _Process.monitor = Monitor()
        _Process.monitor.start()


def stop_monitoring() -> None:
    monitor, _Process.monitor = _Process.monitor, None
    if monitor is not None:
        monitor.stop()


def look() -> Monitor | Look:
    """Whoever can tell now: the running monitor, or a look that has just begun."""
    return _Process.monitor or Look()


def wait_and_look() -> Monitor | Look:
    """Whoever can tell; a process without a monitor waits for its look."""
    seen = look()
    if isinstance(seen, Look):
        seen.wait()
    return seen


def health(seen: Monitor | Look) -> Answer:
    """503 when the database is unreachable, slots are lost, the snapshot is old, or every seat has
    been held for more than twice its deadline. A pool that is merely full is no reason: taken out
    of rotation, this instance would leave its load to the others."""
    report, is_well = describe(seen)
    content = json.dumps(report).encode()
    return Answer(200 if is_well else 503, content, "application/json", _NOT_STORED)


def describe(seen: Monitor | Look) -> tuple[dict[str, Any], bool]:
    """What /health tells, and whether this process should be asked for pages."""
    snapshot = seen.sampler.snapshot
    down = snapshot is None or not snapshot.reachable or _age(snapshot) > STALE_SECONDS
    broken = is_stuck() or bool(snapshot and snapshot.lost)
    status = _database_status(snapshot, down=down, broken=broken)
    return _report(snapshot, status, seen.probing.answers()), not (down or broken)


def live() -> Answer:
    """The process runs and answers. Nothing is looked at: restarting it would mend nothing else."""
    return Answer(200, b'{"status": "alive"}', "application/json", _NOT_STORED)


def show_metrics(authorization: str) -> Answer:
    """`authorization` is the request's header."""
    token: str = getattr(settings, "METRICS_TOKEN", "")
    if not token and not getattr(settings, "METRICS_OPEN", False):
        return Answer(404, b"Not found\n")
    if token and not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        return Answer(401, b"Unauthorized\n", headers={"WWW-Authenticate": "Bearer"})
    return Answer(200, exposition(), _EXPOSITION, _NOT_STORED)


# Of the text format, whether prometheus_client is there or not.
_EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
_NOT_STORED = {"Cache-Control": "no-store"}


def _age(snapshot: Snapshot) -> float:
    return time.monotonic() - snapshot.at


def _database_status(snapshot: Snapshot | None, *, down: bool, broken: bool) -> str:
    if snapshot is None or down:
        return "down"
    if broken:
        return "critical"
    healthy = snapshot.level is Alarm.HEALTHY
    return "warning" if healthy and over_budget(snapshot.live) else snapshot.level.word


def _report(snapshot: Snapshot | None, status: str, probed: dict[str, Any]) -> dict[str, Any]:
    usage = process_usage()
    return {
        "status": status,
        "role": get_role_name(),
        "database": {
            "status": status,
            "pool": {
                "checked_out": usage.in_use,
                "max_connections": usage.maximum,
                "usage_ratio": round(100 * usage.in_use / (usage.maximum or 1), 2),
                "waiting": usage.waiting,
                "lost": snapshot.lost if snapshot else 0,
                "oldest_seat_seconds": round(oldest_seconds(SEATS), 2),
                "oldest_unit_seconds": round(oldest_seconds(LANES), 2),
            },
        },
        "fleet": _fleet(snapshot),
        **probed,
        "age_seconds": round(_age(snapshot), 2) if snapshot else None,
    }


def _fleet(snapshot: Snapshot | None) -> dict[str, Any]:
    """What is live is null where the server could not be asked. `over_budget` names roles of which
    more connections are there than may be; it is missing where none is."""
    budget = get_budget()
    seen = snapshot if snapshot and snapshot.reachable else None
    over = over_budget(seen.live) if seen else []
    live = {role.name: seen.live.get(role.name, 0) if seen else None for role in budget.roles}
    return {
        "max_connections": seen.max_connections if seen else budget.max_connections,
        "reserved": budget.reserved,
        "roles": {
            role.name: {"budget": role.peak, "live": live[role.name]} for role in budget.roles
        },
        "live_total": sum(filter(None, live.values())) if seen else None,
        **({"over_budget": over} if over else {}),
    }
