"""A tutorial as HTML while it is being written: what is closed once, what is open again. Pure.

Parser, sanitiser and grammar are those of the whole text (`rendering.py`). Each part is rendered by
itself, so that it is whole HTML wherever the text breaks off.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from concepts.markdown.anchors import Anchors
from concepts.markdown.blocks import FENCE_LINE, split_blocks
from concepts.markdown.folding import Grammar
from concepts.markdown.formulas import FormulaBudget
from concepts.markdown.inline_marks import GROWING
from concepts.markdown.marks import Marks
from concepts.markdown.rendering import parser_for, render_part

# A line that may become anything: a list, a rule, the underline of a heading, a table, a fence, the
# beginning of a formula (`\\begin{al`).
_NO_WORD_YET = re.compile(r"[\W\d_]*(?:(?<=\\)[a-z]{1,5}(?:\{[a-z]{0,20}\*?)?)?\Z")
# A link, an address, a tag, what stands below or above the line, or a formula without its end.
_LOOSE_END = re.compile(
    r"!?\[[^\[\]\n]*(?:\](?:\([^()\n]*)?)?\Z|<(?=[\w/!?|]|\Z)[^<>\n]*\Z"
    r"|<su[bp]>[^<>\n]*(?:<[^<>\n]*)?\Z"
    r"|\\(?:\((?:[^\\`\n]|\\(?![()]))*)?\Z"
    r"|(?<![^\s(*_\u3000-\uffff])\${1,2}(?:(?=[^\s\d$])[^$`\n]*\$?)?\Z"
)
# Characters of a line's end that are held back for what they may become.
_MOST_HELD = 200


@dataclass(frozen=True)
class Growth:
    """What has come: `blocks` follow the first `known` ones, `tail` is all behind them and is
    replaced by what comes next. `is_anew`: the text is another one, and nothing of it is known."""

    is_anew: bool
    known: int
    blocks: tuple[str, ...]
    tail: str


class GrowingText:
    """One text. Not to be used by two threads at once."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._closed, self._count = "", 0
        # What later blocks know of those before them.
        self._env: dict[str, Any] = {
            "anchors": Anchors(), "formulas": FormulaBudget(), "references": {}, "exercises": 0,
        }  # fmt: skip

    def grow(self, markdown: str) -> Growth:
        """`markdown` is the text so far; one that does not go on with what is closed is a new one.

        What a later line may still change is never closed. A link to what is defined only later
        shows as it is written; the stored text mends that.
        """
        markdown = markdown.replace("\r\n", "\n").replace("\r", "\n")
        is_anew = not markdown.startswith(self._closed)
        if is_anew:
            self._begin()
        known = self._count
        *parts, tail = _parts(markdown[len(self._closed) :])
        blocks = tuple(self._render(part, self._env) for part in parts)
        self._closed, self._count = markdown[: len(markdown) - len(tail)], known + len(blocks)
        return Growth(is_anew, known, blocks, self._render_open(tail))

    def _render(self, markdown: str, env: dict[str, Any]) -> str:
        marks = Marks()
        grammar = Grammar(marks, exercises=env["exercises"])
        html = render_part(markdown, marks, env | {"grammar": grammar}, parser_for(markdown))
        env["exercises"] = grammar.exercises
        return html

    def _render_open(self, tail: str) -> str:
        held = _without_loose_end(tail)
        env = copy.deepcopy(self._env) | {GROWING: True}
        return self._render(held, env) if held.strip() else ""


def _parts(markdown: str) -> Iterator[str]:
    """Parts that are closed, and the rest. Only whole lines count: half a line may be anything."""
    lines = markdown.split("\n")
    whole = "\n".join([*lines[:-1], ""])
    grammar = Grammar(Marks())
    parser_for(whole).parse(whole, {"grammar": grammar, GROWING: True})
    begin = 0
    for end in grammar.beginnings:
        if end > begin:
            yield "\n".join([*lines[begin:end], ""])
            begin = end
    yield "\n".join(lines[begin:])


def _without_loose_end(tail: str) -> str:
    """Without the end of a line that will look different in a moment."""
    before, line_break, line = tail.rpartition("\n")
    (*_, (is_code, code)) = split_blocks(tail)
    if is_code and len(code) > 1:
        may_end = line.strip() and not line.strip(" `~")
        return (before if may_end else tail).rstrip("\n")
    if FENCE_LINE.fullmatch(line) or _NO_WORD_YET.match(line):
        return before + line_break
    end = line[-_MOST_HELD:]
    held = _LOOSE_END.search(end)
    return tail if held is None else tail[: len(tail) - len(end) + held.start()]
