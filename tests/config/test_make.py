"""What the Makefile passes on."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOALS = [
    "Python web development",
    'it\'s "quoted" `twice`',
    "costs $5 or $(HOME) or ${PATH} or $$",
    "back\\slash \\n %s %",
    "我想系统学习机器学习，每周8小时",
    "-- --new",
    "a#b; exit 1 && false | true > x",
    "  spaces   around ",
    "two\nlines",
    "*.py ~ ?",
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a path with a space, set up, whose Python only prints what it was given."""
    checkout = tmp_path / "my checkout"
    requirements = checkout / "requirements"
    requirements.mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", checkout)
    for name in ("dev.txt", "redis-binary.txt"):
        (requirements / name).touch()
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / ".ready").touch()
    python = checkout / ".venv" / "bin" / "python"
    # Through sh: the kernel cuts the path of an interpreter at a space.
    code = "import json, sys; print(json.dumps(sys.argv[1:]))"
    python.write_text(
        f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -c '{code}' \"$@\"\n", encoding="utf-8"
    )
    python.chmod(0o755)
    return checkout


def make(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "roadmap", *arguments],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **variables, "MAKELEVEL": "0", "MAKEFLAGS": ""},
    )


@pytest.mark.parametrize("goal", GOALS)
def test_a_goal_arrives_as_it_was_typed(checkout: Path, goal: str) -> None:
    outcome = make(checkout, f"GOAL={goal}", "FORMAT=json")
    # GNU make itself drops white space at the start of a value on its command line.
    assert json.loads(outcome.stdout)[-2:] == ["--", goal.lstrip()]
    assert "--format=json" in json.loads(outcome.stdout)


@pytest.mark.parametrize("goal", GOALS)
def test_also_from_the_environment(checkout: Path, goal: str) -> None:
    assert json.loads(make(checkout, GOAL=goal).stdout)[-2:] == ["--", goal]


def said_by_make(*arguments: str) -> str:
    # Itself it may have been started by `make test FAST=1`.
    variables = {**os.environ, "MAKELEVEL": "0", "MAKEFLAGS": "", "FAST": ""}
    done = subprocess.run(
        ["make", *arguments], cwd=ROOT, capture_output=True, text=True, check=True, env=variables
    )
    return done.stdout


def test_what_is_wide_is_tested_by_a_target_of_its_own_alone() -> None:
    dry = ("--dry-run", "--always-make")
    assert '-m "not wide"' in said_by_make(*dry, "test")
    assert '-m "not wide and not fleet and' in said_by_make(*dry, "test", "FAST=1")
    assert said_by_make(*dry, "test-wide").splitlines()[-1].endswith("-m wide")


def test_help_lists_every_target_that_is_explained() -> None:
    listed = re.findall(r"^  make (\S+)", said_by_make(), re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert listed == re.findall(r"^([\w-]+):.*## ", makefile, re.MULTILINE)
    assert {"test", "test-wide", "check", "serve"} <= set(listed)
