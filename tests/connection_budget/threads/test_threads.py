"""“Your thread, answered”: each program shows the failure on stock Django, and holds its role."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.servers import ThrowAwayServer

pytestmark = [pytest.mark.wide, pytest.mark.timeout(400)]

DOCUMENTS = Path(__file__).resolve().parents[3] / "connection_budget" / "docs"
PROGRAMS = DOCUMENTS / "threads"
LONGEST = 40
LINE = re.compile(r"(.+): (\d+) connections at most; (.+)")


class Told(NamedTuple):
    most: int
    about: str


class Thread(NamedTuple):
    """The role's peak, and what each variant has to say; the stock one may stay below the peak."""

    peak: int
    stock: str
    package: str
    stock_is_above: bool = True


ALL = "60 of 60 served"
THREADS = {
    "daphne_442": Thread(15, ".*", ALL),
    "channels_1206": Thread(5, ".*", ALL),
    "cookiecutter_5071": Thread(10, ".*", ALL),
    "celery_10554": Thread(4, r"20 tasks on (1[5-9]|20) backends", "20 tasks on 2 backends"),
    "celery_4116": Thread(
        4, r"20 tasks on (1[5-9]|20) backends", "20 tasks on 2 backends", stock_is_above=False
    ),
    "psycopg_1232": Thread(
        6, r"[0-7] of 8 served \(\d x OperationalError.*\)", "8 of 8 served", stock_is_above=False
    ),
    "uvicorn_865": Thread(5, r".*\d+ x 503.*", ALL, stock_is_above=False),
    "gunicorn_3511": Thread(5, ".*", ALL),
    "paperless_12976": Thread(4, ".*", "20 tasks on .*"),
    "procrastinate_1435": Thread(5, "40 tasks on 20 backends", "40 tasks on 2 backends"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowAwayServer]:
    with ThrowAwayServer(max_connections=200) as running:
        yield running


@pytest.fixture(scope="module", params=THREADS)
def program(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def told(program: str, server: ThrowAwayServer) -> dict[str, Told]:
    """What the program printed, by variant."""
    done = subprocess.run(
        [sys.executable, str(PROGRAMS / f"{program}.py")],
        cwd=server.directory,
        env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        | {"DATABASE_URL": server.url(), "PYTHONPATH": str(DOCUMENTS.parents[1])},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [LINE.fullmatch(line) for line in done.stdout.splitlines()]
    return {line[1]: Told(int(line[2]), line[3]) for line in lines if line}


def test_on_stock_django_it_fails_as_the_thread_tells(program: str, told: dict[str, Told]) -> None:
    stock, thread = told["stock Django"], THREADS[program]
    assert re.fullmatch(thread.stock, stock.about), stock
    if thread.stock_is_above:
        assert stock.most > thread.peak


def test_with_the_package_the_role_holds_and_all_are_served(
    program: str, told: dict[str, Told]
) -> None:
    package, thread = told["connection_budget"], THREADS[program]
    assert re.fullmatch(thread.package, package.about), package
    assert 0 < package.most <= thread.peak


def test_every_program_can_be_read_at_a_glance_and_is_named_in_the_document() -> None:
    document = (DOCUMENTS / "threads.md").read_text(encoding="utf-8")
    too_long = {
        name
        for name in THREADS
        if len((PROGRAMS / f"{name}.py").read_text(encoding="utf-8").splitlines()) > LONGEST
    }
    assert (too_long, [name for name in THREADS if f"threads/{name}.py" not in document]) == (
        set(),
        [],
    )
