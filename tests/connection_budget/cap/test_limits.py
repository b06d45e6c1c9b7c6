"""How many connections this process may have, by its role and by what it is of that role."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pytest_django import Settings

from connection_budget.budget.budget import budget_from_environment
from connection_budget.cap import limits
from connection_budget.cap.limits import ENGINE, limit_for
from connection_budget.forks import lineage
from tests.connection_budget.fleet import FLEET

DEFAULT = "default"
NEW, PARENT, CHILD = (False, False), (False, True), (True, False)


@pytest.fixture
def fleet(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process as it is in production; workers on two hosts."""
    environ = {"ROLE_CONTENT_GENERATION_INSTANCES": "2", "ROLE_COMMAND_CONNECTIONS": "3"}
    settings.CONNECTION_BUDGET = budget_from_environment(environ, FLEET)
    monkeypatch.setattr(limits, "is_testing", lambda: False)


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize(
    ("role", "kind", "limit"),
    [
        ("web", NEW, (4, 4, "web")),
        ("beat", NEW, (1, 1, "beat")),
        ("command", NEW, (4, 3, "command")),  # and one of its main thread
        ("content_generation", CHILD, (1, 1, "content_generation")),
        # Of four on each of two hosts, with one that overlaps and the main process itself.
        ("content_generation", NEW, (6, 6, "content_generation (main process)")),
        ("content_generation", PARENT, (1, 1, "content_generation (main process)")),
        ("logs", PARENT, (1, 1, "logs (main process)")),
    ],
)
def test_each_kind_of_process_has_its_own(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    role: str,
    kind: tuple[bool, bool],
    limit: tuple[int, int, str],
) -> None:
    settings.PROCESS_ROLE = role
    for name, value in zip(("is_child", "has_children"), kind, strict=True):
        monkeypatch.setattr(lineage, name, value)
    found = limit_for("default")
    assert (found.total, found.beside_main, found.role) == limit
    assert f"ROLE_{role.upper()}_CONNECTIONS is the number" in found.remedy


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize(("reserve", "connections", "total"), [(10, 3, 10), (3, 5, 6)])
def test_what_makes_databases_lives_from_the_reserve(
    settings: Settings, reserve: int, connections: int, total: int
) -> None:
    """A role that may have more than that (with its main thread) has it."""
    sizes = {"DB_RESERVED_CONNECTIONS": reserve, "ROLE_COMMAND_CONNECTIONS": connections}
    environ = {name: str(size) for name, size in sizes.items()}
    settings.CONNECTION_BUDGET = budget_from_environment(environ, FLEET)
    settings.PROCESS_ROLE = "command"
    found = limit_for("__no_db__")
    assert (found.total, found.beside_main, found.role) == (total, total, "command")
    assert "raise DB_RESERVED_CONNECTIONS" in found.remedy


@pytest.fixture
def databases(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three that are counted, and one of another kind."""
    engines = {
        "archive": ENGINE,
        "cache": "django.db.backends.sqlite3",
        DEFAULT: ENGINE,
        "b": ENGINE,
    }
    found = {alias: {"ENGINE": engine} for alias, engine in engines.items()}
    monkeypatch.setattr(limits, "settings", SimpleNamespace(DATABASES=found))
    settings.CONNECTION_BUDGET_SHARES = {DEFAULT: 2, "archive": 1, "b": 1}


@pytest.mark.usefixtures("fleet", "databases")
def test_databases_are_counted_each_by_its_share_the_default_one_first(settings: Settings) -> None:
    settings.PROCESS_ROLE = "web"
    assert (limits.has_counted(), limits.counted_aliases()) == (True, [DEFAULT, "archive", "b"])
    assert limits.shares(4) == {DEFAULT: 2, "archive": 1, "b": 1}
    assert [limit_for(alias).total for alias in (DEFAULT, "archive", "b", "cache")] == [2, 1, 1, 2]
    counted = [limits.count_of(alias) for alias in (DEFAULT, "b", "cache", "__no_db__")]
    assert counted == [DEFAULT, "b", DEFAULT, "__no_db__"]


@pytest.mark.usefixtures("fleet", "databases")
def test_one_count_is_for_all_databases_where_there_are_fewer_connections(
    settings: Settings,
) -> None:
    settings.PROCESS_ROLE = "beat"
    assert limits.shares(2) == {DEFAULT: 2, "archive": 2, "b": 2}
    settings.CONNECTION_BUDGET_SHARES = {}
    assert limits.shares(3) == {DEFAULT: 1, "archive": 1, "b": 1}
    assert [limits.count_of(alias) for alias in (DEFAULT, "b", "archive")] == [DEFAULT] * 3
    assert limits.count_of("__no_db__") == "__no_db__"


@pytest.mark.usefixtures("databases")
def test_tests_have_one_count_for_all_databases(settings: Settings) -> None:
    settings.PROCESS_ROLE = "web"
    assert limits.is_testing()
    assert [limits.count_of(alias) for alias in (DEFAULT, "b")] == [DEFAULT] * 2


def test_a_project_without_our_engine_has_nothing_that_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = {DEFAULT: {"ENGINE": "django.db.backends.sqlite3"}}
    monkeypatch.setattr(limits, "settings", SimpleNamespace(DATABASES=other))
    assert (limits.has_counted(), limits.counted_aliases()) == (False, [DEFAULT])
