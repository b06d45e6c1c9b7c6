"""The README shows what it speaks of, in words, too, and costs nobody a slow line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOWN = re.findall(r"!\[(.*)\]\((.*)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
MOST_BYTES = 120_000


def test_every_picture_kept_is_shown() -> None:
    kept = [f"docs/pictures/{path.name}" for path in (ROOT / "docs/pictures").iterdir()]
    assert sorted(file for _, file in SHOWN) == sorted(kept)
    assert len(kept) >= 3


@pytest.mark.parametrize(("words", "file"), SHOWN)
def test_a_picture_is_small_and_told_in_words(words: str, file: str) -> None:
    assert len(words.split()) >= 8
    assert (ROOT / file).stat().st_size < MOST_BYTES
