"""The lie detector: a real pool, held, refused, released and leaked, as the sampler tells it."""

from __future__ import annotations

import contextlib
import gc
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg_pool import PoolTimeout
from pytest_django import Settings
from structlog.testing import capture_logs

from connection_budget.budget.budget import budget_from_environment
from connection_budget.metrics import sources
from connection_budget.metrics.pools import open_pool, pool_usage, waiting_for_pool
from connection_budget.metrics.sources import POOL, Usage, register_source
from connection_budget.watch import undeclared
from connection_budget.watch.lost_slots import LostSlots
from connection_budget.watch.sampler import Sampler
from connection_budget.watch.usage import SAMPLES, Alarm
from tests.connection_budget.cast import REAL_TRANSACTIONS
from tests.connection_budget.fleet import FLEET

pytestmark = REAL_TRANSACTIONS

SIZE = 20


class Pooled:
    """A pool of `SIZE` on the test database, and connections out of it, each a thread's own."""

    alias = "pooled"

    def __init__(self) -> None:
        self.held: list[DatabaseWrapper] = []

    def hold(self, number: int) -> None:
        while len(self.held) < number:
            wrapper = self.make()
            wrapper.connect()  # a test may use ensure_connection on its own database only
            self.held.append(wrapper)

    def release(self, number: int = 0) -> None:
        """Give back until so many are held."""
        while len(self.held) > number:
            self.held.pop().close()

    def leak(self, number: int) -> None:
        """Forget connections as a thread does that ends without closing."""
        for _ in range(number):
            wrapper = self.held.pop()
            wrapper.connection = None
        gc.collect()

    def time_out(self) -> None:
        wrapper = self.make()
        with waiting_for_pool(self.alias), contextlib.suppress(PoolTimeout, psycopg.Error):
            wrapper.connect()

    def make(self) -> DatabaseWrapper:
        return DatabaseWrapper(connections.settings[self.alias], alias=self.alias)


@pytest.fixture
def pooled(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pooled]:
    connection.ensure_connection()
    options = {"pool": {"min_size": 1, "max_size": SIZE, "timeout": 1.0}}
    parameters = connection.settings_dict | {"CONN_MAX_AGE": 0, "OPTIONS": options}
    monkeypatch.setitem(connections.settings, Pooled.alias, parameters)
    monkeypatch.setattr(sources, "_sources", {})
    register_source(POOL, lambda: _usage(pool_usage(Pooled.alias)))
    # The pool is a stock one here, of which no cap knows.
    monkeypatch.setattr(undeclared, "has_counted", lambda: False)
    monkeypatch.setattr(sources, "has_pool", lambda: True)
    pooled = Pooled()
    yield pooled
    pooled.release()
    pool = open_pool(Pooled.alias)
    if pool is not None:
        pool.close()
        vars(DatabaseWrapper)["_connection_pools"].pop(Pooled.alias, None)
    with contextlib.suppress(AttributeError):
        del connections[Pooled.alias]


def _usage(usage: Any) -> Usage:
    return Usage(usage.checked_out, usage.maximum, usage.waiting)


@pytest.fixture
def sampler(pooled: Pooled) -> Iterator[Sampler]:
    """Sampled by hand; a second of the rules is a tenth here."""
    sampler = Sampler(Pooled.alias, lost_slots=LostSlots(idle_seconds=60, unseen_seconds=0.3))
    sampler._opened.listen()
    yield sampler
    sampler._opened.stop()
    sampler.close()


def sample_until(sampler: Sampler, lost: int) -> None:
    give_up_at = time.monotonic() + 10
    while not sampler.snapshot or sampler.snapshot.lost != lost:
        assert time.monotonic() < give_up_at, sampler.snapshot
        sampler.sample()
        time.sleep(0.02)


def levels(sampler: Sampler) -> Alarm:
    for _ in range(SAMPLES):
        sampler.sample()
    assert sampler.snapshot
    return sampler.snapshot.level


def is_reachable(sampler: Sampler) -> bool:
    sampler.sample()
    assert sampler.snapshot
    return sampler.snapshot.reachable


def test_reading_makes_no_pool(pooled: Pooled) -> None:
    assert pool_usage(Pooled.alias).checked_out == 0
    assert pool_usage(Pooled.alias).maximum == SIZE
    assert open_pool(Pooled.alias) is None


def test_waiters_that_gave_up_do_not_wait(pooled: Pooled) -> None:
    pooled.hold(SIZE)
    waiters = [threading.Thread(target=pooled.time_out) for _ in range(3)]
    for waiter in waiters:
        waiter.start()
    give_up_at = time.monotonic() + 5
    while pool_usage(Pooled.alias).waiting != 3:
        assert time.monotonic() < give_up_at
    for waiter in waiters:
        waiter.join()
    pool = open_pool(Pooled.alias)
    assert pool is not None
    assert pool.get_stats()["requests_waiting"] == 3, "psycopg's own number still counts them"
    usage = pool_usage(Pooled.alias)
    assert (usage.checked_out, usage.waiting) == (SIZE, 0)


def test_one_event_a_crossing_and_none_between(pooled: Pooled, sampler: Sampler) -> None:
    with capture_logs() as logs:
        for held in (16, 17, 18, 17, 16, 17, 19, 20, 18, 19, 0, 1):
            pooled.hold(held)
            pooled.release(held)
            levels(sampler)
            levels(sampler)
    told = [(entry["event"], entry["log_level"]) for entry in logs]
    assert told == [
        ("db_pool_high_usage", "warning"),  # 17 of 20: above 80 %
        ("db_pool_critical_usage", "error"),  # 19 of 20: above 90 %
        ("db_pool_usage_recovered", "info"),
    ]


def test_leaked_connections_are_counted_as_lost(pooled: Pooled, sampler: Sampler) -> None:
    pooled.hold(4)
    sample_until(sampler, lost=0)
    pooled.leak(2)
    with capture_logs() as logs:
        sample_until(sampler, lost=2)
    assert [entry["event"] for entry in logs] == ["db_pool_slots_lost"]
    pooled.release()
    sampler.sample()
    assert pool_usage(Pooled.alias).checked_out == 2, "two for ever"


def test_connections_in_use_are_not_lost(pooled: Pooled, sampler: Sampler) -> None:
    pooled.hold(4)
    until = time.monotonic() + 1
    while time.monotonic() < until:
        sampler.sample()
        assert sampler.snapshot
        assert sampler.snapshot.lost == 0


def test_behind_a_pooler_the_server_is_no_witness(
    pooled: Pooled, sampler: Sampler, settings: Settings
) -> None:
    """What it calls a backend pid is made up, so connections in use would all seem lost."""
    settings.CONNECTION_BUDGET = budget_from_environment({"DATABASE_POOLER": "transaction"}, FLEET)
    pooled.hold(2)
    pooled.leak(2)
    began = time.monotonic()
    while time.monotonic() < began + 0.7:
        sampler.sample()
        assert sampler.snapshot is not None
        assert sampler.snapshot.lost == 0


def test_it_survives_the_loss_of_its_connection(sampler: Sampler) -> None:
    sampler.sample()
    own = sampler._server._connection
    assert own is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [own.info.backend_pid])
    with capture_logs() as logs:
        assert not is_reachable(sampler)
        assert is_reachable(sampler)
    assert [entry["event"] for entry in logs] == ["db_server_unreachable", "db_server_reached"]


def test_it_counts_the_connections_of_roles(sampler: Sampler) -> None:
    place = connection.get_connection_params()
    names = ("host", "port", "dbname", "user", "password")
    chosen = {name: place[name] for name in names if place.get(name)}
    with psycopg.connect(**chosen, application_name="workflow"):
        sampler.sample()
    assert sampler.snapshot
    assert sampler.snapshot.live["workflow"] == 1


def test_a_role_of_which_there_is_more_than_declared_is_told_once(
    sampler: Sampler, settings: Settings
) -> None:
    """Two processes of a role that has one: the server shows what no process of them knows."""
    settings.CONNECTION_BUDGET = budget_from_environment({}, FLEET)
    place = connection.get_connection_params()
    names = ("host", "port", "dbname", "user", "password")
    chosen = {name: place[name] for name in names if place.get(name)}
    with capture_logs() as logs, psycopg.connect(**chosen, application_name="beat"):
        with psycopg.connect(**chosen, application_name="beat"):
            sampler.sample()
            assert logs == [], "one look may have seen a process that is just replaced"
            sampler.sample()
            sampler.sample()
        sample_until_within_budget(sampler, logs)
    told = [(entry["event"], entry["role"]) for entry in logs]
    assert told == [("db_role_over_budget", "beat"), ("db_role_within_budget", "beat")]
    assert (logs[0]["live"], logs[0]["budget"]) == (2, 1)


def sample_until_within_budget(sampler: Sampler, logs: list[Any]) -> None:
    """A server's process ends a little later than its client."""
    give_up_at = time.monotonic() + 10
    while len(logs) < 2:
        assert time.monotonic() < give_up_at, logs
        sampler.sample()
