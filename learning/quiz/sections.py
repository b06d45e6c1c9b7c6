"""Which section of a tutorial tells what a question asks: that which shares its rare words. Pure.

A guess that can be seen through: where no section stands out, none is named.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from roadmaps.text import words

# As our renderer writes them. What follows is looked for, not matched: many beginnings without an
# end would be gone through again and again.
_HEADING = re.compile(r'<h[2-4] id="([^"<>]{1,300})">')
_LONGEST_HEADING = 2_000
_TAG = re.compile(r"<[^<>]{0,2000}>")
_MOST_CHARACTERS = 200_000
_MOST_SECTIONS = 60
# Shared words that must be there at least, rare ones counting most.
_LEAST_SHARED = 3
_WORDS_OF_A_QUESTION = 2_000


@dataclass(frozen=True)
class Section:
    anchor: str
    title: str
    words: frozenset[str]


def split_sections(tutorial: str) -> list[Section]:
    """Of the HTML of a tutorial, as it is stored."""
    text = tutorial[:_MOST_CHARACTERS]
    found = list(_HEADING.finditer(text))[:_MOST_SECTIONS]
    ends = [*(one.start() for one in found[1:]), len(text)]
    return [
        Section(
            html.unescape(one[1]),
            _plain(text[one.end() : one.end() + _LONGEST_HEADING].partition("</h")[0]),
            frozenset(words(_plain(text[one.start() : end]))),
        )
        for one, end in zip(found, ends, strict=False)
    ]


def find_section(sections: Sequence[Section], question: str) -> Section | None:
    if not sections:
        return None
    asked = words(question[:_WORDS_OF_A_QUESTION])
    spread = Counter(word for section in sections for word in section.words & asked)
    # What stands everywhere tells nothing.
    told = {word for word, count in spread.items() if 2 * count <= len(sections) or count == 1}
    best = max(sections, key=lambda one: sum(1 / spread[word] for word in one.words & told))
    return best if len(best.words & told) >= _LEAST_SHARED else None


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())
