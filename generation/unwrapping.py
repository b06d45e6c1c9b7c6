"""What a model wrapped around a text: thoughts, fences, courtesies. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from generation.code_spans import find_code_spans
from generation.courtesies import is_goodbye, is_preface
from roadmaps.text import text_key

# What stands before a tutorial or after it and is longer is no mere courtesy.
MAX_COURTESY = 400

_THINK = "think|thinking|thought|reasoning"
# What has but a word between its ends is spoken of: it is passed over.
_TAG = re.compile(
    rf"<({_THINK})> ?(?:\.{{3}}|…|and|or|to|/|und|et|y|e|и|和|与|與|到|、) ?</\1>"
    rf"|<(?P<closes>/?)(?P<name>{_THINK})>",
    re.IGNORECASE,
)
# Both ends in the midst of one line.
_PAIR = re.compile(rf"<({_THINK})>[^\n<]*(</\1>)(?=[^\S\n]*\S)", re.IGNORECASE)
_CJK = r"\u3040-\u30ff\u3400-\u9fff"
# What stands before a tag within a sentence, and how that goes on after it. Scripts without
# capitals do not show that it is the same sentence: there only an opening tag is believed, for a
# closing one may end the thought of a model whose opening tag was lost.
_WITHIN = re.compile(rf".?[\"'“‘«「『（(*]|[\w,;] |.?[{_CJK}，、]", re.DOTALL)
_ON = r"[\"'*.?!]| [a-z\u00df-\u00f6\u00f8-\u00ff\u0430-\u0451]"
_GOES_ON = {"/": re.compile(_ON), "": re.compile(rf"{_ON}| ?[{_CJK}]")}
# After these nobody begins to think, or ends, wherever the tag stands.
_NEVER_FIRST = re.compile(r" ?[”’»」』）),;:|，、：；]")
FENCE_LINE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*")
_WRAPPERS, _PLAIN = {"markdown", "md"}, {"", "text", "txt", "plaintext"}
HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*?)[ \t]*#*[ \t]*")
_STRUCTURE = re.compile(r"\s*([-*+>|]|\d+[.)])(\s|$)|\s*\|")
_RULE = re.compile(r"\s*([-*_])(\s*\1){2,}\s*")
Block = tuple[bool, list[str]]


class Tag(NamedTuple):
    start: int
    end: int
    name: str
    closes: bool
    is_spoken: bool


def clean_tutorial(text: str, title: str = "") -> str:
    """The markdown a model meant: without its thoughts, a fence around all of it, courtesies
    before and after, and a first heading that only repeats the concept's title."""
    markdown = strip_thoughts(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    markdown = strip_thoughts(_unwrap(markdown)).strip()
    markdown = _drop_preface(markdown)
    markdown = _drop_closing(markdown)
    first, _, rest = markdown.partition("\n")
    heading = HEADING.fullmatch(first)
    if heading and (heading[1] == "#" or text_key(heading[2]) == text_key(title)):
        markdown = rest.strip()
    return markdown


def strip_thoughts(text: str) -> str:
    """Without `<think>…</think>` and its kin, also where either end was lost; code is kept.

    A learner must never read a thought, so in doubt a tag is one: where it stands alone, begins
    or ends a line or follows a sentence, all is dropped from it to its other end or, if that was
    lost, to the end (the beginning) of the text. Only a tag in the midst of a sentence that goes
    on after it is spoken of: no model breaks off there to think.
    """
    text = _skip_first_thoughts(text)
    while cuts := _find_cuts(list(_find_tags(text)), len(text)):
        # Once more: what is left may have become, or ceased to be, a line that opens a code block.
        starts = [0, *(end for _, end in cuts)]
        ends = [*(start for start, _ in cuts), len(text)]
        text = "".join(text[start:end] for start, end in zip(starts, ends, strict=True))
    return text


def _skip_first_thoughts(text: str) -> str:
    """A model thinks before it answers, perhaps with code in its thoughts."""
    opens = re.match(rf"\s*<({_THINK})>", text, re.IGNORECASE)
    return text[_end_of_thought(text, opens) :] if opens else text


def _end_of_thought(text: str, opens: re.Match[str]) -> int:
    """By the same name: the thought may hold code that speaks of others."""
    rest, name = text[opens.end() :], opens[1].casefold()
    for tag in _find_tags(rest):
        if tag.closes and tag.name == name and not tag.is_spoken:
            return opens.end() + tag.end
    # A code block that it left open may have hidden the end.
    closes = re.compile(rf"</{name}>", re.IGNORECASE).search(text, opens.end())
    return closes.end() if closes else len(text)


def _find_tags(text: str) -> Iterator[Tag]:
    """The thought tags outside of code."""
    offset = 0
    for is_code, lines in split_blocks(text):
        part = "\n".join(lines)
        for found in _outside_of_backticks(part) if not is_code else ():
            if found["name"]:
                spoken = _is_spoken_of(part, found)
                name, closes = found["name"].casefold(), bool(found["closes"])
                yield Tag(offset + found.start(), offset + found.end(), name, closes, spoken)
        offset += len(part) + 1


def _outside_of_backticks(part: str) -> Iterator[re.Match[str]]:
    """Tags in backticks are spoken of, too."""
    spans = list(find_code_spans(part)) if _TAG.search(part) else []
    for found in _TAG.finditer(part):
        place = bisect_right(spans, (found.start(), len(part)))
        if not place or spans[place - 1][1] <= found.start():
            yield found


def _is_spoken_of(text: str, tag: re.Match[str]) -> bool:
    if not _stands_in_a_sentence(text, tag.start(), tag.end(), tag["closes"]):
        return False
    pair = None if tag["closes"] else _PAIR.match(text, tag.start())
    return pair is None or _stands_in_a_sentence(text, pair.start(2), pair.end(2), "/")


def _stands_in_a_sentence(text: str, start: int, end: int, closes: str) -> bool:
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    if _NEVER_FIRST.match(after):
        return True
    return bool(_WITHIN.fullmatch(before) and _GOES_ON[closes].match(after))


def _find_cuts(tags: list[Tag], length: int) -> list[tuple[int, int]]:
    cuts: list[tuple[int, int]] = []
    last_end = max((tag.end for tag in tags if tag.closes and not tag.is_spoken), default=0)
    opened: Tag | None = None
    for tag in tags:
        if not tag.closes:
            opened = opened if opened and not opened.is_spoken else tag
        elif opened is None or opened.is_spoken:
            opened = None
            if not tag.is_spoken:
                # Its beginning was lost: all before it was thought.
                cuts = [(0, tag.end)]
        elif not tag.is_spoken or tag.end > last_end:
            cuts.append((opened.start, tag.end))
            opened = None
    if opened and not opened.is_spoken:
        cuts.append((opened.start, length))
    return cuts


def split_blocks(text: str) -> list[Block]:
    """The lines in turns of prose and fenced code, fences included."""
    blocks: list[Block] = [(False, [])]
    fence = ""
    for line in text.split("\n"):
        mark = FENCE_LINE.fullmatch(line)
        if fence:
            blocks[-1][1].append(line)
            if mark and mark[1].startswith(fence) and not mark[2]:
                fence = ""
                blocks.append((False, []))
        elif mark:
            fence = mark[1]
            blocks.append((True, [line]))
        else:
            blocks[-1][1].append(line)
    return [block for block in blocks if block[1]]


def _unwrap(markdown: str) -> str:
    """Take off a fence around the whole, with the courtesies before it and a few words after it."""
    lines = markdown.split("\n")
    start = next((place for place, line in enumerate(lines) if FENCE_LINE.fullmatch(line)), None)
    if start is None or not _is_only_preface(lines[:start]):
        return markdown
    mark = FENCE_LINE.fullmatch(lines[start])
    assert mark is not None
    if not _wraps(mark[2], lines[start:]):
        return markdown
    for end in _ends_of_wrapper(lines, start, mark[1]):
        after = lines[end + 1 :]
        is_short = len("\n".join(after)) <= MAX_COURTESY
        if is_short and not any(map(_is_structure, after)) and _is_whole(lines[start + 1 : end]):
            return "\n".join(lines[start + 1 : end]).strip()
    return markdown


def _is_only_preface(lines: list[str]) -> bool:
    return all(not line.strip() or _RULE.fullmatch(line) or is_preface(line) for line in lines)


def _ends_of_wrapper(lines: list[str], start: int, fence: str) -> list[int]:
    """Where it may end: at the last fence like its own, or nowhere if the model forgot that. Then
    the next fence must be one that opens, or else it is the end of a block that starts the text."""
    closing = [place for place, line in enumerate(lines) if line.strip() == fence and place > start]
    marks = (FENCE_LINE.fullmatch(line) for line in lines[start + 1 :])
    inner = next((mark for mark in marks if mark), None)
    return [*closing[-1:], *([len(lines)] if inner is None or inner[2] else [])]


def _is_whole(inner: list[str]) -> bool:
    """Whether no code block is torn, as by taking an inner fence for the wrapper's own."""
    (*_, (is_code, last)) = split_blocks("\n".join(inner))
    return not is_code or (len(last) > 1 and FENCE_LINE.fullmatch(last[-1]) is not None)


def _wraps(label: str, lines: list[str]) -> bool:
    """Models name it markdown. Under another label, or none, it may be an example's output."""
    if label.casefold() in _WRAPPERS:
        return True
    return label.casefold() in _PLAIN and any(HEADING.fullmatch(line) for line in lines[1:3])


def _is_structure(line: str) -> bool:
    return bool(HEADING.fullmatch(line) or FENCE_LINE.fullmatch(line) or _STRUCTURE.match(line))


def _drop_preface(markdown: str) -> str:
    """Without the lines that only hand the tutorial over."""
    lines = markdown.split("\n")
    while (end := _end_of_preface(lines)) and len("\n".join(lines[:end])) <= MAX_COURTESY:
        lines = lines[end:]
    return "\n".join(lines)


def _end_of_preface(lines: list[str]) -> int:
    """How many lines at the beginning are one courtesy, or a rule, and the gap after it."""
    end = next((n for n, line in enumerate(lines) if not line.strip() or _is_structure(line)), 0)
    rest = next((n for n in range(end, len(lines)) if lines[n].strip()), 0)
    if _RULE.fullmatch(lines[0]):
        return rest
    follows = next(
        (line for line in lines[rest:] if line.strip() and not _RULE.fullmatch(line)), ""
    )
    is_first = HEADING.fullmatch(follows) is not None
    return rest if is_preface(lines[0], before_heading=is_first) else 0


def _drop_closing(markdown: str) -> str:
    """Without the last paragraphs that only say good-bye."""
    while True:
        body, gap, last = markdown.rpartition("\n\n")
        if not gap or len(last) > MAX_COURTESY or not all(map(_says_nothing, last.split("\n"))):
            return markdown
        markdown = body.rstrip()


def _says_nothing(line: str) -> bool:
    return bool(_RULE.fullmatch(line)) or is_goodbye(line)
