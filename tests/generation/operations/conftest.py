from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from django.test import Client

from connection_budget.watch import monitoring
from connection_budget.watch.monitoring import Monitor
from connection_budget.watch.sampler import Snapshot
from connection_budget.watch.usage import Alarm
from generation import tasks
from generation.operations import spending
from tests.visitors import make_visitors

SNAPSHOT = Snapshot(
    at=time.monotonic() + 3_600,  # it never grows old
    reachable=True,
    level=Alarm.HEALTHY,
    live={"web": 7, "workflow": 2, "beat": 3},
    max_connections=100,
)


@pytest.fixture(autouse=True)
def monitor(monkeypatch: pytest.MonkeyPatch) -> Monitor:
    """Of this process: it has looked, and does not look again."""
    monitor = Monitor()
    monitor.sampler.snapshot = SNAPSHOT
    monitor.probing._answers = {
        "redis": {"status": "healthy"},
        "queues": {"workflow": 5, "content_generation": 61, "logs": 0},
        "worker_counts": {"workflow": 2, "content_generation": 0, "logs": 1},
        "model_server": None,
    }
    monkeypatch.setattr(monitoring._Process, "monitor", monitor)
    return monitor


@pytest.fixture(autouse=True)
def nothing_is_kept() -> Iterator[None]:
    spending.past.forget()
    yield
    spending.past.forget()


@pytest.fixture
def staff(db: None) -> Client:
    return make_visitors().client("staff")


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs handed to the workers."""
    runs: list[str] = []
    monkeypatch.setattr(tasks.start_run, "delay", runs.append)
    return runs
