"""The operations' pages in front of an application, and the process's monitor behind them."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from pytest_django import Settings

from connection_budget.metrics.sources import count_active
from connection_budget.watch import health, monitoring
from connection_budget.watch.health import OperationsEndpoints
from connection_budget.watch.monitoring import Answer, Look
from connection_budget.watch.ticking import Ticker
from tests.waiting import wait_until


class Inner:
    """The application behind; what it saw."""

    def __init__(self, error: Exception | None = None) -> None:
        self.seen: list[tuple[str, int]] = []
        self._error = error

    async def __call__(self, scope: Any, _receive: Any, _send: Any) -> None:
        self.seen.append((scope["type"], count_active()))
        if self._error:
            raise self._error


def scope_of(path: str, **more: Any) -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": path, "headers": [], **more}


async def ask(app: Any, scope: dict[str, Any]) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nobody needs the body")

    await app(scope, receive, send)
    return sent


async def test_a_request_is_under_way_as_long_as_it_is_answered() -> None:
    """Meanwhile what it uses is no loss."""
    before, inner = count_active(), Inner()
    await ask(OperationsEndpoints(inner), scope_of("/page"))
    assert (inner.seen, count_active()) == ([("http", before + 1)], before)


async def test_one_that_fails_is_over_too() -> None:
    before = count_active()
    with pytest.raises(LookupError):
        await ask(OperationsEndpoints(Inner(LookupError())), scope_of("/page"))
    assert count_active() == before


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
async def test_what_is_no_request_goes_on_and_does_not_count(kind: str) -> None:
    """A socket stays for hours, and would hide what is lost."""
    before, inner = count_active(), Inner()
    await ask(OperationsEndpoints(inner), scope_of("/health", type=kind))
    assert inner.seen == [(kind, before)]


async def test_below_a_root_path_they_answer_too() -> None:
    inner = Inner()
    scope = scope_of("/app/health/live", root_path="/app")
    start, body = await ask(OperationsEndpoints(inner), scope)
    assert (start["status"], inner.seen) == (200, [])
    assert body["body"] == b'{"status": "alive"}'


async def test_an_answer_says_its_kind_and_length_and_is_not_kept(settings: Settings) -> None:
    settings.METRICS_OPEN = True
    for path, kind in (("/health/live", b"application/json"), ("/metrics", b"text/plain; ")):
        start, body = await ask(OperationsEndpoints(Inner()), scope_of(path))
        headers = dict(start["headers"])
        assert headers[b"content-type"].startswith(kind)
        assert headers[b"content-length"] == str(len(body["body"])).encode()
        assert headers[b"cache-control"] == b"no-store"


async def test_other_methods_are_told_which_there_are() -> None:
    start, body = await ask(OperationsEndpoints(Inner()), scope_of("/health", method="DELETE"))
    assert (start["status"], dict(start["headers"])[b"allow"]) == (405, b"GET, HEAD")
    assert body["body"] == b"Method not allowed\n"


async def test_the_answer_to_head_has_the_length_of_the_one_to_get() -> None:
    app = OperationsEndpoints(Inner())
    got, whole = await ask(app, scope_of("/health/live"))
    told, nothing = await ask(app, scope_of("/health/live", method="HEAD"))
    assert (told["headers"], nothing["body"]) == (got["headers"], b"")
    assert whole["body"]


class Hanging:
    """A look that never ends."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go_on = threading.Event()
        monkeypatch.setattr(Look, "_sample", lambda _: self.go_on.wait(60))
        monkeypatch.setattr(monitoring, "LOOK_SECONDS", 0.05)
        monkeypatch.setattr(monitoring._Process, "monitor", None)


async def test_a_look_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = Hanging(monkeypatch)
    start, _body = await ask(OperationsEndpoints(Inner()), scope_of("/health"))
    assert start["status"] == 503
    answer: Answer = monitoring.health(monitoring.wait_and_look())
    assert answer.status == 503
    assert not hanging.go_on.is_set()
    hanging.go_on.set()


def test_where_a_monitor_runs_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitoring._Process, "monitor", monitor := monitoring.Monitor())
    assert monitoring.wait_and_look() is monitor
    assert monitor.ready


class Started:
    """In place of a monitor."""

    def __init__(self) -> None:
        self.happened: list[str] = []

    def start(self) -> None:
        self.happened.append("started")

    def stop(self) -> None:
        self.happened.append("stopped")


def test_a_process_has_one_monitor_from_its_start_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(monitoring._Process, "monitor", None)
    monkeypatch.setattr(monitoring, "Monitor", Started)
    monitoring.start_monitoring()
    first = monitoring.look()
    monitoring.start_monitoring()
    assert monitoring.look() is first
    for _ in range(2):
        monitoring.stop_monitoring()
    assert isinstance(first, Started)
    assert first.happened == ["started", "stopped"]
    monitoring.start_monitoring()
    assert monitoring.look() is not first


def test_a_monitor_starts_and_stops_its_sampler_and_its_probes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monitor = monitoring.Monitor()
    sampler, probes = Started(), Started()
    monkeypatch.setattr(monitor, "sampler", sampler)
    monkeypatch.setattr(monitor, "_ticker", probes)
    monitor.start()
    monitor.stop()
    assert sampler.happened == probes.happened == ["started", "stopped"]


def test_a_ticker_ticks_at_once_and_again_until_it_is_stopped() -> None:
    ticks: list[int] = []
    ticker = Ticker("ticker-of-a-test", 0.01, lambda: ticks.append(1))
    ticker.start()
    wait_until(lambda: len(ticks) > 2)
    assert ticker.stop()
    after = len(ticks)
    slow = Ticker("slow-ticker-of-a-test", 3_600, lambda: ticks.append(1))
    slow.start()
    wait_until(lambda: len(ticks) == after + 1)
    assert slow.stop()
    assert len(ticks) == after + 1


def test_a_ticker_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connection_budget.watch.ticking.STOP_SECONDS", 0.05)
    go_on = threading.Event()
    ticker = Ticker("hanging-ticker", 0.01, lambda: go_on.wait(60))
    ticker.start()
    assert not ticker.stop()
    go_on.set()
    wait_until(ticker.stop)


def test_the_paths_that_need_no_seat() -> None:
    for path in (*health.PATHS, "/health/"):
        assert health.is_for_operations(scope_of(path))
    assert not health.is_for_operations(scope_of("/healthy"))
