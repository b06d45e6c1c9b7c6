from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection

from connection_budget.lanes.executor import DbExecutor
from tests.connection_budget.cast import Backends, Gate, Rows


@pytest.fixture
def observer() -> Iterator[psycopg.Connection]:
    """A connection to the test database that no lane and no test thread uses."""
    connection.ensure_connection()
    outside = connection.copy()
    outside.inc_thread_sharing()
    outside.ensure_connection()
    yield outside.connection
    outside.close()


@pytest.fixture
def backends(observer: psycopg.Connection) -> Backends:
    return Backends(observer)


@pytest.fixture
def rows(observer: psycopg.Connection) -> Iterator[Rows]:
    observer.execute("CREATE TABLE lane_rows (number int PRIMARY KEY, writes int NOT NULL)")
    yield Rows(observer)
    observer.execute("DROP TABLE lane_rows")


@pytest.fixture
def executors(rows: Rows) -> Iterator[Callable[..., DbExecutor]]:
    """Makes executors and closes them: a table or database in use cannot be dropped."""
    made: list[DbExecutor] = []

    def make(lanes: int, *, unit_deadline: float = 30.0) -> DbExecutor:
        made.append(DbExecutor(lanes, unit_deadline=unit_deadline))
        return made[-1]

    yield make
    for executor in made:
        executor.close()


@pytest.fixture
def executor(executors: Callable[..., DbExecutor]) -> DbExecutor:
    return executors(2)


@pytest.fixture
def gates(executors: Callable[..., DbExecutor]) -> Iterator[Callable[[], Gate]]:
    """Makes gates, and opens them before executors close, which waits for the units."""
    made: list[Gate] = []

    def make() -> Gate:
        made.append(Gate())
        return made[-1]

    yield make
    for gate in made:
        gate.open()


@pytest.fixture
def gate(gates: Callable[[], Gate]) -> Gate:
    return gates()
