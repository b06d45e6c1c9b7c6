"""These tests need `connection_budget` and nothing of the project around it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ThrowAwayServer

FOLDER = Path(__file__).parent
# The slow ones start processes, which is the same in any project.
QUICK = "not wide and not slow and not fleet and not chaos"
OURS = {"accounts", "concepts", "config", "generation", "learning", "roadmaps"}


def imported(source: str) -> set[str]:
    """The packages that a module names in its imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.stem)
def test_no_other_app_is_imported(path: Path) -> None:
    assert imported(path.read_text(encoding="utf-8")) & OURS == set()


@pytest.mark.wide
@pytest.mark.timeout(1500)
def test_they_pass_in_a_project_of_their_own() -> None:
    """On a server that DATABASE_URL names."""
    with ThrowAwayServer(max_connections=100) as server:
        outcome = subprocess.run(
            [sys.executable, "-m", "pytest", str(FOLDER), "-q", "-m", QUICK],
            env=os.environ
            | {
                "DATABASE_URL": server.url(),
                "DJANGO_SETTINGS_MODULE": "tests.connection_budget.settings",
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert outcome.returncode == 0, outcome.stdout[-5_000:]
