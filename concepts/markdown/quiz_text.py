r"""Questions and choices as their readers see them: as they were written, but for code. Pure.

Of Markdown only code counts, and a piece that names its language (`foreign.py`). In a quiz
`__init__`, `*args`, `\d+\.\d+`, `<div>` and `&amp;` stand beside each other to be told apart: a
mark that is swallowed makes two answers one.
"""

from __future__ import annotations

import functools
import re
import unicodedata

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from concepts.markdown.code_blocks import highlight
from concepts.markdown.foreign import SPOKEN
from roadmaps.text import reading_key

_TAGS = {"br", "code", "p", "pre", "span", "strong"}
_ATTRIBUTES = {"p": {"dir"}, "span": {"class", "lang"}, "pre": {"class", "tabindex"}}
# A line that begins like this was meant to stand by itself.
_OWN_LINE = re.compile(r"\n(?: {2,}|\t| ?(?:[-*+•>|#]|\d{1,3}[.)]|[A-Za-z][.)]|[(（]\w{1,3}[)）]))")
# The stress of a “not” in a question: words alone, so that no operator and no name is taken for it.
_STRESS = re.compile(r"(?<![\w*])\*\*([^\W\d_]+(?:[ '’-][^\W\d_]+){0,5})\*\*(?![\w*])")


@functools.lru_cache(maxsize=512)
def render_stem(text: str) -> str:
    """Paragraphs, blocks of code, code within lines, and **stress** of words."""
    return _clean(str(_stem_parser().render(text)))


@functools.lru_cache(maxsize=4_096)
def render_choice(text: str) -> str:
    """One line; what stands in backticks is code. Where nothing in it runs from right to left, it
    runs from left to right on every page: else "C++" would be "++C" among Arabic."""
    direction = "" if any(map(_is_right_to_left, text)) else ' dir="ltr"'
    return _clean(f"<p{direction}>{_choice_parser().renderInline(text)}</p>")


def _is_right_to_left(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in {"R", "AL"}


def visible_choice(text: str) -> str:
    """What tells choices apart for those who read them: all but spaces and the form of code."""
    (line,) = _choice_parser().parseInline(text)
    return reading_key("".join(token.content for token in line.children or []))


def _clean(html: str) -> str:
    """The parser escapes everything; this is the second wall."""
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES)


@functools.cache
def _choice_parser() -> MarkdownIt:
    parser = MarkdownIt("zero").enable("backticks")
    parser.inline.ruler.push("quiz_language", _spoken)
    return parser


@functools.cache
def _stem_parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"highlight": highlight}).enable(["backticks", "code", "fence"])
    parser.inline.ruler.push("quiz_lines", _lines)
    parser.inline.ruler.push("quiz_stress", _stress)
    parser.inline.ruler.push("quiz_language", _spoken)
    parser.add_render_rule(
        "code_block", lambda _self, tokens, index, *_rest: highlight(tokens[index].content)
    )
    return parser


def _lines(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "\n":
        return False
    if not silent:
        is_own = _OWN_LINE.match(state.src, state.pos)
        state.push("hardbreak" if is_own else "softbreak", "br", 0)
    state.pos += 1
    return True


def _stress(state: StateInline, silent: bool) -> bool:
    found = _STRESS.match(state.src, state.pos) if state.src[state.pos] == "*" else None
    if found is None:
        return False
    if not silent:
        state.push("strong_open", "strong", 1)
        state.push("text", "", 0).content = found[1]
        state.push("strong_close", "strong", -1)
    state.pos = found.end()
    return True


def _spoken(state: StateInline, silent: bool) -> bool:
    found = SPOKEN.match(state.src, state.pos) if state.src[state.pos] == "*" else None
    if found is None:
        return False
    if not silent:
        state.push("span_open", "span", 1).attrSet("lang", found["tag"])
        state.push("text", "", 0).content = found["said"]
        state.push("span_close", "span", -1)
    state.pos = found.end()
    return True
