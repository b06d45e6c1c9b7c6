"""Slugs: letters of every script, never empty, unique. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from roadmaps.bounds import SLUG_MAX_CHARACTERS

# Signs and spaces go, so more is looked at than is kept.
LOOKED_AT = 500
_JOINTS = re.compile(r"[-\s]+")
# Marks that change no letter: they choose a shape, or draw a circle.
_NO_VOWELS = re.compile(r"[\u034f\u180b-\u180f\u20d0-\u20ff\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def make_slug(text: str, *, fallback: str) -> str:
    """A slug of `text`, of its beginning where it is long; of `fallback` when nothing is left
    (emoji, punctuation)."""
    beginning = unicodedata.normalize("NFKC", _NO_VOWELS.sub("", text[:LOOKED_AT]))
    # Small letters, and those between which a sign went, may melt into one, as they do in each
    # address that is asked for: that would find nothing.
    kept = unicodedata.normalize("NFKC", "".join(_kept(beginning.lower())))
    slug = _JOINTS.sub("-", kept)
    return slug[: SLUG_MAX_CHARACTERS - 20].strip("-_") or fallback


def secret_slug(text: str, secret: str, *, fallback: str) -> str:
    """A slug that ends in `secret`, whatever else there is room for."""
    room = SLUG_MAX_CHARACTERS - len(secret) - 1
    slug = make_slug(text, fallback=fallback)[:room].rstrip("-_")
    return f"{slug}-{secret}"


def _kept(text: str) -> Iterator[str]:
    """Letters and figures, the marks on them (vowels, in many scripts), and what parts words."""
    on_a_letter = False
    for character in text:
        is_mark = unicodedata.category(character)[0] == "M"
        on_a_letter = character.isalnum() or (on_a_letter and is_mark)
        if on_a_letter or character in "-_" or character.isspace():
            yield character


class SlugNumbers:
    """Gives each text its slug, with the first free number where that is taken.

    Numbers are remembered: who counted from two each time would count longer and longer for a
    thousand headings that are all the same.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._last = dict.fromkeys(taken, 1)

    def take(self, text: str, *, fallback: str) -> str:
        """The first of slug, slug-2, slug-3 … that is not taken, and is from now on."""
        slug = candidate = make_slug(text, fallback=fallback)
        while candidate in self._last:
            self._last[slug] += 1
            candidate = f"{slug}-{self._last[slug]}"
        self._last[candidate] = 1
        return candidate
