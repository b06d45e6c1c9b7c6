"""Ids of headings, and links that find them however they spell them. Pure."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote

from roadmaps.slugs import SlugNumbers, make_slug

# What people write for a space, and what makes a sign an emoji.
_JOINTS = re.compile(r"[\s_\-\ufe0e\ufe0f]+")


class Anchors:
    """The ids of one text. A link may be percent-encoded or not, in either Unicode form, in any
    case, may keep the signs that an id has not, and may call the second of two headings that are
    the same `-1`, as GitHub does."""

    def __init__(self) -> None:
        self._slugs = SlugNumbers()
        self._ids: set[str] = set()
        self._by_text: dict[str, str] = {}

    def name(self, heading: str) -> str:
        """A new id for a heading."""
        name = self._slugs.take(heading, fallback="section")
        self._ids.add(name)
        self._by_text.setdefault(_key(heading), name)
        return name

    def find(self, fragment: str) -> str:
        """The id that a link means, percent-encoded; what it says where no heading is meant."""
        meant = unquote(fragment)
        slug = make_slug(meant, fallback="")
        candidates = [unicodedata.normalize("NFKC", meant), slug]
        candidates.append(self._by_text.get(_key(meant), ""))
        candidates.append(re.sub(r"-1\Z", "-2", slug))
        known = [name for name in candidates if name in self._ids]
        return quote(next(iter(known), meant), safe="")


def _key(text: str) -> str:
    return _JOINTS.sub("", unicodedata.normalize("NFKC", text[:1_000]).casefold())
