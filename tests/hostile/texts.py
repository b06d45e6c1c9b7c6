"""Texts that make bad expressions slow: of many kinds, and made from each expression itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from re import _constants as codes  # type: ignore[attr-defined]  # as its own parser has them
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any
from zlib import crc32

from tests.hostile.building import Text

# Every kind of character that something in the project looks for, or stumbles over.
_CHARACTERS = (
    "aA0 \n\t\r`~*_#-+=|<>[](){}\"'\\/?!.,:;&%$^@"
    "“«「（的あ한اक\u0301\u200d\u202e\ufdfaİß🙂\x00\ud800"
)
_PIECES = (
    "ab", "a ", "a\n", "\n\n", "\n ", " \n", "a  ", "token", "token=", "token='", "api_key: ",
    "`a`", "`` ", "`a", "``\n", "<think>", "</think>", "x <think>y</think> z ", "<think", "<a ",
    "</", "<br>", "<|im_end|>", "<!--", "[a](b)", "](", "![", "[^1]", "**a", "*a ", "_a_", "~~a",
    "> ", "- ", "1. ", "# ", "## a\n", "a #", "|a", "|-|\n", "```\n", "~~~\n", "    a\n",
    "http://a", "a:// ", "https://a.b ", "www.a.b ", "a@b.c ", "\\(", "$a", "$a$ ", "&amp;",
    "&#1;", "&a", "Sure! ", "Sure, here is ", "TODO", "- TODO", "[insert ", "a and b, ",
    "both 1 and ", "“a", '"a', "'a", "(a", "a)", "{a", '{"a":', "[1,", "a.b", "a, ", "a; ", "a: ",
    "- - ", "* * ", "of the ", "the correct answer is ", "option a ", "答案是", "选项A",
    "以上", "第一",
    "a1", "a-", "-a", "\\a", "á", "的a", "«a", "thinking...\n", "<details>", "assistant\n",
    "final",
)  # fmt: skip
# What shows most of what there is to be found, where each text takes long to look through.
QUICK = ("a", " ", "\n", "`", "*", "[", "<think>", "- ", "## a\n", "a, ", "“a")


def _repeated(piece: str, length: int, *, before: str = "", after: str = "") -> str:
    return (before + piece * (length // len(piece) + 1))[:length] + after


def repeat(piece: str, *, before: str = "", after: str = "") -> Text:
    return partial(_repeated, piece, before=before, after=after)


def _nested(opening: str, closing: str, length: int) -> str:
    many = length // (len(opening) + len(closing))
    return opening * many + closing * many


def quick_texts() -> dict[str, Text]:
    return {repr(piece): repeat(piece) for piece in QUICK}


def some_texts(name: str) -> dict[str, Text]:
    """Three of the quick ones, others for each name: what one function is not given, those that
    call it or are called by it are."""
    first = crc32(name.encode()) % len(QUICK)
    chosen = [QUICK[(first + 4 * place) % len(QUICK)] for place in range(3)]
    return {repr(piece): repeat(piece) for piece in chosen}


def all_texts() -> dict[str, Text]:
    pieces = [*_CHARACTERS, *_PIECES]
    texts = {repr(piece): repeat(piece) for piece in pieces}
    texts |= {f"{piece!r} …": repeat(piece, before="x", after="\x01") for piece in pieces}
    for opening, closing in ("()", "[]", "{}", "<>", ("**", "**"), ("`", "`"), ("> ", "\n")):
        texts[f"nested {opening!r}"] = partial(_nested, opening, closing)
    texts["nested list"] = lambda length: _stairs("- a\n", length)
    texts["growing runs"] = lambda length: _growing("`", length)
    return texts


def _stairs(line: str, length: int) -> str:
    """Each line further in than the one before."""
    steps = int((2 * length) ** 0.5 / 2)
    return "".join(f"{'  ' * step}{line}" for step in range(steps))


def _growing(mark: str, length: int) -> str:
    return " ".join(mark * size for size in range(1, int((2 * length) ** 0.5)))


def texts_against(expression: re.Pattern[str], *, most: int = 40) -> dict[str, Text]:
    """What its own parts match, over and over: each alone, two in turns, and after what stands
    before them; with and without an end that spoils the match."""
    parsed = parser.parse(expression.pattern, expression.flags & ~re.TEMPLATE & ~re.DEBUG)
    fragments = list(dict.fromkeys(part for part in _fragments(parsed) if part[0]))
    # The shorter ones are repeated the most.
    fragments = sorted(fragments, key=lambda part: len(part[0]))[:most]
    bodies = list(dict.fromkeys(body for body, _ in fragments))
    texts: dict[str, Text] = {}
    for body, before in fragments:
        texts[f"own {body!r} after {before[-20:]!r}"] = repeat(body, before=before, after="\x01")
        texts[f"own {before + body!r}"] = repeat(before + body)
    for one, other in pairwise(bodies):
        texts[f"own {one + other!r}"] = repeat(one + other, after="\x01")
    return texts


def _fragments(parsed: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Samples of what is repeated and of what is not, with what stands before them."""
    yield _sample(parsed), before
    for code, value in parsed:
        for part in _inner(code, value):
            yield from _fragments(part, before)
        before += _sample([(code, value)])


def _inner(code: Any, value: Any) -> list[Any]:
    if code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
        return [value[2]]
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code is codes.BRANCH:
        return list(value[1])
    if code in {codes.ASSERT, codes.ASSERT_NOT}:
        return [value[1]]
    return [value] if code is codes.ATOMIC_GROUP else []


def _sample(parsed: Any) -> str:
    """Something that it matches, more or less: a repetition at least once."""
    return "".join(_sample_of(code, value) for code, value in parsed)


def _sample_of(code: Any, value: Any) -> str:
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.NOT_LITERAL:
        return "x" if chr(value) != "x" else "y"
    if code is codes.ANY:
        return "x"
    if code is codes.IN:
        return _sample_of_set(value)
    if code in {codes.AT, codes.GROUPREF, codes.ASSERT_NOT, codes.GROUPREF_EXISTS}:
        return ""
    parts = _inner(code, value)
    times = max(value[0], 1) if code in {codes.MAX_REPEAT, codes.MIN_REPEAT} else 1
    return _sample(parts[0]) * min(times, 20) if parts else ""


def _sample_of_set(parts: Any) -> str:
    code, value = parts[0]
    if code is codes.NEGATE:
        excluded = re.compile(f"[{''.join(_set_source(part) for part in parts[1:])}]")
        return next((char for char in "x0 -\n的" if not excluded.match(char)), "")
    if code is codes.RANGE:
        return chr(value[0])
    if code is codes.CATEGORY:
        return _CATEGORIES.get(value, "x")
    return chr(value)


_CATEGORIES = {
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_NOT_WORD: ".",
}
_SOURCES = {
    codes.CATEGORY_DIGIT: r"\d",
    codes.CATEGORY_NOT_DIGIT: r"\D",
    codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_NOT_SPACE: r"\S",
    codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_WORD: r"\W",
}


def _set_source(part: Any) -> str:
    code, value = part
    if code is codes.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return _SOURCES[value] if code is codes.CATEGORY else re.escape(chr(value))
