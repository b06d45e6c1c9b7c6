"""What happens between typing a command and Django running it.

In order: settings (a bad one is told by name), the connection budget (refused before anything is
started), the embedded PostgreSQL where no DATABASE_URL is given, the schema where it is behind.
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line, get_commands
from django.db import OperationalError, ProgrammingError
from django.db.backends.base.base import BaseDatabaseWrapper

from config.embedded import EmbeddedServiceError
from config.environment import BASE_DIR, choose_settings
from connection_budget.budget.refusal import BudgetRefused, assert_budget
from connection_budget.watch.suitability import ServerRefused, assert_server

# Commands that never open a connection.
_WITHOUT_DATABASE = frozenset(
    {
        "check",
        "collectstatic",
        "compilemessages",
        "connection_budget",
        "diffsettings",
        "findstatic",
        "help",
        "makemessages",
        "startapp",
        "startproject",
        "version",
    }
)
# Options that make one of those need it after all.
_LIVE_OPTIONS = frozenset({"--database", "--live", "--fit"})
# Commands that look at migrations themselves.
_WITHOUT_MIGRATING = frozenset(
    {
        "check",
        "dbshell",
        "lintmigrations",
        "makemigrations",
        "migrate",
        "showmigrations",
        "sqlmigrate",
        "squashmigrations",
    }
)
# Any number will do, as long as it is always the same: one migration at a time on a database.
_MIGRATION_LOCK = 0x0CA1_2170
LOCK_RETRY_SECONDS = 0.2


class DatabaseAway(Exception):
    """Nobody answers at DATABASE_URL."""


# Why a process does not start, each with a sentence for people.
REFUSALS = (BudgetRefused, DatabaseAway, EmbeddedServiceError, ServerRefused)


def run_command(argv: list[str]) -> None:
    """`manage.py`: prepare what the command needs, then run it. Exits politely where it cannot."""
    try:
        choose_settings(_settings_option(argv))
        _load_django()
        # What is loaded stays, and need not be looked through again (manage.py has paused it).
        gc.freeze()
        gc.enable()
        # From here on Ctrl-C is an exception, as everywhere: there is something to clean up.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if argv[1:2] == ["connection_budget"]:
            # It refuses by itself, with its table, and proposes sizes where nothing fits.
            join_for_budget(argv)
        elif needs_database(argv):
            prepare_database(migrating=argv[1] not in _WITHOUT_MIGRATING)
        execute_from_command_line(argv)
    except (ImproperlyConfigured, *REFUSALS) as error:
        sys.exit(f"manage.py: {error}")
    except ProgrammingError as error:
        if "does not exist" not in str(error):
            raise
        sys.exit(f"manage.py: the database is not up to date (run manage.py migrate): {error}")


def _settings_option(argv: list[str]) -> str | None:
    """--settings, which Django would read only after the settings are needed here."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--settings")
    module: str | None = parser.parse_known_args(argv[2:])[0].settings
    return module


def _load_django() -> None:
    try:
        django.setup()
    except ModuleNotFoundError as error:
        module = os.environ["DJANGO_SETTINGS_MODULE"]
        if error.name and module.startswith(error.name):
            raise ImproperlyConfigured(f"DJANGO_SETTINGS_MODULE: there is no “{module}”.") from None
        raise


def needs_database(argv: list[str]) -> bool:
    if len(argv) < 2 or argv[1] not in get_commands() or {"-h", "--help"} & set(argv[2:]):
        return False
    asks_live = any(option.split("=")[0] in _LIVE_OPTIONS for option in argv[2:])
    return argv[1] not in _WITHOUT_DATABASE or asks_live


def join_for_budget(argv: list[str]) -> None:
    """The embedded server, where the command will look at it."""
    wanted = "--fit" in argv or ("--live" in argv and settings.CONNECTION_BUDGET.fits)
    if wanted and settings.EMBEDDED_POSTGRES is not None:
        settings.EMBEDDED_POSTGRES.join()


def prepare_database(*, migrating: bool = True) -> None:
    """Refuse an overcommitted budget and a server that will not do; join the embedded one; migrate
    where that is wanted."""
    assert_budget(settings.CONNECTION_BUDGET, settings.PROCESS_ROLE)
    if settings.EMBEDDED_POSTGRES is not None:
        settings.EMBEDDED_POSTGRES.join()
    else:
        assert_server()
    if migrating and settings.MIGRATE_AT_START:
        try:
            migrate_where_needed()
        except OperationalError as error:
            raise DatabaseAway(f"the database (DATABASE_URL) cannot be reached: {error}") from error


def prepare_services() -> None:
    """What a long-running process needs before it starts: a budget that fits, both servers."""
    prepare_database()
    if settings.EMBEDDED_REDIS is not None:
        settings.EMBEDDED_REDIS.join()


def migrate_where_needed() -> None:
    """Apply missing migrations, one process at a time, as the owner of the schema."""
    if settings.PROCESS_ROLE != "command":
        _migrate_as_owner()
        return
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with migration_lock():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
    # Leaves no connection to a process that may never need one.
    connection.close()


@contextmanager
def migration_lock() -> Iterator[None]:
    """One migration at a time on a database. The lock ends with its session, whatever happens.

    Whoever waits for it asks again and again: a statement that waits would hold up the building of
    an index beside the writers, and that is what it waits for.

    Behind a pooler a session is nobody's: there a transaction holds the lock, on a connection of
    its own, for a migration has transactions of its own. Nobody waits on one, for the pool may be
    so small that the migration itself needs the next connection.
    """
    from django.db import connection

    if settings.DATABASE_POOLER == "none":
        try:
            while not _lock_session(connection):
                time.sleep(LOCK_RETRY_SECONDS)
            yield
        finally:
            connection.close()
        return
    holder = connection.copy()
    try:
        while not _lock_in_transaction(holder):
            time.sleep(LOCK_RETRY_SECONDS)
        yield
    finally:
        holder.close()


def _lock_session(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_MIGRATION_LOCK])
        (locked,) = cursor.fetchone()
    return bool(locked)


def _lock_in_transaction(holder: BaseDatabaseWrapper) -> bool:
    """Whether the lock is ours, until the transaction that is now open ends."""
    holder.set_autocommit(False)
    with holder.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_MIGRATION_LOCK])
        (locked,) = cursor.fetchone()
    if not locked:
        holder.rollback()
    return bool(locked)


def _migrate_as_owner() -> None:
    """Roles other than `command` may write rows but own no tables."""
    subprocess.run(
        [sys.executable, str(BASE_DIR / "manage.py"), "migrate", "-v", "0"],
        env=os.environ | {"PROCESS_ROLE": "command"},
        check=True,
    )
