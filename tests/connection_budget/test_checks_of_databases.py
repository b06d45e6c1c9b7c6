"""Settings that would void a promise in silence are told by a system check, each with its id."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.db.backends.postgresql import base as stock
from pytest_django import Settings

from connection_budget.budget.budget import budget_from_environment
from connection_budget.cap.limits import ENGINE
from connection_budget.checks import databases as checks
from connection_budget.databases import STOCK
from connection_budget.postgresql import base as ours
from tests.connection_budget.fleet import FLEET

ROOT = Path(__file__).resolve().parents[2]


def ids(messages: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in messages]


@pytest.fixture
def database(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The default database's settings, to be changed; nothing connects by them."""
    settings.CONNECTION_BUDGET = budget_from_environment({}, FLEET)
    settings.PROCESS_ROLE = "web"
    default = {"ENGINE": ENGINE, "OPTIONS": {"application_name": "web"}, "CONN_MAX_AGE": 0}
    monkeypatch.setitem(settings.DATABASES, "default", default)
    return default


def synchronous(get_response: Any) -> Any:
    """A middleware as most are written."""
    return get_response


def test_a_synchronous_middleware_before_a_pool_is_a_warning(
    database: dict[str, Any], settings: Settings
) -> None:
    settings.MIDDLEWARE = [
        "connection_budget.seats.middleware.ReleaseMiddleware",
        f"{__name__}.synchronous",
    ]
    assert ids(checks.check_middleware_is_asynchronous()) == []
    database["OPTIONS"]["pool"] = {"max_size": 4}
    (told,) = checks.check_middleware_is_asynchronous()
    assert (told.id, f"{__name__}.synchronous" in told.msg) == ("connection_budget.W006", True)


@pytest.mark.parametrize("age", [60, None])
def test_a_pool_with_connections_of_an_age_is_an_error(
    database: dict[str, Any], age: int | None
) -> None:
    database["OPTIONS"]["pool"] = True
    assert ids(checks.check_pools_keep_no_connections_by_age()) == []
    del database["CONN_MAX_AGE"]
    assert ids(checks.check_pools_keep_no_connections_by_age()) == []
    database["OPTIONS"]["pool"] = False
    database["CONN_MAX_AGE"] = age
    assert ids(checks.check_pools_keep_no_connections_by_age()) == []
    database["OPTIONS"]["pool"] = True
    assert ids(checks.check_pools_keep_no_connections_by_age()) == ["connection_budget.E008"]


def test_a_pool_in_a_prefork_role_is_an_error(database: dict[str, Any], settings: Settings) -> None:
    database["OPTIONS"]["pool"] = {"max_size": 4}
    assert ids(checks.check_prefork_roles_have_no_pool()) == []
    settings.PROCESS_ROLE = "logs"
    assert ids(checks.check_prefork_roles_have_no_pool()) == ["connection_budget.E009"]


def test_connections_without_an_application_name_are_a_warning(database: dict[str, Any]) -> None:
    assert ids(checks.check_connections_tell_their_role()) == []
    del database["OPTIONS"]["application_name"]
    assert ids(checks.check_connections_tell_their_role()) == ["connection_budget.W007"]


@pytest.fixture
def second(
    database: dict[str, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """Another database, and four connections for each role."""
    assert ids(checks.check_databases_share_what_there_is()) == []
    reports = copy.deepcopy(database)
    monkeypatch.setitem(settings.DATABASES, "reports", reports)
    settings.CONNECTION_BUDGET = budget_from_environment(
        {f"ROLE_{role.name.upper()}_CONNECTIONS": "4" for role in FLEET}, FLEET
    )
    return reports


def test_several_databases_without_shares_are_a_warning(
    second: dict[str, Any], settings: Settings
) -> None:
    assert ids(checks.check_databases_share_what_there_is()) == ["connection_budget.W009"]
    settings.CONNECTION_BUDGET_SHARES = {"default": 3, "reports": 1}
    assert ids(checks.check_databases_share_what_there_is()) == []


@pytest.mark.parametrize("shares", [{"default": 4}, {"default": 0}, {"elsewhere": 1}])
def test_shares_that_the_role_cannot_keep_are_an_error(
    second: dict[str, Any], settings: Settings, shares: dict[str, int]
) -> None:
    settings.CONNECTION_BUDGET_SHARES = {"web": shares}
    assert ids(checks.check_databases_share_what_there_is()) == ["connection_budget.E010"]


def test_fewer_connections_than_databases_are_a_warning(
    second: dict[str, Any], settings: Settings
) -> None:
    settings.CONNECTION_BUDGET_SHARES = {"web": {"default": 3, "reports": 1}}
    settings.CONNECTION_BUDGET = budget_from_environment({}, FLEET)
    assert ids(checks.check_databases_share_what_there_is()) == ["connection_budget.W008"]


def test_a_database_whose_connections_nobody_counts_is_a_warning(database: dict[str, Any]) -> None:
    assert ids(checks.check_databases_are_counted()) == []
    database["ENGINE"] = STOCK
    assert ids(checks.check_databases_are_counted()) == ["connection_budget.W010"]


def test_so_is_one_of_any_other_backend_for_postgresql(
    database: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As PostGIS has one; but not one that is made of ours, and not SQLite's."""
    theirs = type("Theirs", (stock.DatabaseWrapper,), {})
    found = {"gis": theirs, "mixed": type("Mixed", (ours.DatabaseWrapper, theirs), {})}
    found["lite"] = type("Lite", (stock.DatabaseWrapper,), {"vendor": "sqlite"})
    monkeypatch.setattr(
        checks, "load_backend", lambda engine: SimpleNamespace(DatabaseWrapper=found[engine])
    )
    told = {}
    for engine in found:
        database["ENGINE"] = engine
        told[engine] = ids(checks.check_databases_are_counted())
    assert told == {"gis": ["connection_budget.W010"], "mixed": [], "lite": []}


@pytest.mark.slow
def test_a_connection_opened_while_the_project_loads_is_a_warning() -> None:
    """The module of URLs, say, or an app's `ready`: whoever forks later forks it, too."""
    program = (
        "import django.apps, connection_budget.apps as ours\n"
        "from django.db import connection\n"
        "def ready(self, before=ours.ConnectionBudgetConfig.ready):\n"
        "    before(self)\n"
        "    try:\n"
        "        connection.ensure_connection()\n"
        "    except Exception:\n"
        "        pass\n"
        "ours.ConnectionBudgetConfig.ready = ready\n"
        "import django; django.setup()\n"
        "from connection_budget.checks.databases import check_nothing_connects_while_loading\n"
        "print([(found.id, found.msg) for found in check_nothing_connects_while_loading()])\n"
    )
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.connection_budget.settings",
        "DATABASE_URL": "postgresql://nobody@/nothing?host=/nowhere",
    }
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "connection_budget.W011" in run.stdout
    assert "<string>" in run.stdout
