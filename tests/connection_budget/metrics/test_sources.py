"""What a process says of its use: of whose connections, how many wait, and whether it is stuck."""

from __future__ import annotations

from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections
from pytest_django import Settings

from connection_budget.budget.budget import budget_from_environment
from connection_budget.deadlines.held import HeldFor
from connection_budget.metrics import pools, sources
from connection_budget.metrics.pools import (
    PoolUsage,
    backends_at_rest,
    has_pool,
    pool_usage,
    waiting_for_pool,
)
from connection_budget.metrics.sources import (
    LANES,
    POOL,
    SEATS,
    Usage,
    is_stuck,
    oldest_seconds,
    process_usage,
    register_source,
    usage_of,
)
from tests.connection_budget.fleet import FLEET

OLD, NEW = HeldFor(31, 15), HeldFor(29, 15)


@pytest.fixture(autouse=True)
def _sources(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(sources, "_sources", {})
    settings.CONNECTION_BUDGET = budget_from_environment({"ROLE_LOGS_CONNECTIONS": "6"}, FLEET)
    settings.PROCESS_ROLE = "logs"


@pytest.fixture(params=[True, False])
def pooled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(sources, "has_pool", lambda: request.param)
    return bool(request.param)


def test_use_is_the_pools_or_else_the_lanes_and_who_waits_waits_anywhere(pooled: bool) -> None:
    register_source(POOL, lambda: Usage(3, 8, 1))
    register_source(LANES, lambda: Usage(2, 5, 10))
    register_source(SEATS, lambda: Usage(4, 8, 100))
    used = (3, 8) if pooled else (2, 5)
    assert process_usage() == Usage(*used, 111)


def test_before_there_is_anything_its_maximum_is_the_roles(pooled: bool) -> None:
    assert process_usage() == Usage(0, 6, 0)
    for name in (POOL, LANES):
        register_source(name, lambda: Usage(0, 0, 0))
    assert process_usage() == Usage(0, 6, 0)


@pytest.mark.parametrize(
    ("maximum", "held", "stuck"),
    [
        (2, (OLD, OLD), True),
        (2, (OLD, NEW), False),
        (3, (OLD, OLD), False),
        (1, (OLD, OLD), True),  # a connection beside its seat
        (0, (), False),
        (0, (OLD,), False),
    ],
)
def test_a_process_is_stuck_when_all_it_has_is_held_for_much_too_long(
    pooled: bool, maximum: int, held: tuple[HeldFor, ...], stuck: bool
) -> None:
    mine, others = (SEATS, LANES) if pooled else (LANES, SEATS)
    register_source(mine, lambda: Usage(len(held), maximum, 0, held))
    register_source(others, lambda: Usage(1, 1, 0, (NEW if stuck else OLD,)))
    assert is_stuck() is stuck


def test_what_nobody_registered_is_neither_stuck_nor_old(pooled: bool) -> None:
    assert (is_stuck(), usage_of(SEATS), oldest_seconds(SEATS)) == (False, None, 0)
    register_source(SEATS, lambda: Usage(2, 4, 0, (NEW, OLD)))
    assert oldest_seconds(SEATS) == 31


class Pool:
    """As psycopg's tells of itself."""

    def __init__(self, **counts: int) -> None:
        self._counts = counts
        self._pool = [
            SimpleNamespace(closed=closed, info=SimpleNamespace(backend_pid=pid))
            for pid, closed in ((11, False), (12, True), (13, False))
        ]

    def get_stats(self) -> dict[str, int]:
        return self._counts


def configure(monkeypatch: pytest.MonkeyPatch, pool: Any, made: Pool | None) -> None:
    monkeypatch.setitem(connections.settings, "elsewhere", {"OPTIONS": {"pool": pool}})
    monkeypatch.setattr(pools, "open_pool", lambda alias: made if alias == "elsewhere" else None)


@pytest.mark.parametrize(
    ("pool", "maximum"),
    [
        ({"max_size": 9, "min_size": 2}, 9),
        ({"min_size": 2}, 2),
        (True, 4),
        ({}, 0),
        (None, 0),
        (False, 0),
    ],
)
def test_a_pool_is_as_large_as_its_options_say(
    monkeypatch: pytest.MonkeyPatch, pool: Any, maximum: int
) -> None:
    configure(monkeypatch, pool, None)
    assert pool_usage("elsewhere") == PoolUsage(0, maximum, 0)
    assert has_pool("elsewhere") is (maximum > 0)
    assert backends_at_rest("elsewhere") == set()


def test_what_is_not_in_the_pool_is_out_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Pool(pool_size=7, pool_available=3, connections_errors=5, requests_waiting=99)
    configure(monkeypatch, {"max_size": 9}, made)
    with waiting_for_pool("elsewhere"), waiting_for_pool("default"):
        usage = pool_usage("elsewhere")
    assert usage == PoolUsage(4, 9, waiting=1, available=3, failed_attempts=5)
    assert backends_at_rest("elsewhere") == {11, 13}


def test_a_pool_that_shrinks_has_not_fewer_than_none_in_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure(monkeypatch, {"max_size": 9}, Pool(pool_size=2, pool_available=3))
    assert pool_usage("elsewhere") == PoolUsage(0, 9, 0, available=3)


def test_who_gave_up_waiting_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, {"max_size": 9}, None)
    with suppress(TimeoutError), waiting_for_pool("elsewhere"):
        assert pool_usage("elsewhere").waiting == 1
        raise TimeoutError
    assert pool_usage("elsewhere").waiting == 0
