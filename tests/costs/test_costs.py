"""Whatever others have, nobody pays for it: what each statement reads, counted by the server.

Every statement of each path is explained twice: where one roadmap is all there is, and where it is
one of five thousand, with 215,000 concepts and 645,000 artifacts.
"""

from __future__ import annotations

import pytest
from pytest_django import DjangoDbBlocker

from tests.costs import learning_paths, spending_paths
from tests.costs.databases import Database
from tests.costs.explaining import Cost, complaints, explain_all, table_sizes
from tests.costs.lists import LISTS
from tests.costs.paths import PATHS, Path

pytestmark = [pytest.mark.wide, pytest.mark.timeout(600)]


def measure(database: Database, path: Path) -> list[Cost]:
    with database.in_use():
        return explain_all(path(database.subject), table_sizes())


assert {learning_paths, spending_paths}  # their paths are among them once they are imported
ALL = PATHS | LISTS


@pytest.mark.parametrize("path", ALL.values(), ids=ALL.keys())
def test_no_statement_costs_more_where_others_have_much(
    databases: tuple[Database, Database], django_db_blocker: DjangoDbBlocker, path: Path
) -> None:
    with django_db_blocker.unblock():
        alone, among = (measure(database, path) for database in databases)
    assert not complaints(alone, among)
