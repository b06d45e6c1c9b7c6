"""Slugs: Unicode, never empty, unique. Pure but for Django's slugify."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.utils.text import slugify

SLUG_MAX_CHARACTERS = 120
# Signs and spaces go, so more is looked at than is kept.
LOOKED_AT = 500


def make_slug(text: str, *, fallback: str) -> str:
    """A slug of `text`, of its beginning where it is long; of `fallback` when nothing is left
    (emoji, punctuation)."""
    beginning = unicodedata.normalize("NFKC", text[:LOOKED_AT])
    slug = slugify(beginning, allow_unicode=True)
    return slug[: SLUG_MAX_CHARACTERS - 20].strip("-_") or fallback


def secret_slug(text: str, secret: str, *, fallback: str) -> str:
    """A slug that ends in `secret`, whatever else there is room for."""
    room = SLUG_MAX_CHARACTERS - len(secret) - 1
    slug = make_slug(text, fallback=fallback)[:room].rstrip("-_")
    return f"{slug}-{secret}"


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
