"""Which language a text is in."""

from __future__ import annotations

import re

from concepts.languages.judging import MIN_COMMON_SHARE, MIN_COMMON_WORDS
from concepts.languages.prose import WORD, take_prose
from concepts.languages.scripts import LETTERS, encodable, weigh
from concepts.languages.tables import (
    CHINESE_ALONE,
    COMMON_WORDS,
    ENCODINGS,
    RANGES,
    TELLING,
)

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


def tell_language(text: str, *, least_words: int = MIN_COMMON_WORDS) -> str | None:
    """The language a text is plainly in, by its script or by its commonest words, of which it has
    so many different ones; None where they cannot tell."""
    prose = take_prose(text)
    if (by_script := guess_language(prose)) is not None:
        return by_script
    words = [word.casefold() for word in WORD.findall(prose)]
    shares = {
        language: sum(word in common for word in words) / len(words)
        for language, common in COMMON_WORDS.items()
        if words and len(common & set(words)) >= least_words
    }
    best = max(shares, key=lambda language: shares[language], default=None)
    if best is None or shares[best] < MIN_COMMON_SHARE:
        return None
    rivals = [share for language, share in shares.items() if language != best]
    return best if shares[best] > 1.2 * max(rivals, default=0.0) else None


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
