"""CONTRIBUTING names every folder there is, and none that is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "accounts",
    "concepts",
    "config",
    "connection_budget",
    "generation",
    "learning",
    "roadmaps",
)
HOUSE = (
    (ROOT / "CONTRIBUTING.md")
    .read_text(encoding="utf-8")
    .partition("## The house")[2]
    .partition("### The way of a goal")[0]
)
NAMED = set(re.findall(r"`([\w/]+)/?`", HOUSE))


def folders_in(place: str) -> list[str]:
    return sorted(
        path.name
        for path in (ROOT / place).iterdir()
        if path.name != "migrations" and any(path.rglob("*.py"))
    )


@pytest.mark.parametrize("app", APPS)
def test_every_folder_of_an_app_is_named(app: str) -> None:
    """`contrib/` is named by what is in it."""
    heads = {name.partition("/")[0] for name in NAMED}
    assert [folder for folder in folders_in(app) if folder not in heads] == []


def test_every_folder_of_tests_is_named_or_mirrors_one_of_ours() -> None:
    strange = [name for name in folders_in("tests") if not (ROOT / name).is_dir()]
    assert [name for name in strange if f"tests/{name}" not in NAMED] == []


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+)/`", HOUSE))))
def test_every_folder_named_is_there(name: str) -> None:
    places = [ROOT, *(ROOT / top for top in (*APPS, "tests"))]
    found = [path for place in places for path in (place / name, *place.glob(f"*/{name}"))]
    assert any(path.is_dir() for path in found)
