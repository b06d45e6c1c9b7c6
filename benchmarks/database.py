"""A database for one benchmark, on the server that the settings name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases


@contextmanager
def fresh_database() -> Iterator[None]:
    if settings.EMBEDDED_POSTGRES is not None:
        settings.EMBEDDED_POSTGRES.join()
    old = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        connection.close()
        teardown_databases(old, verbosity=0)
