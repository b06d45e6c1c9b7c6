from collections.abc import Callable

import psycopg
import pytest
from django.db import connection

from connection_budget.lanes.executor import DbExecutor
from connection_budget.watch.observed import ConnectionLog
from tests.connection_budget.cast import REAL_TRANSACTIONS, Backends, backend_pid

pytestmark = REAL_TRANSACTIONS


@pytest.fixture
def log() -> ConnectionLog:
    return ConnectionLog()


def test_it_remembers_what_a_lane_opened(executor: DbExecutor, log: ConnectionLog) -> None:
    with log:
        pid = executor.run_sync(backend_pid)
    assert log.backend_pids() == {pid}


def test_it_does_not_count_connections_of_others(
    observer: psycopg.Connection, log: ConnectionLog
) -> None:
    with log, connection.cursor() as cursor:
        assert log.count_live(cursor) == 0


def test_it_counts_a_connection_as_long_as_the_server_shows_it(
    executors: Callable[..., DbExecutor], backends: Backends, log: ConnectionLog
) -> None:
    executor = executors(1)
    with log, connection.cursor() as cursor:
        executor.run_sync(backend_pid)
        before = log.count_live(cursor)
        backends.terminate(set(log.backend_pids()))
        assert (before, log.count_live(cursor)) == (1, 0)


def test_a_backend_that_is_gone_is_forgotten(
    executors: Callable[..., DbExecutor], backends: Backends, log: ConnectionLog
) -> None:
    with log, connection.cursor() as cursor:
        executors(1).run_sync(backend_pid)
        backends.terminate(set(log.backend_pids()))
        log.count_live(cursor)
    assert log.backend_pids() == frozenset()


def test_it_hears_nothing_once_stopped(executor: DbExecutor, log: ConnectionLog) -> None:
    with log:
        pass
    executor.run_sync(backend_pid)
    assert log.backend_pids() == frozenset()
