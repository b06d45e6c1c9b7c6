from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from connections.executor import DbExecutor


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
