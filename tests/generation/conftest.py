from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection

from connection_budget.lanes.executor import DbExecutor
from connection_budget.watch.observed import ConnectionLog
from tests.generation.sampling import Sampler


@pytest.fixture
def executors(transactional_db: None) -> Iterator[Callable[[int], DbExecutor]]:
    """Makes executors and closes them: a database in use cannot be dropped."""
    made: list[DbExecutor] = []

    def make(lanes: int) -> DbExecutor:
        made.append(DbExecutor(lanes))
        return made[-1]

    yield make
    for executor in made:
        executor.close()


@pytest.fixture
def db_executor(executors: Callable[[int], DbExecutor]) -> DbExecutor:
    return executors(2)


@pytest.fixture
def sampler(observer: psycopg.Connection) -> Iterator[Sampler]:
    """Watches the connections this process opens from here on, every 10 ms."""
    connection.close()
    with ConnectionLog() as log, Sampler(observer, log, period=0.01) as sampler:
        yield sampler
