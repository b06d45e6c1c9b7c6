"""An empty virtual environment, and what is installed into it and run by it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
UV = Path(sys.executable).with_name("uv")
# What uv says where a registry cannot be reached; anything else is our fault.
OUT_OF_REACH = re.compile(r"failed to fetch|network|error sending request|timed out", re.IGNORECASE)
# Of another environment, and none of a stranger's.
FOREIGN = {
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "DJANGO_SETTINGS_MODULE",
    "PROCESS_ROLE",
    "PYTEST_ADDOPTS",
}


def run(command: list[str], cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return subprocess.run(
        command,
        cwd=cwd,
        env={**environment, "UV_PYTHON_DOWNLOADS": "never", **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )


def build(source: Path, out: Path, *what: str) -> None:
    """By the back end that is pinned here, so that nothing is fetched."""
    isolation = ("--no-build-isolation", "--offline", "--python", sys.executable)
    done = run([str(UV), "build", *isolation, *what, "-o", str(out), str(source)], out.parent)
    assert done.returncode == 0, done.stderr


class Environment:
    """As a stranger has it: nothing in it but what is installed here."""

    def __init__(self, folder: Path, interpreter: Path) -> None:
        self.folder = folder
        self.python = folder / "venv" / "bin" / "python"
        folder.mkdir(exist_ok=True)
        made = run([str(UV), "venv", "--no-project", "--python", str(interpreter), "venv"], folder)
        assert made.returncode == 0, made.stderr

    def install(self, *packages: str, constraints: Path | None = None) -> None:
        """Skips the test where they cannot be had."""
        held = ("--constraint", str(constraints)) if constraints else ()
        done = run(
            [str(UV), "pip", "install", "--python", str(self.python), *held, *packages], self.folder
        )
        if done.returncode and OUT_OF_REACH.search(done.stderr):
            pytest.skip(f"these packages cannot be had here: {', '.join(packages)}")
        assert done.returncode == 0, done.stderr

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return run([str(self.python), *arguments], self.folder, **variables)
