"""The passwords of compose.yaml."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import yaml

from tests.docker.scripts import ROOT


def make_secrets(directory: Path) -> dict[str, str]:
    shutil.copy(ROOT / "docker" / "secrets.sh", directory)
    subprocess.run(["sh", str(directory / "secrets.sh")], check=True)
    return {path.name: path.read_text() for path in (directory / "secrets").iterdir()}


def test_all_that_compose_wants_are_made_each_of_its_own_and_on_one_line(tmp_path: Path) -> None:
    made = make_secrets(tmp_path)
    composed = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text("utf-8"))
    assert {f"secrets/{name}" for name in made} == {
        secret["file"]
        for secret in composed["secrets"].values()
        if not secret["file"].startswith("$")  # what .env names
    }
    assert len(set(made.values())) == len(made)
    assert all(text.isalnum() and len(text) > 50 for text in made.values())


def test_nobody_else_gets_at_them(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_those_in_use_are_kept(tmp_path: Path) -> None:
    assert make_secrets(tmp_path) == make_secrets(tmp_path)
