"""A plan in OPML, as outliners export it, or in HTML, as the lines that it would be. Pure; linear.

Tags are taken one by one, whatever they stand in, so nothing can be too deep, refer to anything, or
be half a page. What no heading and no list holds is left as it is, and told as no part of the plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from generation.port.skeleton_tables import Numbered

_BEGINNING = re.compile(
    r"[\s\ufeff]{0,99}<(?:\?xml|!doctype|opml|html|body|div|[uo]l|h[1-6])\b", re.IGNORECASE
)
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z!?][A-Za-z0-9]{0,19})"
    r"(?P<rest>(?:\s(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)?)>"
)
_TEXT = re.compile(r"\stext\s?=\s?(?:\"(?P<one>[^\"]*)\"|'(?P<other>[^']*)')", re.IGNORECASE)
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)} | {"title": "title:"}
_LISTS = {"ul", "ol"}
_BLOCKS = {*_HEADINGS, *_LISTS, "li", "p", "div", "br", "tr", "head", "body", "html", "opml"}
_DEEPEST = 20


def unfold_markup(lines: list[str]) -> list[Numbered] | None:
    """With the numbers of the lines they come from; None where it is neither."""
    if not _BEGINNING.match("\n".join(lines[:3])):
        return None
    taken = _Taken()
    for number, line in enumerate(lines, start=1):
        taken.take(number, line)
    taken.end_block()
    return list(_with_root_as_title(taken))


@dataclass
class _Taken:
    """So far. Text waits for the end of its block, for other tags may stand in it."""

    lines: list[Numbered] = field(default_factory=list)
    # Of OPML: how deep each of its outlines lies, with its text.
    outlines: list[tuple[int, int, str]] = field(default_factory=list)
    depth: int = 0
    mark: str = ""
    number: int = 0
    text: list[str] = field(default_factory=list)

    def take(self, number: int, line: str) -> None:
        end = 0
        for tag in _TAG.finditer(line):
            self._take_text(number, line[end : tag.start()])
            self._take_tag(number, tag)
            end = tag.end()
        self._take_text(number, f"{line[end:]}\n")

    def _take_text(self, number: int, text: str) -> None:
        if not self.number and text.strip():
            self.number = number
        self.text.append(text)

    def _take_tag(self, number: int, tag: re.Match[str]) -> None:
        name, is_end = tag["name"].lower(), bool(tag["end"])
        if name == "outline":
            self._take_outline(number, tag["rest"], is_end=is_end)
        elif name in _BLOCKS:
            self.end_block()
            if name in _LISTS:
                self.depth = max(self.depth + (-1 if is_end else 1), 0)
            if not is_end and name == "li":
                self.mark = f"{self._indent()}-"
            elif not is_end:
                self.mark = _HEADINGS.get(name, "")

    def _take_outline(self, number: int, rest: str, *, is_end: bool) -> None:
        if is_end:
            self.depth = max(self.depth - 1, 0)
            return
        found = _TEXT.search(rest)
        said = (found["one"] or found["other"] or "") if found else ""
        self.outlines.append((number, self.depth, " ".join(unescape(said).split())))
        self.depth += not rest.rstrip().endswith("/")

    def _indent(self) -> str:
        return "  " * min(self.depth - 1, _DEEPEST)

    def end_block(self) -> None:
        text = " ".join(unescape("".join(self.text)).split())
        if text:
            self.lines.append((self.number, f"{self.mark} {text}" if self.mark else text))
            self.mark, self.number = "", 0
        self.text.clear()


def _with_root_as_title(taken: _Taken) -> Iterator[Numbered]:
    """Outliners keep one item above all others: the name of the whole."""
    yield from taken.lines
    outlines = taken.outlines
    has_root = [depth for _, depth, _ in outlines].count(0) == 1 and any(
        depth > 1 for _, depth, _ in outlines
    )
    for number, depth, text in outlines:
        if has_root and depth == 0:
            yield number, f"title: {text}"
        elif text:
            yield number, f"{'  ' * min(depth - has_root, _DEEPEST)}- {text}"
