"""The contents of a tutorial: its sections, read from what we rendered ourselves. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SECTION = re.compile(r'<h2 id="([^"<>]{1,300})">')
_FORMULA = re.compile(r'<math[^<>]{0,100} alttext="([^"<>]{0,2000})"[^<>]{0,100}>')
_LONGEST = 20_000


@dataclass(frozen=True)
class Heading:
    id: str
    text: str


def list_headings(rendered: str) -> Iterator[Heading]:
    for found in _SECTION.finditer(rendered):
        end = rendered.find("</h2>", found.end(), found.end() + _LONGEST)
        if text := _text_of(rendered[found.end() : max(end, found.end())]):
            yield Heading(html.unescape(found[1]), text)


def _text_of(markup: str) -> str:
    """What a heading shows; of a formula what was written for it."""
    parts, place = [], 0
    while (tag := markup.find("<", place)) >= 0:
        parts.append(markup[place:tag])
        formula = _FORMULA.match(markup, tag)
        if formula:
            parts.append(formula[1])
        end = "</math>" if formula else ">"
        found = markup.find(end, tag)
        place = found + len(end) if found >= 0 else len(markup)
    parts.append(markup[place:])
    return html.unescape("".join(parts)).strip()
