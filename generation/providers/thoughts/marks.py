"""The marks that models, and the servers in front of them, put around what they say. Pure.

Collected from the chat templates of open models and from what servers make of them. They are told
by how they are built, not one by one: a word for thinking between any of the brackets in use, so
that the next model's `<foo_think>` or `<|begin_of_thought|>` is known before it is published.
Every expression is of bounded length from where it begins, so that a search is linear.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from concepts.markdown.blocks import split_blocks
from concepts.markdown.code_spans import find_code_spans

_STEM = (
    "think(?:ing)?|thoughts?|reason(?:ing)?|reflection|scratchpad|monologue|analysis|analy[sz]e"
    "|deliberation|cot|plan(?:ning)?|rationale|ponder(?:ing)?|brainstorm(?:ing)?|思考|思维链"
)
# Written as one word: `<antThinking>`, `<deepthink>`, `<ThinkingProcess>`.
_IN_ONE_WORD = r"[a-z0-9]{0,16}think[a-z0-9]{0,16}"
_PART = r"[a-z0-9]{1,16}"
_NAME = (
    rf"(?:inner_(?:prefix|suffix)"
    rf"|(?:{_PART}[_▁:-]){{0,3}}(?:{_STEM})(?:[_▁:-]{_PART}){{0,3}}|{_IN_ONE_WORD})"
)
# `<think>`, `<seed:think>`, `<|START_THINKING|>`, `<|think>`, `<｜think｜>`, `◁/think▷`, `[THINK]`.
_THOUGHT = re.compile(
    # Also escaped, or as wide as ideographs.
    rf"(?:\\?<|[＜⟨])[|｜]? ?(?P<slash>[/／]?) ?(?P<name>{_NAME})(?:\s[^<>\n]{{0,120}})?"
    r"(?P<empty>/?)[|｜]?(?:\\?>|[＞⟩])"
    rf"|&lt;(?P<slash4>/?)(?P<name4>{_NAME})&gt;"
    rf"|◁(?P<slash2>/?)(?P<name2>{_NAME})▷"
    r"|\[(?P<slash3>/?)(?P<name3>(?-i:(?:BEGIN |START |END )?"
    r"(?:THINK(?:ING)?|THOUGHTS?|REASONING)))\](?![(\[:])"
    # In small letters an opening one may be a link; a closing one is nothing else.
    r"|\[(?P<slash5>/)(?P<name5>think(?:ing)?|thoughts?|reasoning)\](?![(\[:])"
    # Kimi's elements of three tokens, Gemma's channel, and the spare tokens of Pangu and Gemma.
    r"|<\|(?P<verb>open|close)\|>\s{0,2}think\s{0,2}<\|sep\|>"
    r"|(?P<gemma><\|channel>(?:thought|analysis)?|<channel\|>)"
    r"|(?P<spare>\[unused1[67]\]|<unused9[45]>)"
    # What some gateways make of thoughts.
    r"|(?P<details><details type=\"reasoning\"[^<>\n]{0,200}>"
    r"|<details>\s{0,4}<summary>[^<>\n]{0,20}(?:think|thought|reason)[^<>\n]{0,60}</summary>)",
    re.IGNORECASE,
)
# A group of an expression has one name; each of the forms has its own.
_NAMES = ("name", "name2", "name3", "name4", "name5")
_SLASHES = ("slash", "slash2", "slash3", "slash4", "slash5")
_CLOSING_WORDS = {"end", "stop", "close", "suffix"}
_CLOSING_MARKS = {"<channel|>", "[unused17]", "<unused95>"}
# Both ends with but a word between them: they are spoken of.
_SPOKEN_PAIR = re.compile(
    rf"[<◁\[][|｜]?({_NAME})[|｜]?[>▷\]] ?"
    r"(?:\.{3}|…|and|or|to|/|und|et|y|e|и|和|与|與|到|、) ?[<◁\[][|｜]?/\1[|｜]?[>▷\]]",
    re.IGNORECASE,
)
# Both ends in the midst of one line.
_PAIR = re.compile(
    rf"[<◁\[][|｜]?({_NAME})[|｜]?[>▷\]][^\n<]{{0,200}}"
    r"([<◁\[][|｜]?/\1[|｜]?[>▷\]])(?=[ \t]{0,20}[^\s])",
    re.IGNORECASE,
)
_CJK = r"\u3040-\u30ff\u3400-\u9fff"
# What stands before a mark within a sentence, and how that goes on after it. Scripts without
# capitals do not show that it is the same sentence: there only an opening mark is believed, for a
# closing one may end the thought of a model whose opening mark was lost.
_WITHIN = re.compile(rf".?[\"'“‘«「『（(*]|[\w,;] |.?[{_CJK}，、]", re.DOTALL)
_ON = r"[\"'*.?!]| [a-z\u00df-\u00f6\u00f8-\u00ff\u0430-\u0451]"
_GOES_ON = {True: re.compile(_ON), False: re.compile(rf"{_ON}| ?[{_CJK}]")}
# After these nobody begins to think, or ends, wherever the mark stands.
_NEVER_FIRST = re.compile(r" ?[”’»」』）),;:|，、：；]")


class Mark(NamedTuple):
    start: int
    end: int
    name: str
    closes: bool
    is_spoken: bool
    is_empty: bool = False


def find_in_prose(expression: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Where an expression stands outside of code, fenced or in backticks."""
    offset = 0
    # Most texts hold none at all.
    blocks = split_blocks(text) if expression.search(text) else []
    for is_code, lines in blocks:
        end = offset + sum(map(len, lines)) + len(lines) - 1
        if not is_code:
            spans = list(find_code_spans(text[offset:end]))
            starts = [start for start, _ in spans]
            for found in expression.finditer(text, offset, end):
                place = bisect_right(starts, found.start() - offset) - 1
                if place < 0 or spans[place][1] <= found.start() - offset:
                    yield found
        offset = end + 1


def find_thought_marks(text: str) -> Iterator[Mark]:
    """The marks of thoughts outside of code."""
    last_end = 0
    for found in find_in_prose(_THOUGHT, text):
        if found.start() < last_end:
            continue
        if pair := _SPOKEN_PAIR.match(text, found.start()):
            last_end = pair.end()
            continue
        mark = _read_thought_mark(found)
        yield mark._replace(is_spoken=_is_spoken_of(text, mark))


def first_thought_mark(text: str, start: int = 0) -> Mark | None:
    """The one that stands there, if there is one and it opens a thought."""
    found = _THOUGHT.match(text, start)
    mark = _read_thought_mark(found) if found else None
    return None if mark is None or mark.closes else mark


def find_any_thought_mark(text: str, start: int = 0) -> Iterator[Mark]:
    """All marks from there on, those in code, too."""
    return (_read_thought_mark(found) for found in _THOUGHT.finditer(text, start))


def _read_thought_mark(found: re.Match[str]) -> Mark:
    stem, closes = _read(found[0], found["verb"], found.group(*_NAMES), found.group(*_SLASHES))
    is_empty = bool(found["empty"])
    return Mark(found.start(), found.end(), stem, closes, is_spoken=False, is_empty=is_empty)


@lru_cache(maxsize=200)
def _read(
    mark: str, verb: str | None, names: tuple[str | None, ...], slashes: tuple[str | None, ...]
) -> tuple[str, bool]:
    """What it is the mark of, and whether it closes. A text has the same few a thousand times."""
    words = set(re.split("[_▁:\\- ]", next(filter(None, names), "").casefold()))
    closes = bool(
        any(slashes)
        or words & _CLOSING_WORDS
        or (verb or "").casefold() == "close"
        or mark.casefold() in _CLOSING_MARKS
    )
    stem = " ".join(sorted(words - _CLOSING_WORDS - {"begin", "start", "prefix"}))
    return stem, closes


def _is_spoken_of(text: str, mark: Mark) -> bool:
    if not stands_in_a_sentence(text, mark.start, mark.end, closes=mark.closes):
        return False
    pair = None if mark.closes else _PAIR.match(text, mark.start)
    return pair is None or stands_in_a_sentence(text, pair.start(2), pair.end(2), closes=True)


def stands_in_a_sentence(text: str, start: int, end: int, *, closes: bool) -> bool:
    """Whether the sentence goes on after it: then it is spoken of, and means nothing."""
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    if _NEVER_FIRST.match(after):
        return True
    return bool(_WITHIN.fullmatch(before) and _GOES_ON[closes].match(after))
