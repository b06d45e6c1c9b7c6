"""Which language a text is in."""

from __future__ import annotations

import re

from concepts.languages.detecting import MIN_SHARE, find_main, shares_of
from concepts.languages.prose import is_enough, take_prose
from concepts.languages.scripts import LETTERS, encodable, weigh
from concepts.languages.tables import (
    CHINESE_ALONE,
    ENCODINGS,
    RANGES,
    TELLING,
)

# Two terms, such as “Python asyncio”, look like a language of their own (Esperanto, with 0.6).
MIN_SHARE_OF_SHORT = 0.8
WORD_OF_LATIN = re.compile(f"[{RANGES['Latn']}]+")


def guess_language(goal: str) -> str | None:
    """The language a goal is plainly written in, by its characters; None where they cannot tell."""
    # A Latin word counts as one letter of the others: names and terms are Latin everywhere.
    weights = weigh(WORD_OF_LATIN.sub("a", goal), dense=False)
    if "Kana" in weights:
        weights["Kana"] += weights.pop("Hani", 0)
    heaviest = max(weights, key=lambda script: weights[script], default="")
    if not weights or weights[heaviest] < 0.7 * sum(weights.values()):
        return None
    return guess_by_ideographs(goal) if heaviest == "Hani" else TELLING.get(heaviest)


def tell_language(text: str) -> str | None:
    """The language a text is plainly in, by its script or by what the model makes of it; None where
    they cannot tell."""
    prose = take_prose(text)
    if (by_script := guess_language(prose)) is not None:
        return by_script
    return find_main(shares_of(prose), MIN_SHARE if is_enough(prose) else MIN_SHARE_OF_SHORT)


def guess_by_ideographs(goal: str) -> str | None:
    """By whose encoding lacks the fewest of them. None where that is Japan's and another: 日本史
    may be anybody's, so the model is to say what it is."""
    ideographs = "".join(LETTERS["Hani"].findall(goal))
    lacking = {tag: len(set(ideographs) - encodable(ideographs, tag)) for tag in ENCODINGS}
    fitting = [tag for tag, count in lacking.items() if count == min(lacking.values())]
    if fitting == ["ja"]:
        return "ja"
    if "ja" not in fitting or any(word in goal for word in CHINESE_ALONE):
        return fitting[0]
    return None
