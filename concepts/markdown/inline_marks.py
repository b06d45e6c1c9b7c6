r"""What CommonMark does not know: three tags, and formulas. Pure.

`<br>`, `<sub>` and `<sup>` are the only HTML a tutorial may hold. A formula is a token of its own,
with its signs: what Markdown makes of `a_1 * b_2`, `\(` and `\\` is none any more.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_TAG = re.compile(r"<(?:br\s{0,9}/?|(?P<end>/?)(?P<name>sub|sup)\s{0,9})>", re.IGNORECASE)
# More characters, or lines, than these are no formula: so looking for an end is never long.
_LONGEST = 1_000
_MOST_LINES = 40
# As pandoc knows them: no space inside the signs, no figure after them ("$5 and $10"); and no sign
# of a price: "US$5", "5$, …", "5$/month", "$5 each".
_PRICE = (
    r"(?<!\d\$(?=[,.;:!?)\]/–-]))(?<![A-Za-z]\$(?=\d))"
    r"(?!\d[\d.,]{0,12}[kKmMbB]?(?:/\w{1,20})?[,;]?\s[(*_]{0,3}"
    r"(?!(?:mod|min|max|sin|cos|tan|log|exp|gcd|lcm)\b)(?:[A-Za-z]{3}|(?:at|in|is|of|on|or|to)\b))"
)
_BETWEEN_DOLLARS = re.compile(
    rf"\$(?=[^\s$]){_PRICE}(?:[^$\\`\n]|\\.|\n(?!\s*\n)){{1,300}}(?<=[^\s$])\$(?![\d$])"
)
_ENDS = {"$$": "$$", r"\(": r"\)", r"\[": r"\]"}
# What may stand behind a formula that is a paragraph of its own.
_BEHIND = " .,;:。，"
_ENVIRONMENT = re.compile(r"\\begin\{([a-z]{1,20}\*?)\}")
# In a parser's `env`: the text is still being written, and may end anywhere.
GROWING = "is_growing"


def add_marks(parser: MarkdownIt) -> None:
    """Teach a parser these, before what would mangle them."""
    parser.inline.ruler.before("escape", "formula", _formula)
    parser.inline.ruler.before("autolink", "tag", _tag)
    parser.block.ruler.before(
        "fence",
        "formula",
        _formula_block,
        {"alt": ["paragraph", "reference", "blockquote", "list"]},
    )
    parser.core.ruler.push("tags", _pair_tags)


def _tag(state: StateInline, silent: bool) -> bool:
    found = _TAG.match(state.src, state.pos, state.posMax) if _is_at(state, "<") else None
    if found is None:
        return False
    if not silent:
        token = state.push("tag" if found["name"] else "hardbreak", "", 0)
        token.content = found[0]
        token.info = (found["end"] or "") + (found["name"] or "").lower()
    state.pos = found.end()
    return True


def _pair_tags(state: StateCore) -> None:
    """Of tags that have no partner the text is left."""
    for block in state.tokens:
        children = block.children or []
        open_tags: list[Token] = []
        for token in children:
            if token.type == "tag":
                token.type = "text"
                _meet(token, open_tags)


def _meet(token: Token, open_tags: list[Token]) -> None:
    if not token.info.startswith("/"):
        open_tags.append(token)
    elif open_tags and open_tags[-1].info == token.info[1:]:
        opening = open_tags.pop()
        opening.nesting, token.nesting = 1, -1
        for one in (opening, token):
            one.type, one.tag, one.content = "tag", opening.info, ""


def _formula(state: StateInline, silent: bool) -> bool:
    end = _end_of_formula(state.src, state.pos, state.posMax)
    if not end:
        return False
    if not silent:
        state.push("formula", "", 0).content = state.src[state.pos : end]
    state.pos = end
    return True


def _end_of_formula(text: str, start: int, limit: int) -> int:
    """Where the formula that begins at `start` ends; 0 where there is none."""
    if text[start] not in "$\\":
        return 0
    limit = min(limit, start + _LONGEST)
    if end := _closing_of(text, start):
        place = text.find(end, start + 2, limit)
        return place + len(end) if place > start + 2 else 0
    found = _BETWEEN_DOLLARS.match(text, start, limit)
    return found.end() if found else 0


def _closing_of(text: str, start: int) -> str:
    environment = _ENVIRONMENT.match(text, start)
    if environment:
        return rf"\end{{{environment[1]}}}"
    return _ENDS.get(text[start : start + 2], "")


def _formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A paragraph of its own, whose lines may look like a heading or a list."""
    first = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    closing = "" if state.is_code_block(start) else _closing_of(first, 0) if first else ""
    if not closing or closing == r"\)":
        return False
    after = _line_after(state, start, min(end, start + _MOST_LINES), closing)
    is_open = after is None
    if after == start or (is_open and not _may_go_on(state, start, end)):
        return False
    if not silent:
        state.line = after or end
        if not is_open:
            _push_paragraph(state, start, state.line)
    return True


def _may_go_on(state: StateBlock, start: int, end: int) -> bool:
    """Of a text that is still being written: what stands open at its end shows nothing yet."""
    is_last = end >= len(state.bMarks) - 1 and end - start < _MOST_LINES
    return is_last and GROWING in state.env


def _line_after(state: StateBlock, start: int, end: int, closing: str) -> int | None:
    """Behind the line that ends the formula; None where none does, and `start` where it is none:
    other text follows on that line, or what it stands in ends before."""
    for line in range(start, end):
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()
        if state.sCount[line] < state.blkIndent and text:
            return start
        rest = text[2:] if line == start else text
        if closing in rest:
            is_all = rest.rstrip(_BEHIND).endswith(closing) and rest.count(closing) == 1
            return line + 1 if is_all else start
    return None


def _push_paragraph(state: StateBlock, start: int, end: int) -> None:
    token = state.push("paragraph_open", "p", 1)
    token.map = [start, end]
    token = state.push("inline", "", 0)
    token.content = ""
    lines = state.getLines(start, end, state.blkIndent, False).strip()
    formula, behind = Token("formula", "", 0), Token("text", "", 0)
    formula.content = lines.rstrip(_BEHIND)
    behind.content = lines[len(formula.content) :]
    token.children = [formula, behind]
    token.map = [start, end]
    state.push("paragraph_close", "p", -1)


def _is_at(state: StateInline, sign: str) -> bool:
    return state.src[state.pos] == sign
