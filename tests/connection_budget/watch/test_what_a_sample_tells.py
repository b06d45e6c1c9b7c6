"""What the sampler saw is in the metrics and in its snapshot, and a look that fails is told."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db.backends.signals import connection_created
from pytest_django import Settings
from structlog.testing import capture_logs

from connection_budget.budget.budget import budget_from_environment
from connection_budget.deadlines.held import HeldFor
from connection_budget.metrics import sources
from connection_budget.metrics.pools import PoolUsage
from connection_budget.metrics.sources import LANES, POOL, SEATS, Usage, register_source
from connection_budget.watch import sampler as sampling
from connection_budget.watch.lost_slots import IDLE_SECONDS, LostSlots
from connection_budget.watch.sampler import Sampler
from connection_budget.watch.server_view import ServerAway, ServerView
from connection_budget.watch.usage import Alarm
from tests.connection_budget.fleet import FLEET
from tests.connection_budget.metrics.test_metrics import value_of

VIEW = ServerView(live={"web": 7, "psql": 1}, pids=frozenset(), max_connections=50)


@pytest.fixture
def sampler(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Sampler:
    """Of a process with a full pool that nobody uses, beside a server that shows `VIEW`."""
    settings.CONNECTION_BUDGET = budget_from_environment({}, FLEET)
    made = Sampler(lost_slots=LostSlots(idle_seconds=0, unseen_seconds=60))
    monkeypatch.setattr(made._server, "look", lambda: VIEW)
    monkeypatch.setattr(sources, "_sources", {})
    monkeypatch.setattr(sampling, "count_active", lambda: 0)
    for module in (sampling, sources):
        monkeypatch.setattr(module, "has_pool", lambda *_: True)
    pool = PoolUsage(checked_out=19, maximum=20, waiting=2, available=1)
    monkeypatch.setattr(sampling, "pool_usage", lambda _alias: pool)
    register_source(POOL, lambda: Usage(19, 20, 2))
    register_source(LANES, lambda: Usage(1, 4, 0))
    register_source(SEATS, lambda: Usage(2, 4, 3, (HeldFor(7.5, 15), HeldFor(1, 15))))
    return made


def away() -> ServerView:
    raise ServerAway("no answer")


class Looks:
    """One after the other."""

    def __init__(self, *views: ServerView | None) -> None:
        self._views = list(views)

    def __call__(self) -> ServerView:
        return self._views.pop(0) or away()


def test_what_is_seen_is_measured(sampler: Sampler, settings: Settings) -> None:
    sampler.sample()
    seen = {
        "db_pool_usage_ratio": 0.95,
        'db_pool_connections{state="in_use"}': 19,
        'db_pool_connections{state="idle"}': 1,
        "db_pool_lost_slots": 19,
        "db_seats_waiting": 3,
        "db_seat_oldest_seconds": 7.5,
        'db_connection_budget{role="web"}': settings.CONNECTION_BUDGET.role("web").peak,
        'db_connections_live{role="web"}': 7,
        'db_connections_live{role="logs"}': 0,
    }
    assert {name: value_of(name) for name in seen} == seen


def test_what_is_seen_is_the_snapshot(sampler: Sampler) -> None:
    before = time.monotonic()
    for _ in range(3):
        sampler.sample()
    seen = sampler.snapshot
    assert seen is not None
    assert before <= seen.at <= time.monotonic()
    assert (seen.reachable, seen.level, seen.lost) == (True, Alarm.CRITICAL, 19)
    assert (seen.live, seen.max_connections) == (VIEW.live, 50)


def test_an_alarm_tells_of_which_use(sampler: Sampler) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            sampler.sample()
    (alarm,) = [line for line in logs if line["event"] == "db_pool_critical_usage"]
    told = {name: alarm[name] for name in ("checked_out", "max_connections", "usage_ratio")}
    assert told == {"checked_out": 19, "max_connections": 20, "usage_ratio": 0.95}
    assert alarm["before"] == "healthy"


def test_slots_are_told_as_lost_once(sampler: Sampler) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            sampler.sample()
    told = [line for line in logs if line["event"] == "db_pool_slots_lost"]
    assert [(line["lost"], line["in_use"], line["active"]) for line in told] == [(19, 19, 0)]


def test_a_server_that_is_away_is_told_once_and_once_when_it_is_back(
    sampler: Sampler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampler._server, "look", Looks(None, None, VIEW, VIEW))
    reachable, told = [], []
    for _ in range(4):
        with capture_logs() as logs:
            sampler.sample()
        told.append([line["event"] for line in logs if line["event"].startswith("db_server")])
        assert sampler.snapshot is not None
        reachable.append(sampler.snapshot.reachable)
    assert reachable == [False, False, True, True]
    assert told == [["db_server_unreachable"], [], ["db_server_reached"], []]


def test_what_cannot_be_seen_keeps_its_last_number(
    sampler: Sampler, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampler.sample()
    monkeypatch.setattr(sampler._server, "look", away)
    sampler.sample()
    assert value_of('db_connections_live{role="web"}') == 7
    assert sampler.snapshot is not None
    assert (sampler.snapshot.live, sampler.snapshot.max_connections) == ({}, None)


def test_a_sample_that_fails_is_logged_and_its_snapshot_grows_old(
    sampler: Sampler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that takes samples would be gone otherwise."""
    sampler.sample()
    before = sampler.snapshot

    def fail() -> Any:
        raise KeyError("seats")

    register_source(SEATS, fail)
    with capture_logs() as logs:
        sampler.sample()
    assert [line["event"] for line in logs] == ["db_sample_failed"]
    assert sampler.snapshot is before


def test_the_pool_is_not_measured_where_there_is_none(
    sampler: Sampler, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (sampling, sources):
        monkeypatch.setattr(module, "has_pool", lambda *_: False)
    sampler.sample()
    assert sampler.snapshot is not None
    assert sampler.snapshot.lost == 0


def test_by_itself_a_sampler_takes_half_a_minute_to_call_a_slot_lost(sampler: Sampler) -> None:
    made = Sampler()
    made._server = sampler._server
    made.sample()
    assert made.snapshot is not None
    assert made.snapshot.lost == 0
    assert made._lost_slots._idle._seconds == IDLE_SECONDS


@pytest.mark.parametrize("over", [True, False])
def test_a_sampler_that_is_stopped_hears_of_no_connection_and_closes_its_own(
    sampler: Sampler, monkeypatch: pytest.MonkeyPatch, over: bool
) -> None:
    """Unless its thread still waits on it for the server."""
    happened: list[str] = []
    monkeypatch.setattr(sampler, "close", lambda: happened.append("closed"))
    monkeypatch.setattr(sampler._ticker, "start", lambda: happened.append("ticks"))
    monkeypatch.setattr(sampler._ticker, "stop", lambda: over)
    listening = len(connection_created.receivers)
    sampler.start()
    assert len(connection_created.receivers) == listening + 1
    sampler.stop()
    assert len(connection_created.receivers) == listening
    assert happened == ["ticks"] + ["closed"] * over
