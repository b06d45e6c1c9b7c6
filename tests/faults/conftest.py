from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from connection_budget.lanes.executor import DbExecutor
from tests.databases import database_url
from tests.faults.workers import Worker, worker_on
from tests.fleet.fleet import Fleet


@pytest.fixture
def executors(transactional_db: None) -> Iterator[Callable[[int], DbExecutor]]:
    """Makes executors and closes them. The test's own connection is closed: lanes are counted."""
    made: list[DbExecutor] = []

    def make(lanes: int) -> DbExecutor:
        made.append(DbExecutor(lanes))
        return made[-1]

    connection.close()
    yield make
    for executor in made:
        executor.close()


@pytest.fixture
def worker(tmp_path: Path, observer: psycopg.Connection) -> Iterator[Worker]:
    connection.close()
    with Fleet(tmp_path, database_url()) as fleet, worker_on(fleet, observer) as worker:
        yield worker
