from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.costs.databases import Database, drop, make, make_empty

# The roadmap that is looked at, alone and among so many.
ALONE, AMONG = 1, 5_000


@pytest.fixture(scope="session")
def databases(
    django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[Database, Database]]:
    """One with little, one with what many people have had written."""
    with django_db_blocker.unblock():
        names = [make_empty()]
        try:
            alone = make(names[0], ALONE)
            names.append(alone.name)
            among = make(names[0], AMONG)
            names.append(among.name)
            yield alone, among
        finally:
            for name in names:
                drop(name)
