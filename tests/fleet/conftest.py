from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.databases import database_url
from tests.fleet.fleet import Fleet


@pytest.fixture
def fleet(transactional_db: None, tmp_path: Path) -> Iterator[Fleet]:
    connection.close()
    with Fleet(tmp_path, database_url()) as fleet:
        yield fleet
