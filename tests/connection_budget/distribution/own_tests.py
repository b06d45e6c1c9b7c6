"""The package's own tests, brought into another project and run there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.connection_budget.distribution.environments import ROOT, Environment
from tests.connection_budget.test_alone import OURS, imported

TESTS = Path("tests") / "connection_budget"
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


def count_passed(project: Environment, url: str) -> int:
    """How many passed; none fails. CI, for then hypothesis sets its examples no deadline."""
    bring_tests(project.folder)
    command = ("-m", "pytest", str(TESTS), "-q", "-m", QUICK)
    done = project.run(*command, DATABASE_URL=url, CI="true")
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    return int(passed[1]) if passed else 0


def pins(folder: Path, *, leave_out: tuple[str, ...] = ("django", "asgiref")) -> Path:
    """The versions that Cairn is tested with, but for those that are chosen otherwise."""
    wanted = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8").splitlines()
    chosen = [line for line in wanted if line.partition("==")[0].partition("[")[0] not in leave_out]
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
