"""Which Pythons are on this machine, and which Django each of them is tried with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PYTHONS_OF = {
    "5.2": ("3.11", "3.12", "3.13"),
    "6.0": ("3.12", "3.13"),
    "6.1": ("3.12", "3.13"),
}


@dataclass(frozen=True)
class Cell:
    django: str
    python: str

    def __str__(self) -> str:
        return f"Django {self.django} on Python {self.python}"

    @property
    def interpreter(self) -> Path | None:
        return next((place for place in _places(self.python) if place.is_file()), None)


def _places(version: str) -> Iterator[Path]:
    """On the path and where pyenv and uv keep theirs; nothing is started to find out.

    A shim of pyenv's is no interpreter: it starts one only where that version is chosen.
    """
    name = f"python{version}"
    for folder in os.get_exec_path():
        if (found := shutil.which(name, path=folder)) and Path(folder).name != "shims":
            yield Path(found)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or Path.home() / ".local/share/uv/python")
    yield from sorted((pyenv / "versions").glob(f"{version}.*/bin/{name}"))
    yield from sorted(uv.glob(f"cpython-{version}.*/bin/{name}"))


MATRIX = [Cell(django, python) for django, pythons in PYTHONS_OF.items() for python in pythons]
THERE = [cell for cell in MATRIX if cell.interpreter]
LEFT_OUT = [cell for cell in MATRIX if not cell.interpreter]
