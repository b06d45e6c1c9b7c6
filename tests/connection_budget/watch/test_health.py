"""The operations' pages through Django's client: shape, status, token."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from connection_budget.budget.budget import Budget
from connection_budget.deadlines.held import HeldFor
from connection_budget.metrics import sources
from connection_budget.metrics.sources import POOL, Usage, register_source
from connection_budget.watch import monitoring
from connection_budget.watch.health import OperationsEndpoints
from connection_budget.watch.monitoring import Monitor
from connection_budget.watch.probes import register_probe
from connection_budget.watch.sampler import Snapshot
from connection_budget.watch.usage import Alarm

HEALTHY = Snapshot(
    at=0.0, reachable=True, level=Alarm.HEALTHY, live={"web": 3, "psql": 2}, max_connections=100
)


@pytest.fixture
def monitor(monkeypatch: pytest.MonkeyPatch) -> Monitor:
    """A monitor that has looked and does not look again."""
    monitor = Monitor()
    monitor.sampler.snapshot = replace(HEALTHY, at=time.monotonic())
    monkeypatch.setattr(monitoring._Process, "monitor", monitor)
    return monitor


def see(monitor: Monitor, **changes: Any) -> tuple[int, dict[str, Any]]:
    monitor.sampler.snapshot = replace(HEALTHY, **({"at": time.monotonic()} | changes))
    answer = Client().get("/health")
    return answer.status_code, answer.json()


@pytest.mark.django_db(transaction=True)
def test_a_process_without_a_sampler_looks_once(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/health")
    report = answer.json()
    assert answer.status_code == 200
    assert report["status"] == report["database"]["status"] == "healthy"
    assert report["role"] == "command"
    assert 0 <= report["age_seconds"] < 5
    assert set(report["fleet"]) == {"max_connections", "reserved", "roles", "live_total"}
    assert report["fleet"]["max_connections"] >= 20
    assert report["fleet"]["roles"]["web"].keys() == {"budget", "live"}


def test_the_shape(monitor: Monitor, settings: Any) -> None:
    budget: Budget = settings.CONNECTION_BUDGET
    register_source(POOL, lambda: Usage(5, 15, 2))
    register_source("lanes", lambda: Usage(5, 15, 2))
    register_source("seats", lambda: Usage(1, 15, 0, (HeldFor(14.5, 15), HeldFor(2, 15))))
    status, report = see(monitor)
    assert status == 200
    assert report["database"] == {
        "status": "healthy",
        "pool": {
            "checked_out": 5,
            "max_connections": 15,
            "usage_ratio": 33.33,
            "waiting": 4,
            "lost": 0,
            "oldest_seat_seconds": 14.5,
            "oldest_unit_seconds": 0.0,
        },
    }
    assert report["fleet"]["max_connections"] == 100
    assert report["fleet"]["reserved"] == budget.reserved
    assert report["fleet"]["roles"]["web"] == {"budget": budget.role("web").peak, "live": 3}
    assert report["fleet"]["live_total"] == 3


def test_a_role_that_is_more_than_it_may_be_is_a_warning(monitor: Monitor, settings: Any) -> None:
    most = settings.CONNECTION_BUDGET.role("web").peak
    status, report = see(monitor, live={"web": most})
    assert (status, report["status"], "over_budget" in report["fleet"]) == (200, "healthy", False)
    status, report = see(monitor, live={"web": most + 1})
    assert (status, report["status"]) == (200, "warning")
    assert report["fleet"]["over_budget"] == ["web"]
    status, report = see(monitor, live={"web": most + 1}, level=Alarm.CRITICAL)
    assert report["status"] == "critical"


@pytest.fixture(autouse=True)
def _sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    from connection_budget.watch import probes

    monkeypatch.setattr(sources, "_sources", dict(sources._sources))
    monkeypatch.setattr(probes, "_probes", dict(probes._probes))


@pytest.mark.parametrize("level", [Alarm.WARNING, Alarm.CRITICAL])
def test_saturation_takes_no_instance_out_of_rotation(monitor: Monitor, level: Alarm) -> None:
    status, report = see(monitor, level=level)
    assert (status, report["status"]) == (200, level.word)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"reachable": False}, "down"),
        ({"lost": 1}, "critical"),
        ({"at": time.monotonic() - monitoring.STALE_SECONDS - 1}, "down"),
    ],
)
def test_what_makes_it_503(monitor: Monitor, changes: dict[str, Any], word: str) -> None:
    status, report = see(monitor, **changes)
    assert (status, report["status"], report["database"]["status"]) == (503, word, word)


@pytest.mark.parametrize(
    ("seconds", "status"), [((31, 40), 503), ((31, 30), 200), ((31,), 200), ((), 200)]
)
@pytest.mark.parametrize("source", ["seats", "lanes"])
def test_it_is_503_when_all_there_is_has_been_held_for_more_than_twice_its_deadline(
    monitor: Monitor,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    seconds: tuple[float, ...],
    status: int,
) -> None:
    """Seats where there is a pool, lanes where there is none."""
    monkeypatch.setattr(sources, "has_pool", lambda: source == "seats")
    held = tuple(HeldFor(one, 15) for one in seconds)
    register_source(source, lambda: Usage(len(held), 2, 0, held))
    code, report = see(monitor)
    assert (code, report["status"]) == (status, "critical" if status == 503 else "healthy")


def test_before_the_first_snapshot_it_is_down(monitor: Monitor) -> None:
    monitor.sampler.snapshot = None
    answer = Client().get("/health")
    assert answer.status_code == 503
    assert answer.json()["age_seconds"] is None


def test_probes_of_other_apps_are_shown(monitor: Monitor) -> None:
    register_probe("tea", lambda: {"status": "hot"}, unknown={"status": "unknown"})
    assert see(monitor)[1]["tea"] == {"status": "unknown"}
    monitor.probing.ask_all()
    assert see(monitor)[1]["tea"] == {"status": "hot"}


def test_a_probe_that_fails_is_unknown(monitor: Monitor) -> None:
    def fail() -> None:
        raise OSError("no kettle")

    register_probe("tea", fail, unknown={"status": "unknown"})
    monitor.probing.ask_all()
    assert see(monitor)[1]["tea"] == {"status": "unknown"}


@pytest.mark.parametrize("path", ["/health/live", "/health/live/"])
def test_live_looks_at_nothing(path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_metrics_want_their_token(settings: Any) -> None:
    settings.METRICS_TOKEN = "s3cret-ü"
    assert Client().get("/metrics").status_code == 401
    wrong = {"Authorization": "Bearer s3cret"}
    answer = Client().get("/metrics", headers=wrong)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_metrics_with_their_token(settings: Any) -> None:
    settings.METRICS_TOKEN, settings.METRICS_OPEN = "s3cret", False
    answer = Client().get("/metrics", headers={"Authorization": "Bearer s3cret"})
    assert answer.status_code == 200
    assert b"db_semaphore_waiting_tasks" in answer.content


@pytest.mark.parametrize(("is_open", "status"), [(True, 200), (False, 404)])
def test_metrics_without_a_token(settings: Any, is_open: bool, status: int) -> None:
    settings.METRICS_TOKEN, settings.METRICS_OPEN = "", is_open
    assert Client().get("/metrics").status_code == status


class Asked:
    """An ASGI conversation with the endpoints; `inner` are the paths that went past them."""

    def __init__(self) -> None:
        self.inner: list[str] = []
        self.app = OperationsEndpoints(self._inner)

    async def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            raise AssertionError("nobody needs the body")

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        await self.app(scope, receive, send)
        if not sent:
            return 0, b""
        return sent[0]["status"], sent[1]["body"]

    async def _inner(self, scope: Any, receive: Any, send: Any) -> None:
        self.inner.append(scope["path"])


@pytest.mark.parametrize("path", ["/health", "/health/", "/health/live", "/metrics"])
async def test_the_endpoints_stand_in_front(monitor: Monitor, settings: Any, path: str) -> None:
    settings.METRICS_OPEN = True
    asked = Asked()
    status, body = await asked.get(path)
    assert status == 200
    assert body
    assert await asked.get(path, "HEAD") == (200, b"")
    assert (await asked.get(path, "POST"))[0] == 405
    assert asked.inner == []


async def test_the_endpoints_read_the_token(settings: Any) -> None:
    settings.METRICS_TOKEN = "s3cret"
    asked = Asked()
    assert (await asked.get("/metrics"))[0] == 401
    assert (await asked.get("/metrics", authorization="Bearer s3cret"))[0] == 200


@pytest.mark.parametrize("path", ["/", "/healthy", "/health/live/x", "/roadmaps/metrics"])
async def test_everything_else_goes_on(path: str) -> None:
    asked = Asked()
    await asked.get(path)
    assert asked.inner == [path]


@pytest.mark.django_db(transaction=True)
async def test_the_endpoints_look_once_where_no_sampler_runs() -> None:
    status, body = await Asked().get("/health")
    assert (status, json.loads(body)["status"]) == (200, "healthy")
