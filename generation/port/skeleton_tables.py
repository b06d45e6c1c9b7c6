"""A plan kept as a table, as the lines that it would be: CSV, cells of a spreadsheet, Markdown.
Pure; linear in the text.

What a column holds is told by its name in the first row, in any language that plans are counted in;
without names only where there can be no doubt.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from generation.port.skeleton_lines import is_passed_over, read_field, read_item, without_bullet
from roadmaps.title_words import CONCEPTS, MODULES, STAGES

NAME_COLUMNS = (
    "Name the columns of the table in its first row: stage, module and concept, or week and topic."
)
TOO_MANY_COLUMNS = "More than three columns name parts of a plan: keep stage, module and concept."
OPEN_QUOTE = "A quotation mark in this table is not closed."

Numbered = tuple[int, str]
Row = tuple[int, list[str]]

_SEPARATORS = ("\t", ";", ",")
_BAR = re.compile(r"(?<!\\)\|")
_DELIMITER = re.compile(r"\s{0,12}\|?(?:[ \t]{0,9}:?-{1,99}:?[ \t]{0,9}(?:\||\Z)){1,60}\s*\Z")
_BREAK = re.compile(r"<br\s{0,3}/?>|\r\n?|\n", re.IGNORECASE)
_NUMBER = re.compile(r"#?\d{1,3}(?:\s?[-–—]\s?\d{1,3})?\.?")
# What a column is called, and no more: “Week”, “**Module title**”, “Lesson no.”
_NAME = re.compile(
    r"[\s*_`\ufeff]{0,9}(?P<words>[^\W\d_]{1,40}(?:[ /-][^\W\d_]{1,40}){0,2})"
    r"\s?(?:#|\(s\)|\.)?[\s*_`]{0,9}"
)
_WORD_END = re.compile(r"[ /-]")
# Beside the words for parts, and how deep those lie.
_ALSO = (
    "stages phases parts block blocks theme",
    "modules units chapters weeks sections day days session sessions tag jour día dia día 周 天 週",
    "concepts lessons topics subtopic subtopics title name skill 知识点 知識點 主题 主題 题目 小节",
)
_DEPTHS = tuple(
    words | frozenset(more.split())
    for words, more in zip((STAGES, MODULES, CONCEPTS), _ALSO, strict=True)
)
_LONGEST_NAME = 80
_MOST_COLUMNS = 60
_MOST_LEVELS = 3
_LEAST_ROWS = 2


class TableFault(ValueError):
    """A table, but none that can be read: what to do, and on which line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


@dataclass(frozen=True)
class _Columns:
    """Their places, from the outermost inwards, the names of those that have any, and the row at
    which the plan begins."""

    places: list[int]
    names: list[str]
    begin: int

    def cells(self, row: Sequence[str]) -> list[str]:
        """A bare number is counted in what its column is called: “Week 3”."""
        told = [row[place].strip() if place < len(row) else "" for place in self.places]
        return [
            f"{name} {cell}" if name and _NUMBER.fullmatch(cell) else cell
            for name, cell in zip(self.names, told, strict=True)
        ]


def unfold_table(lines: Sequence[str]) -> list[Numbered] | None:
    """The lines of its plan, each with the number of the one it comes from; None where the text is
    no table. Raises TableFault."""
    numbered = enumerate(lines, start=1)
    told = [(number, line) for number, line in numbered if not is_passed_over(line)]
    rows_at = [at for at, (_, line) in enumerate(told) if not _is_head(line)]
    if len(rows_at) < _LEAST_ROWS:
        return None
    body = told[rows_at[0] : rows_at[-1] + 1]
    head, foot = told[: rows_at[0]], told[rows_at[-1] + 1 :]
    rows = _read_bars(lines, body)
    is_named = rows is not None
    if rows is None and (separator := _separator_of(body)):
        rows = _read_separated(lines[: body[-1][0]], body[0][0], separator)
    if rows is None:
        return None
    return [*head, *_as_lines(rows, _columns(rows, is_named=is_named)), *foot]


def _is_head(line: str) -> bool:
    """What says something of the whole, above the table or below it: `title: …`, or a heading."""
    return read_field(line) is not None or line.lstrip().startswith("# ")


def _read_bars(lines: Sequence[str], body: list[Numbered]) -> list[Row] | None:
    """A table of Markdown: its second line parts names from rows."""
    first = body[0][0]
    is_table = first < len(lines) and "|" in body[0][1] and _DELIMITER.fullmatch(lines[first])
    if not is_table or not all("|" in line for _, line in body[1:]):
        return None
    rows = [(number, line) for number, line in body if number != first + 1]
    return [(number, _cells_between_bars(line)) for number, line in rows]


def _cells_between_bars(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    cells = [cell.replace(r"\|", "|") for cell in _BAR.split(inner)]
    return cells[:-1] if len(cells) > 1 and not cells[-1].strip() else cells


def _separator_of(body: list[Numbered]) -> str:
    """By the names in the first row; without any, cells of a spreadsheet have tabs between them,
    and other signs count only where each row has as many and some stand below the same cell."""
    first = body[0][1]
    for sign in _SEPARATORS:
        cells = [cell.strip('"') for cell in first.split(sign)[:_MOST_COLUMNS]]
        if (
            sign in body[1][1]
            and len(cells) > 1
            and any(_depth_of(cell) is not None for cell in cells)
        ):
            return sign
    if any(read_item(line) for _, line in body):
        return ""
    is_spreadsheet = "\t" in first.strip() and all("\t" in line for _, line in body)
    return "\t" if is_spreadsheet else next(filter(partial(_is_sure, body), ";,"), "")


def _is_sure(body: list[Numbered], sign: str) -> bool:
    counts = {line.count(sign) for _, line in body}
    above = {line.partition(sign)[0].strip() for _, line in body}
    return counts in ({1}, {2}) and len(above) < len(body)


def _read_separated(lines: Sequence[str], first: int, separator: str) -> list[Row]:
    """Raises TableFault."""
    told = (f"{line}\n" for line in lines[first - 1 :])
    reader = csv.reader(told, delimiter=separator, strict=True, skipinitialspace=separator != "\t")
    rows: list[Row] = []
    before = 0
    try:
        for row in reader:
            if not is_passed_over("".join(row[:1]) if len(row) < 2 else "".join(row)):
                rows.append((first + before, row))
            before = reader.line_num
    except csv.Error:
        raise TableFault(first + before, OPEN_QUOTE) from None
    return rows


def _columns(rows: list[Row], *, is_named: bool) -> _Columns:
    """Raises TableFault."""
    number, names = rows[0]
    depths = {
        place: depth
        for place, name in enumerate(names[:_MOST_COLUMNS])
        if (depth := _depth_of(name)) is not None
    }
    if len(depths) > _MOST_LEVELS:
        raise TableFault(number, TOO_MANY_COLUMNS)
    if len(depths) > 1:
        places = sorted(depths, key=lambda place: (depths[place], place))
        return _Columns(places, [_one_line(names[place]) for place in places], 1)
    width = max(len(row) for _, row in rows)
    if depths or is_named or not 1 < width <= _MOST_LEVELS:
        raise TableFault(number, NAME_COLUMNS)
    return _Columns(list(range(width)), [""] * width, 0)


def _depth_of(name: str) -> int | None:
    """How deep what a column is called lies: by the first of its words that names a part."""
    found = _NAME.fullmatch(name[:_LONGEST_NAME].casefold())
    for word in _WORD_END.split(found["words"]) if found else ():
        for depth, words in enumerate(_DEPTHS):
            if word in words or (word >= "\u3040" and not words.isdisjoint(_beginnings(word))):
                return depth
    return None


def _beginnings(word: str) -> Iterator[str]:
    """Where words have no spaces between them, a name may go on: 阶段名称."""
    return (word[:size] for size in range(2, 5))


def _as_lines(rows: list[Row], columns: _Columns) -> Iterator[Numbered]:
    """What is above stands in the first of its rows, or in each of them."""
    plan: dict[tuple[str, ...], list[Numbered]] = {}
    begun: dict[tuple[str, ...], int] = {}
    above = ["", ""]
    for number, row in rows[columns.begin :]:
        *over, concept = columns.cells(row)
        for depth, cell in enumerate(map(_one_line, over)):
            if cell and cell != above[depth]:
                above[depth:] = [cell, ""][: len(above) - depth]
        for parts in ((above[0],), tuple(above)):
            begun.setdefault(parts, number)
        plan.setdefault(tuple(above), []).extend(_bullets(number, concept))
    yield from _print(plan, begun)


def _bullets(number: int, cell: str) -> Iterator[Numbered]:
    """A cell of several lines holds as many concepts."""
    for part in _BREAK.split(cell):
        if title := without_bullet(part).strip():
            yield number, f"- {title}"


def _print(
    plan: dict[tuple[str, ...], list[Numbered]], begun: dict[tuple[str, ...], int]
) -> Iterator[Numbered]:
    """Rows of one stage, or module, may stand apart."""
    stages: dict[str, list[str]] = {}
    for stage, module in plan:
        stages.setdefault(stage, []).append(module)
    for stage, modules in stages.items():
        if stage:
            yield begun[(stage,)], f"## {stage} ##"
        for module in modules:
            if module:
                yield begun[(stage, module)], f"### {module} ###"
            yield from plan[(stage, module)]


def _one_line(cell: str) -> str:
    return " ".join(_BREAK.sub(" ", cell).split())
