"""The scripts that a text is written in."""

from __future__ import annotations

import re

from concepts.languages.tables import (
    DENSE,
    ENCODINGS,
    RANGES,
    SCRIPTS,
)
from concepts.languages.tags import primary_language

LETTERS = {script: re.compile(f"[{letters}]") for script, letters in RANGES.items()}


def encodable(text: str, tag: str) -> set[str]:
    """The characters that the encoding made for a language has."""
    return set(text.encode(ENCODINGS[tag], "ignore").decode(ENCODINGS[tag]))


def weigh(text: str, *, dense: bool = True) -> dict[str, int]:
    """Letters by script, those of dense scripts counted more than once."""
    counts = {
        script: len(letters.findall(text)) * (DENSE.get(script, 1) if dense else 1)
        for script, letters in LETTERS.items()
    }
    return {script: count for script, count in counts.items() if count}


def scripts_of(tag: str) -> tuple[str, ...]:
    for subtag in tag.replace("_", "-").split("-")[1:]:
        script = subtag.title()
        if script in {"Hans", "Hant"}:
            return ("Hani",)
        if script in RANGES:
            return (script,)
    return SCRIPTS.get(primary_language(tag), ("Latn",))
