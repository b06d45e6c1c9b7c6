"""The grammar of a tutorial, shown: answers, hints, solutions and checks are folded. Pure.

The tokens of Markdown go in and come out with marks between them; what a mark stands for is HTML
of ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from concepts.markdown.marks import Marks
from concepts.markdown.signs import LEVELS, Sign, find_sign

_FOLDED = {Sign.QUESTION, Sign.HINT, Sign.SOLUTION, Sign.CHECK}
_IN_EXERCISES = {Sign.HINT, Sign.SOLUTION, Sign.CHECK}


@dataclass(frozen=True)
class Check:
    """What a learner runs on their own machine to see whether an exercise is solved."""

    language: str
    code: str


class Grammar:
    """What a text is read with, and what was found in it: the parser's `env` has one."""

    def __init__(
        self, marks: Marks, figures: Mapping[str, str] | None = None, *, exercises: int = 0
    ) -> None:
        self.marks = marks
        self.figures = figures or {}
        # So many stood in the text so far; a part of one goes on counting.
        self.exercises = exercises
        # By the number of the exercise, counted from the beginning of the text.
        self.checks: dict[int, Check] = {}
        # Lines at which a block begins while nothing is open: what stands before is done with.
        self.beginnings: list[int] = []


def fold_signs(state: StateCore) -> None:
    if isinstance(grammar := state.env.get("grammar"), Grammar):
        state.tokens = _Folding(state.tokens, grammar).fold()


def render_mark(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: Any
) -> str:
    return str(env["grammar"].marks.put(tokens[index].content))


def mark(html: str) -> Token:
    token = Token("mark", "", 0)
    token.content = html
    token.block = True
    return token


class _Folding:
    """One walk over the blocks; `_open` holds what is not closed yet, the outermost first."""

    def __init__(self, tokens: list[Token], grammar: Grammar) -> None:
        self._tokens = tokens
        self._grammar = grammar
        self._folded: list[Token] = []
        self._open: list[Sign] = []

    def fold(self) -> list[Token]:
        place = 0
        while place < len(self._tokens):
            place += self._take(place)
        self._close_from(0)
        return self._folded

    def _take(self, place: int) -> int:
        """How many tokens are done."""
        token = self._tokens[place]
        if token.level == 0 and token.type == "heading_open":
            self._take_heading(place)
            return 3
        if token.level == 0 and token.type == "hr" and self._ends_answer():
            return 1
        self._note_beginning(token)
        self._folded.append(token)
        return 1

    def _take_heading(self, place: int) -> None:
        opening, inline, closing = heading = self._tokens[place : place + 3]
        if opening.markup == "-" and self._is_answering():
            # A line of dashes right under a paragraph ends the answer; it makes no heading.
            opening.type, closing.type = "paragraph_open", "paragraph_close"
            opening.tag = closing.tag = "p"
            self._folded += heading
            self._ends_answer()
            return
        level = max(2, int(opening.tag[1]))
        self._close_above(level)
        self._note_beginning(opening)
        sign = find_sign(level, inline.content)
        if sign is None or not self._may_stand(sign, place + 3):
            self._folded += heading
            return
        self._begin(sign, heading, place + 3)

    def _note_beginning(self, token: Token) -> None:
        if token.level == 0 and token.map and not self._open:
            self._grammar.beginnings.append(token.map[0])

    def _may_stand(self, sign: Sign, after: int) -> bool:
        if sign in _IN_EXERCISES and self._open[-1:] != [Sign.EXERCISE]:
            return False
        if sign not in _FOLDED:
            return True
        following = self._tokens[after] if after < len(self._tokens) else None
        is_answer = sign is Sign.QUESTION and following is not None and following.markup == "-"
        # Where nothing follows, nothing is folded.
        return following is not None and (following.type not in {"heading_open", "hr"} or is_answer)

    def _begin(self, sign: Sign, heading: list[Token], after: int) -> None:
        self._open.append(sign)
        if sign not in _FOLDED:
            self._grammar.exercises += sign is Sign.EXERCISE
            self._folded += [mark(f'<section class="{sign.value}">'), *heading]
            return
        self._folded += [
            mark(f'<details class="fold {sign.value}"><summary>'),
            *heading,
            mark("</summary>"),
        ]
        if sign is Sign.CHECK:
            self._find_code(after)

    def _find_code(self, place: int) -> None:
        for at in range(place, len(self._tokens)):
            token = self._tokens[at]
            if token.type == "heading_open":
                return
            if token.type == "fence":
                language = (token.info.split() or [""])[0]
                self._grammar.checks[self._grammar.exercises] = Check(language, token.content)
                self._folded.append(
                    mark(f'<p class="check" data-check="{self._grammar.exercises}"></p>')
                )
                return

    def _is_answering(self) -> bool:
        return self._open[-1:] == [Sign.QUESTION]

    def _ends_answer(self) -> bool:
        if not self._is_answering():
            return False
        self._close_from(len(self._open) - 1)
        return True

    def _close_above(self, level: int) -> None:
        """What a heading of this level ends: an answer always, all else if it is no deeper."""
        for place, sign in enumerate(self._open):
            if sign is Sign.QUESTION or LEVELS[sign] >= level:
                self._close_from(place)
                return

    def _close_from(self, place: int) -> None:
        for sign in reversed(self._open[place:]):
            self._folded.append(mark("</details>" if sign in _FOLDED else "</section>"))
        del self._open[place:]
