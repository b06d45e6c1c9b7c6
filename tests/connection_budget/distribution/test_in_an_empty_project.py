"""The wheel in an empty environment, used by a project that `django-admin startproject` made.

With every Django on every Python that is on this machine; which are missing is said by name.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connection_budget.distribution.conftest import Distribution
from tests.connection_budget.distribution.environments import ROOT, Environment
from tests.connection_budget.distribution.interpreters import LEFT_OUT, THERE, Cell
from tests.connection_budget.test_alone import OURS, imported
from tests.servers import ThrowAwayServer

pytestmark = [pytest.mark.wide, pytest.mark.timeout(1500)]

TESTS = Path("tests") / "connection_budget"
DOCUMENT = ROOT / "connection_budget" / "docs" / "five-minutes.md"
TOOLS = (
    *("pytest", "pytest-django", "pytest-asyncio", "pytest-timeout", "hypothesis", "uvicorn"),
    *("psycopg[binary,pool]", "structlog"),
)
# Those that start processes are the same everywhere, and `test_alone` runs them all.
QUICK = "not wide and not slow and not fleet and not chaos"
SETTINGS = """
[pytest]
DJANGO_SETTINGS_MODULE = tests.connection_budget.settings
pythonpath = .
addopts = --import-mode=importlib -p no:cacheprovider
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
timeout = 300
markers =
    wide
    slow
    fleet
    chaos
"""


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


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowAwayServer]:
    with ThrowAwayServer(max_connections=100) as running:
        yield running


def test_its_own_tests_pass(
    project: Environment, distribution: Distribution, server: ThrowAwayServer
) -> None:
    """All that need nothing of Cairn, with the installed package and the pinned tools.

    CI, for then hypothesis sets its examples no deadline.
    """
    extras = f"connection-budget[postgresql,celery-results] @ {distribution.wheel.as_uri()}"
    project.install(extras, *TOOLS, constraints=pins(project.folder))
    bring_tests(project.folder)
    where = project.run("-c", "import connection_budget; print(connection_budget.__file__)")
    assert str(project.folder / "venv") in where.stdout
    done = project.run(
        *("-m", "pytest", str(TESTS), "-q", "-m", QUICK), DATABASE_URL=server.url(), CI="true"
    )
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) > 100


def pins(folder: Path) -> Path:
    """The versions that Cairn is tested with, but for Django's own."""
    wanted = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8").splitlines()
    chosen = [line for line in wanted if not re.match(r"(django|asgiref)==", line)]
    place = folder / "pins.txt"
    place.write_text("\n".join(chosen))
    return place


def bring_tests(folder: Path) -> None:
    """Those of the package, and what they share; not what would need Cairn's servers."""
    shared = {path for path in (ROOT / "tests").glob("*.py") if not needs(path) & OURS}
    for path in shared - {ROOT / "tests" / "conftest.py"}:
        (folder / "tests").mkdir(exist_ok=True)
        shutil.copy(path, folder / "tests")
    there = {path.stem for path in shared} | {"connection_budget"}

    def left_out(place: str, names: list[str]) -> set[str]:
        foreign = {
            name for name in names if name.endswith(".py") and shared_by(Path(place, name)) - there
        }
        return foreign | {"__pycache__", "distribution", "threads"}

    shutil.copytree(ROOT / TESTS, folder / TESTS, ignore=left_out)
    (folder / "pytest.ini").write_text(SETTINGS)


def needs(path: Path) -> set[str]:
    return imported(path.read_text(encoding="utf-8"))


def shared_by(path: Path) -> set[str]:
    """Which modules of `tests` itself this one imports."""
    source = path.read_text(encoding="utf-8")
    return set(re.findall(r"^(?:from|import) tests\.(\w+)", source, re.MULTILINE))


def test_what_is_left_out_is_said_by_name(capfd: pytest.CaptureFixture[str]) -> None:
    """A machine without an interpreter passes without it, but not in silence."""
    assert Cell("5.2", f"{sys.version_info.major}.{sys.version_info.minor}") in THERE
    with capfd.disabled():
        for missing in LEFT_OUT:
            sys.stderr.write(f"\nconnection-budget was not tried with {missing}\n")
