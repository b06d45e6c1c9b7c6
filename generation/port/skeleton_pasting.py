"""A plan that somebody brings along, kept in another way than its lines are written here. Pure.

First it is read as any skeleton. Where that leaves something over, it may be a table, the export of
an outliner, or a list without marks; such a reading counts only if it leaves nothing over, for
nobody's plan is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generation.port.skeleton_lines import is_bullet, is_passed_over, read_field, read_item
from generation.port.skeleton_markup import unfold_markup
from generation.port.skeleton_reading import (
    MOST_CHARACTERS,
    LineProblem,
    Parsed,
    read_lines,
    read_skeleton,
    split_lines,
)
from generation.port.skeleton_tables import Numbered, TableFault, unfold_table
from roadmaps.title_words import PARTS

_LONGEST_TITLE = 120
_SENTENCE = re.compile(r"[.!。！…]\s*\Z")
# “1 Ropes” above “1.1 Fibres”.
_BARE_NUMBER = re.compile(r"(?P<number>\s{0,40}\d{1,2})(?=[ \t]{1,9}[^\W\d_])")
# “Day 3: Knots”, “Session 3”.
_COUNTED = re.compile(
    rf"(?:{'|'.join(sorted(map(re.escape, PARTS), key=len, reverse=True))})\s?\d{{1,3}}(?!\w)",
    re.IGNORECASE,
)
_OF_TWO_NUMBERS = re.compile(r"\s{0,40}\d{1,2}\.\d{1,2}[.\s]")


def read_pasted(text: str) -> Parsed:
    """As `read_skeleton`, and what that cannot read."""
    parsed = read_skeleton(text)
    if len(text) > MOST_CHARACTERS or _is_clean(parsed):
        return parsed
    lines = split_lines(text)
    try:
        unfolded = unfold_markup(lines) or unfold_table(lines)
    except TableFault as fault:
        return Parsed(problems=[LineProblem(fault.line, fault.message)])
    if unfolded is not None:
        return read_lines(unfolded)
    marked = read_lines(_with_marks(lines))
    return marked if _is_clean(marked) else parsed


def _is_clean(parsed: Parsed) -> bool:
    return bool(parsed.stages) and not parsed.problems and not parsed.passed_over


def _with_marks(lines: Sequence[str]) -> Iterator[Numbered]:
    """Lines that have no mark, with the one they mean.

    Among lines that have marks, the one right above a list is its heading: “Week 1”, “Ropes:”.
    Below headings, and where all are told by how far in they begin, each is part of a list.
    """
    told = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    has_lists = any(is_bullet(line) for _, line in told)
    has_marks = any(read_item(line) for _, line in told)
    has_numbers = any(_OF_TWO_NUMBERS.match(line) for _, line in told)
    following = [*(line for _, line in told[1:]), ""]
    for (number, line), below in zip(told, following, strict=False):
        if has_numbers and (found := _BARE_NUMBER.match(line)):
            yield number, f"{found['number']}.{line[found.end() :]}"
        elif not _needs_mark(line):
            yield number, line
        elif is_bullet(below) or (not has_marks and _COUNTED.match(line)):
            yield number, f"## {line.strip().rstrip(':：')} ##"
        else:
            yield number, line if has_lists else _as_bullet(line)


def _needs_mark(line: str) -> bool:
    """Not what is a sentence about the plan."""
    is_told = read_item(line) or read_field(line) or is_passed_over(line)
    return not is_told and len(line) <= _LONGEST_TITLE and not _SENTENCE.search(line)


def _as_bullet(line: str) -> str:
    title = line.lstrip()
    return f"{line[: len(line) - len(title)]}- {title}"
