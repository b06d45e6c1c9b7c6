"""A project's own tests work under the cap, on several databases and in several processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.databases import database_url

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[3]
RUNNER = ("-m", "django", "test", "tests.connection_budget.testing.cases")


@pytest.mark.parametrize("role", ["command", "web"])
def test_djangos_runner_passes_with_two_databases_and_two_processes(
    django_db_setup: None, django_db_blocker: Any, role: str
) -> None:
    """`--parallel` clones each database; tests live from the operations reserve in any role."""
    with django_db_blocker.unblock():
        url = database_url()
    done = subprocess.run(
        [sys.executable, *RUNNER, "--parallel", "2", "--noinput", "--timing"],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tests.connection_budget.settings",
            "PROCESS_ROLE": role,
            "SECOND_DATABASE": "yes",
            "CONNECTION_BUDGET_WAIT_SECONDS": "60",
            "DATABASE_CONNECT_TIMEOUT": "60",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    assert "Ran 7 tests" in done.stderr
    assert "Cloning test database" in done.stderr
