"""The wheel in an empty environment, used by a project that `django-admin startproject` made.

With every Django on every Python that is on this machine; which are missing is said by name.
"""

from __future__ import annotations

import re
import sys

import pytest

from tests.connection_budget.distribution.conftest import Distribution
from tests.connection_budget.distribution.environments import ROOT, Environment
from tests.connection_budget.distribution.interpreters import LEFT_OUT, THERE, Cell
from tests.connection_budget.distribution.own_tests import TOOLS, count_passed, pins
from tests.servers import ThrowAwayServer

pytestmark = [pytest.mark.wide, pytest.mark.timeout(1500)]

DOCUMENT = ROOT / "connection_budget" / "docs" / "five-minutes.md"


@pytest.fixture(scope="module", params=THERE, ids=str)
def cell(request: pytest.FixtureRequest) -> Cell:
    found: Cell = request.param
    return found


@pytest.fixture(scope="module")
def environment(
    cell: Cell, distribution: Distribution, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """The wheel and Django, and nothing else."""
    assert cell.interpreter is not None
    made = Environment(tmp_path_factory.mktemp("empty") / "project", cell.interpreter)
    made.install(str(distribution.wheel), f"django~={cell.django}.0")
    return made


@pytest.fixture(scope="module")
def project(environment: Environment) -> Environment:
    """As the document of five minutes has it."""
    started = environment.run("-m", "django", "startproject", "shop", ".")
    assert started.returncode == 0, started.stderr
    settings = environment.folder / "shop" / "settings.py"
    settings.write_text(settings.read_text() + lines_of_the_document())
    return environment


def lines_of_the_document() -> str:
    block = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    return block[1]


def test_ten_lines_are_enough() -> None:
    assert len([line for line in lines_of_the_document().splitlines() if line]) <= 10


def test_the_table_is_printed_beside_sqlite_and_without_a_driver(project: Environment) -> None:
    assert project.run("-c", "import psycopg").returncode != 0
    printed = project.run("manage.py", "connection_budget")
    assert printed.returncode == 0, printed.stderr
    assert [line for line in printed.stdout.splitlines() if line.startswith("total")]


def test_the_projects_checks_pass_and_its_server_would_start(project: Environment) -> None:
    checked = project.run("manage.py", "check", "--fail-level", "ERROR")
    assert (checked.returncode, checked.stderr) == (0, "")
    migrated = project.run("manage.py", "migrate", "--verbosity", "0")
    assert (migrated.returncode, migrated.stderr) == (0, "")


def test_what_does_not_fit_is_refused(project: Environment) -> None:
    refused = project.run("manage.py", "check", DB_MAX_CONNECTIONS="20")
    assert "connection_budget.E001" in refused.stderr
    assert refused.returncode != 0


LAYERS = {
    "postgresql": "lanes, seats, watch.monitoring, postgresql.base, contrib.asgi, holding, testing",
    "metrics": "metrics.prometheus",
    "celery": "contrib.celery",
    "celery-results": "contrib.celery.results",
}
IMPORTING = """
import importlib, sys
import django
from django.conf import settings
layers, *apps = sys.argv[1:]
settings.configure(INSTALLED_APPS=["connection_budget", *apps])
django.setup()
for layer in layers.split(", "):
    importlib.import_module(f"connection_budget.{layer}")
"""


def test_each_extra_brings_what_its_layer_imports(
    project: Environment, distribution: Distribution
) -> None:
    """One after the other, the smallest first; psycopg's own way to libpq is the project's."""
    without = project.run("-c", IMPORTING, LAYERS["celery"])
    assert "ModuleNotFoundError" in without.stderr
    for extra, layers in LAYERS.items():
        package = f"connection-budget[{extra}] @ {distribution.wheel.as_uri()}"
        project.install(package, "psycopg[binary]", constraints=pins(project.folder))
        apps = ("django_celery_results",) if extra == "celery-results" else ()
        done = project.run("-c", IMPORTING, layers, *apps)
        assert (done.returncode, done.stderr) == (0, ""), extra


def test_its_own_tests_pass(
    project: Environment, distribution: Distribution, server: ThrowAwayServer
) -> None:
    """All that need nothing of Cairn, with the installed package and the pinned tools."""
    extras = f"connection-budget[postgresql,metrics,celery-results] @ {distribution.wheel.as_uri()}"
    project.install(extras, *TOOLS, constraints=pins(project.folder))
    where = project.run("-c", "import connection_budget; print(connection_budget.__file__)")
    assert str(project.folder / "venv") in where.stdout
    assert count_passed(project, server.url()) > 100


def test_what_is_left_out_is_said_by_name(capfd: pytest.CaptureFixture[str]) -> None:
    """A machine without an interpreter passes without it, but not in silence."""
    assert Cell("5.2", f"{sys.version_info.major}.{sys.version_info.minor}") in THERE
    with capfd.disabled():
        for missing in LEFT_OUT:
            sys.stderr.write(f"\nconnection-budget was not tried with {missing}\n")
