from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.costs.databases import Database, drop, make

# The roadmap that is looked at, alone and among so many.
ALONE, AMONG = 1, 5_000


@pytest.fixture(scope="session")
def databases(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[Database, Database]]:
    """One with little, one with what many people have had written, on the test server: beside the
    test database, so that they slow no other test down."""
    with django_db_blocker.unblock():
        made = [Database(make(f"costs_{count}", count), count) for count in (ALONE, AMONG)]
        try:
            yield made[0], made[1]
        finally:
            for database in made:
                drop(database.name)
