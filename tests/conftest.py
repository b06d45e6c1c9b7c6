"""What all tests share: a real PostgreSQL, joined only when a test needs it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from config.embedded import Redis
from connection_budget.seats.seats import request_has_seat
from tests.emptying import empty_tables_quickly

# What a shell starts in the background ignores Ctrl-C, and so would what our tests stop by it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Of 20,000 numbers the one by which three and six parts of what is wide take as long as each other.
SPREAD = 12254

empty_tables_quickly()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Where DATABASE_URL names no server, the embedded one serves the tests, too."""
    if (embedded := getattr(settings, "EMBEDDED_POSTGRES", None)) is not None:
        embedded.join()


@pytest.fixture(autouse=True)
def nobody_was_counted() -> Iterator[None]:
    """All tests come from one address; each begins its day anew."""
    yield
    if not apps.is_installed("accounts"):  # the project of tests/connection_budget
        return
    from accounts.limits.recall import notes
    from accounts.limits.rules import counted

    counted().close()
    counted.cache_clear()
    notes().close()
    notes.cache_clear()


@pytest.fixture(autouse=True)
def nobody_kept_a_seat() -> Iterator[None]:
    """A seat that a test leaves in this thread would be held by all that come after it."""
    yield
    assert not request_has_seat(), "this test took a seat and did not release it"


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of the tests' own."""
    server = Redis(Path(tmp_path_factory.mktemp("redis")))
    server.join()
    yield server.url
    server.leave()


@pytest.fixture
def observer(transactional_db: None) -> Iterator[psycopg.Connection]:
    """A connection to the test database outside Django, for looking at the server."""
    parameters = connection.get_connection_params()
    names = ("host", "port", "dbname", "user", "password")
    chosen = {name: parameters[name] for name in names if parameters.get(name)}
    with psycopg.connect(**chosen, autocommit=True) as outside:
        yield outside


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Who wants only what is wide imports only files that have some, and of WIDE_PART's alone."""
    if config.option.markexpr != "wide" or not collection_path.name.startswith("test_"):
        return None
    if not _names_what_is_wide(collection_path) or _is_of_another_part(collection_path):
        return True
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A wide test whose file does not say so would never run."""
    wide = {item.path for item in items if item.get_closest_marker("wide")}
    if hidden := sorted(str(path) for path in wide if not _names_what_is_wide(path)):
        raise pytest.UsageError(f"write `pytest.mark.wide` in {', '.join(hidden)} itself")


def _names_what_is_wide(path: Path) -> bool:
    return "pytest.mark.wide" in path.read_text(encoding="utf-8")


def _is_of_another_part(path: Path) -> bool:
    """WIDE_PART=2/3: of what is wide the second of three parts, by files."""
    part, _, parts = os.environ.get("WIDE_PART", "").partition("/")
    name = path.relative_to(Path(__file__).parent.parent).as_posix()
    return bool(parts) and crc32(f"{SPREAD}{name}".encode()) % int(parts) != int(part) - 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    """On a developer's machine a test without its tool is skipped by name; in CI that fails."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
