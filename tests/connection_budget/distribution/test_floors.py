"""The oldest versions that the extras allow are enough."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.connection_budget.distribution.conftest import Distribution
from tests.connection_budget.distribution.environments import Environment
from tests.connection_budget.distribution.own_tests import TOOLS, count_passed, pins
from tests.connection_budget.distribution.test_building import metadata
from tests.servers import ThrowAwayServer

pytestmark = [pytest.mark.wide, pytest.mark.timeout(1500)]

LISTING = """
import sys
from importlib.metadata import version
print(*(f"{name}=={version(name)}" for name in sys.argv[1:]))
"""


def floors(wheel: Path) -> list[str]:
    """What the wheel and its extras need; psycopg with a libpq."""
    needs = {
        need.partition(";")[0].strip() for need in metadata(wheel).get_all("Requires-Dist", [])
    }
    return sorted(need.replace("psycopg>", "psycopg[binary]>") for need in needs)


def test_its_own_tests_pass_with_the_oldest_versions(
    distribution: Distribution, tmp_path: Path, server: ThrowAwayServer
) -> None:
    wanted = floors(distribution.wheel)
    assert "django>=5.2" in wanted
    oldest = Environment(tmp_path / "oldest", Path(sys.executable))
    oldest.install("--resolution", "lowest-direct", str(distribution.wheel), *wanted)
    named = tuple(need.partition(">")[0].partition("[")[0] for need in wanted)
    tools = [tool for tool in TOOLS if tool.partition("[")[0] not in named]
    before = versions(oldest, named)
    oldest.install(*tools, constraints=pins(oldest.folder, leave_out=named))
    assert (len(before), versions(oldest, named)) == (len(named), before)
    assert count_passed(oldest, server.url()) > 100


def versions(environment: Environment, names: tuple[str, ...]) -> set[str]:
    listed = environment.run("-c", LISTING, *names)
    assert listed.returncode == 0, listed.stderr
    return set(listed.stdout.split())
