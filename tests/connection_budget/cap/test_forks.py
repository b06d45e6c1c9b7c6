"""A forked child drops what its parent has, without closing it, and has its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.databases import database_url

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]

ROOT = Path(__file__).resolve().parents[3]
# By the role: persistent connections, or a pool.
WAYS = [("beat", "kept"), ("web", "kept"), ("web", "returned")]


@pytest.fixture(scope="module", params=WAYS, ids=["-".join(way) for way in WAYS])
def forked(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> dict[str, Any]:
    role, way = request.param
    with django_db_blocker.unblock():
        url = database_url()
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.connection_budget.settings",
        "PROCESS_ROLE": role,
        "ROLE_WEB_CONNECTIONS": "1",
        "DATABASE_CONNECT_TIMEOUT": "60",
        "PYTHONPATH": str(ROOT),
    }
    # Python 3.12 warns of forking beside threads; that it works all the same is what we test.
    warnings = ("-W", "error::ResourceWarning", "-W", "ignore:This process:DeprecationWarning")
    script = subprocess.run(
        [sys.executable, *warnings, "-m", "tests.connection_budget.cap.fork_process", way],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (script.returncode, script.stderr) == (0, "")
    child, parent = script.stdout.splitlines()
    return {"parent": role, **json.loads(child), **json.loads(parent)}


def test_the_child_connects_by_itself(forked: dict[str, Any]) -> None:
    assert forked["child_status"] == 0
    assert forked["before"] not in forked["child"]


def test_the_child_counts_nothing_of_its_parents(forked: dict[str, Any]) -> None:
    assert forked["inherited"] == 0


def test_the_child_of_a_process_that_works_is_a_command(forked: dict[str, Any]) -> None:
    """One that serves pages has not begun: a server may load the project before it forks."""
    assert forked["role"] == {"beat": "command", "web": "web"}[forked["parent"]]


def test_what_the_child_closes_is_not_the_parents(forked: dict[str, Any]) -> None:
    assert forked["after"] == forked["before"]
