"""Slugs: Unicode, never empty, unique. Pure but for Django's slugify."""

from __future__ import annotations

import unicodedata
from collections.abc import Container

from django.utils.text import slugify

SLUG_MAX_CHARACTERS = 120


def make_slug(text: str, *, fallback: str) -> str:
    """A slug of `text`; of `fallback` when nothing is left (emoji, punctuation)."""
    slug = slugify(unicodedata.normalize("NFKC", text), allow_unicode=True)
    return slug[: SLUG_MAX_CHARACTERS - 20].strip("-_") or fallback


def unique_slug(text: str, taken: Container[str], *, fallback: str) -> str:
    """The first of slug, slug-2, slug-3 … that is not taken."""
    slug = candidate = make_slug(text, fallback=fallback)
    number = 1
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
