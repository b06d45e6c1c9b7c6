import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

import connection_budget
from tests.connection_budget.cast import REAL_TRANSACTIONS

pytestmark = [REAL_TRANSACTIONS, pytest.mark.slow]

KEYS = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS", "CONN_MAX_AGE")


@pytest.fixture
def forked() -> dict[str, Any]:
    """What a process and its child saw that forked while its only lane was at work."""
    database = {key: connection.settings_dict[key] for key in KEYS}
    # Python 3.12 warns of forking beside threads; that it works all the same is what we test.
    warnings = ("-W", "error::ResourceWarning", "-W", "ignore:This process:DeprecationWarning")
    script = subprocess.run(
        [sys.executable, *warnings, "-m", "tests.connection_budget.fork_script"],
        input=json.dumps({"default": database}),
        cwd=Path(connection_budget.__file__).parent.parent,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (script.returncode, script.stderr) == (0, "")
    child, parent = script.stdout.splitlines()
    return {**json.loads(child), **json.loads(parent)}


def test_a_forked_child_has_lanes_and_connections_of_its_own(forked: dict[str, Any]) -> None:
    assert not set(forked["child"]) & set(forked["parent"])


def test_a_forked_child_starts_counting_afresh(forked: dict[str, Any]) -> None:
    assert forked["started"] == 0


def test_a_forked_child_does_not_count_its_parents_lanes(forked: dict[str, Any]) -> None:
    assert forked["lanes"] == {"running": 0, "permits": 1, "waiting": 0}


def test_the_parent_keeps_its_connection_when_the_child_ends(forked: dict[str, Any]) -> None:
    before, after = forked["parent"]
    assert before == after
