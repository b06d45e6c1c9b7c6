"""What a model wrapped around a text: thoughts, fences, courtesies. Pure."""

from __future__ import annotations

import re

from concepts.markdown.blocks import FENCE_LINE, HEADING, heading_text, split_blocks
from generation.courtesies import is_goodbye, is_preface
from generation.providers.thoughts.stripping import strip_thoughts
from roadmaps.text import text_key

# What stands before a tutorial or after it and is longer is no mere courtesy.
MAX_COURTESY = 400

_WRAPPERS, _PLAIN = {"markdown", "md"}, {"", "text", "txt", "plaintext"}
_STRUCTURE = re.compile(r"\A\s*([-*+>|]|\d+[.)])(\s|$)|\A\s*\|")
_RULE = re.compile(r"\s*([-*_])(\s*\1){2,}\s*")


def clean_tutorial(text: str, title: str = "") -> str:
    """The markdown a model meant: without its thoughts, a fence around all of it, courtesies
    before and after, and a first heading that only repeats the concept's title."""
    markdown = strip_thoughts(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    markdown = strip_thoughts(_unwrap(markdown)).strip()
    markdown = _drop_preface(markdown)
    markdown = _drop_closing(markdown)
    first, _, rest = markdown.partition("\n")
    heading = HEADING.fullmatch(first)
    if heading and (heading[1] == "#" or text_key(heading_text(heading)) == text_key(title)):
        markdown = rest.strip()
    return markdown


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
