from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.connection_budget.web.server import WebServer
from tests.databases import database_url


@pytest.fixture
def server(transactional_db: None) -> Iterator[WebServer]:
    """A web process with a pool of four, as patient as a busy machine may want it."""
    connection.close()
    with WebServer(database_url(), SEAT_SECONDS="60") as server:
        yield server
