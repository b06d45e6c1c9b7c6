"""Defects that somebody might put into a line which carries a promise: one patch each.

Before the diff stand `Promise: …` (what holds as long as it is not applied) and, one a line, the
quickest first, `Test: …`: those that must go red.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]


@dataclass(frozen=True)
class Mutant:
    path: Path
    promise: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def group(self) -> str:
        return self.path.parent.name


def read_mutant(path: Path) -> Mutant:
    head = path.read_text("utf-8").partition("\n--- ")[0].splitlines()
    said = [line.partition(": ")[::2] for line in head if line]
    [promise] = [text for word, text in said if word == "Promise"]
    return Mutant(path, promise, tuple(text for word, text in said if word == "Test"))


def list_mutants(folder: Path = FOLDER) -> list[Mutant]:
    return [read_mutant(path) for path in sorted(folder.rglob("*.patch"))]


def table_of(group: str) -> str:
    """As CONTRIBUTING has it."""
    rows = [f"| `{one.name}` | {one.promise} |" for one in list_mutants(FOLDER / group)]
    return "\n".join([f"| `tests/mutants/{group}/` | promise |", "|---|---|", *rows])


def groups() -> list[str]:
    return sorted({mutant.group for mutant in list_mutants()}, reverse=True)
