"""`make mutants [ONLY=words]`: each defect is put back into a copy, and must turn a test red.

`--list` prints the tables of CONTRIBUTING instead.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

from config.embedded import Postgres
from tests.mutants.patches import ROOT, Mutant, groups, list_mutants, table_of
from tests.mutants.trying import Copy, Verdict

# The database that the tests would test; it need not be there.
NAME = "mutants"
CREATE = (
    "import django; django.setup();"
    "from django.db import connection;"
    "connection.creation.create_test_db(verbosity=0, autoclobber=True)"
)


class Database:
    """The tests' own, as new for each defect: what a broken test leaves there misleads no other."""

    def __init__(self, server: psycopg.Connection) -> None:
        self._server = server
        self._used, self._kept = Identifier(f"test_{NAME}"), Identifier(f"kept_{NAME}")

    def create(self, copy: Copy) -> None:
        environ = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
        subprocess.run([sys.executable, "-c", CREATE], cwd=copy.path, env=environ, check=True)
        self._drop(self._kept)
        self._server.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(self._used, self._kept))

    def renew(self) -> None:
        self._drop(self._used)
        self._server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(self._used, self._kept))

    def drop(self) -> None:
        self._drop(self._used)
        self._drop(self._kept)

    def _drop(self, name: Identifier) -> None:
        self._server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


@contextmanager
def joined() -> Iterator[Database]:
    """On the server of DATABASE_URL, or the checkout's own, which is there as long as the block."""
    with ExitStack() as leaving:
        url = os.environ.get("DATABASE_URL")
        if not url:
            own = Postgres(ROOT / ".cairn")
            own.join()
            leaving.callback(own.leave)
            url = own.url
        database = Database(leaving.enter_context(psycopg.connect(url, autocommit=True)))
        os.environ["DATABASE_URL"] = urlsplit(url)._replace(path=f"/{NAME}").geturl()
        leaving.callback(database.drop)
        yield database


def try_all(mutants: list[Mutant], copy: Copy, database: Database) -> dict[Verdict, list[str]]:
    found: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    for number, mutant in enumerate(mutants, start=1):
        began = time.monotonic()
        database.renew()
        verdict = copy.judge(mutant)
        found[verdict].append(mutant.name)
        seconds = time.monotonic() - began
        say(f"{number:>4}/{len(mutants)} {verdict.value:<10} {seconds:5.1f} s  {mutant.name}")
    return found


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(words: list[str]) -> bool:
    """Whether each defect was seen, by tests that are green without it."""
    mutants = [one for one in list_mutants() if all(word in str(one.path) for word in words)]
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    with tempfile.TemporaryDirectory(prefix="cairn-mutants-") as folder:
        copy = Copy.of(ROOT, Path(folder) / "cairn")
        with joined() as database:
            database.create(copy)
            database.renew()
            say(f"{len(mutants)} defects, {len(tests)} tests: first as they are")
            red = copy.list_red(tests)
            found = try_all(mutants, copy, database)
    for test in sorted(red):
        say(f"red without any defect: {test}")
    for name in found[Verdict.SURVIVED] + found[Verdict.UNJUDGED]:
        say(f"not seen: {name}")
    say(f"{len(found[Verdict.SEEN])} of {len(mutants)} defects were seen")
    return len(found[Verdict.SEEN]) == len(mutants) and not red


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only those whose names hold all of these")
    parser.add_argument("--list", action="store_true", help="the tables of CONTRIBUTING")
    chosen = parser.parse_args()
    if chosen.list:
        say("\n\n".join(table_of(group) for group in groups()))
        return 0
    return 0 if run(chosen.words) else 1


if __name__ == "__main__":
    sys.exit(main())
