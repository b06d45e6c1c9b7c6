"""Containers are not run here, so their files are checked by those who know them."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"


def run(tool: str, *arguments: str | Path) -> None:
    program = shutil.which(tool, path=sysconfig.get_path("scripts")) or shutil.which(tool)
    if program is None:
        pytest.skip(f"{tool} is not installed")
    outcome = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_shellcheck_has_nothing_to_say() -> None:
    run("shellcheck", *sorted(DOCKER.glob("*.sh")))


def test_hadolint_has_nothing_to_say() -> None:
    run("hadolint", DOCKER / "Dockerfile")


def test_the_compose_file_follows_its_schema() -> None:
    run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", DOCKER / "compose.yaml")
