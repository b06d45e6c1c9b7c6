"""The tests' own database, as new for each defect: what a broken test leaves misleads no other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import psycopg
from psycopg.errors import InsufficientPrivilege, ObjectInUse
from psycopg.sql import SQL, Identifier

from config.embedded import Postgres
from tests.mutants.patches import ROOT
from tests.mutants.trying import Copy
from tests.waiting import wait_until

# The databases that the tests would test; they need not be there.
NAME = "mutants"
CREATE = (
    "import django; django.setup();"
    "from django.db import connection;"
    "connection.creation.create_test_db(verbosity=0, autoclobber=True)"
)


class Database:
    """One of a server; `number` tells those that are used at the same time apart."""

    def __init__(self, server_url: str, number: int) -> None:
        self._server = psycopg.connect(server_url, autocommit=True)
        self.url = urlsplit(server_url)._replace(path=f"/{NAME}_{number}").geturl()
        self._used, self._kept = Identifier(f"test_{NAME}_{number}"), Identifier(f"kept_{NAME}")

    def create(self, copy: Copy) -> None:
        """What all of them are copied from."""
        environ = os.environ | copy.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
        subprocess.run([sys.executable, "-c", CREATE], cwd=copy.path, env=environ, check=True)
        self._drop(self._kept)
        self._server.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(self._used, self._kept))

    def renew(self) -> None:
        self._drop(self._used)
        self._server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(self._used, self._kept))

    def close(self) -> None:
        self._drop(self._used)
        self._server.close()

    def drop(self) -> None:
        self._drop(self._kept)

    def _drop(self, name: Identifier) -> None:
        statement = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name)

        def is_dropped() -> bool:
            # Autovacuum may be in it just now, whom only a superuser may end.
            with suppress(InsufficientPrivilege, ObjectInUse):
                self._server.execute(statement)
                return True
            return False

        wait_until(is_dropped)


@contextmanager
def joined() -> Iterator[str]:
    """The server of DATABASE_URL, or the checkout's own, which is there as long as the block."""
    with ExitStack() as leaving:
        url = os.environ.get("DATABASE_URL")
        if not url:
            own = Postgres(ROOT / ".cairn")
            own.join()
            leaving.callback(own.leave)
            url = own.url
        yield url
