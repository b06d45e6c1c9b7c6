"""Reading a skeleton out of what a model said or somebody pasted. Pure; linear in the text.

What stands around it (prose, fences, thoughts, a draft before it) is passed over, and odd marks
are taken for what they mean: what is a stage and what a module is told by how deep it lies beside
the others, once everything is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import ValidationError

from concepts.languages.tags import find_tag
from generation.port.outline import MOST_ASSUMPTIONS, MOST_CONCEPTS
from generation.port.skeleton import Skeleton, SkeletonStage
from generation.port.skeleton_lines import (
    BULLETS,
    Field,
    is_bullet,
    is_passed_over,
    read_field,
    read_item,
    without_bullet,
)
from generation.port.skeleton_tree import TOO_MANY, Placed, build_stages
from roadmaps.bounds import LANGUAGE_TAG_MAX_CHARACTERS, LEVELS, TITLE_MAX_CHARACTERS
from roadmaps.plain_titles import plain_title

MOST_CHARACTERS = 60_000
# A line this long is no title, and no more of it is looked at than of a summary.
MOST_OF_A_LINE = 4_000
# What a plan may have at most, and as many again of what turns out to be none.
MOST_ITEMS = 4 * MOST_CONCEPTS
PLAN, UNSAFE = "roadmap", "unsafe"
VERDICTS = (PLAN, "question", "unclear", UNSAFE, "not_a_goal")
MOST_SUGGESTIONS = 10
MOST_TOLD = 15

TOO_LONG = "The text is longer than any plan: what comes after was not read."
TITLE_TOO_LONG = "A title has no more than 300 characters."
NO_STAGES = "There are no stages: write “## Stage”, “### Module” and “- Concept”."

_LINE_END = re.compile(r"\r\n|\r|\n")
_OF_THOUGHTS = r"(?:think|thinking|thoughts?|reasoning|reflection|analysis)>"
_THOUGHTS = re.compile(rf"[ \t]{{0,9}}<{_OF_THOUGHTS}", re.IGNORECASE)
_END_OF_THOUGHTS = re.compile(rf"</{_OF_THOUGHTS}", re.IGNORECASE)
_LIST_FIELDS = {"assumptions", "suggestions"}
# What ends a plan, and may stand in a list as its head does.
_ENDS = {"summary", "assumptions"}
# Blanks that are none of ASCII's, and what stands before a text that is quoted.
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2009\u202f\u3000"), " ") | {0xFEFF: None}
_QUOTED = re.compile(r"\A\s{0,3}(?:>\s?){1,3}")
_PARTS = re.compile(r"[;；]")


@dataclass(frozen=True)
class LineProblem:
    """What is wrong with a line, counted from one; 0 speaks of the whole."""

    line: int
    message: str


@dataclass(frozen=True)
class Parsed:
    """What could be read. Language and level are "" where nothing, or nothing known, is named.

    `is_whole`: a verdict that it is no plan, with what is suggested instead, or stages and the
    summary that ends them: what was cut off before is not. `lines` tells where a concept stands, by
    its key; `passed_over` which lines between the stages were none of theirs.
    """

    verdict: str = "roadmap"
    suggestions: list[str] = field(default_factory=list)
    title: str = ""
    summary: str = ""
    language: str = ""
    level: str = ""
    assumptions: list[str] = field(default_factory=list)
    stages: list[SkeletonStage] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)
    is_whole: bool = False
    lines: dict[str, int] = field(default_factory=dict)
    passed_over: list[int] = field(default_factory=list)


def read_skeleton(text: str) -> Parsed:
    """Whatever of a skeleton stands in a text, be it whole, in the making or cut off."""
    lines = split_lines(text)
    parsed = read_lines(enumerate(lines, start=1))
    if len(text) > MOST_CHARACTERS:
        parsed.problems.append(LineProblem(len(lines), TOO_LONG))
    return parsed


def split_lines(text: str) -> list[str]:
    """No more of a text, and of each line, than is ever looked at."""
    return [line[:MOST_OF_A_LINE] for line in _LINE_END.split(text[:MOST_CHARACTERS])]


def read_lines(lines: Iterable[tuple[int, str]]) -> Parsed:
    """Lines with the numbers they are told by."""
    reader = _Reader()
    for number, line in lines:
        reader.take(number, line)
    return reader.finish()


def build_skeleton(
    parsed: Parsed, *, language: str | None = None, level: str | None = None
) -> tuple[Skeleton | None, list[str]]:
    """The whole skeleton; `language` and `level` replace words of its own where they are settled.
    Or nothing, and why."""
    told = {
        "title": parsed.title,
        "summary": parsed.summary,
        "language": language or parsed.language,
        "level": level or parsed.level or LEVELS[0],
        "assumptions": parsed.assumptions,
        "stages": parsed.stages,
    }
    try:
        return Skeleton.model_validate(told), []
    except ValidationError as error:
        return None, [_explain(fault["loc"], fault["msg"]) for fault in error.errors()[:MOST_TOLD]]


def _explain(place: tuple[int | str, ...], message: str) -> str:
    """Places are counted from one, as people (and prompts) do."""
    named = " ".join(str(part + 1 if isinstance(part, int) else part) for part in place)
    return f"{named}: {message}" if named else message


def _plain(title: str) -> str:
    return plain_title(" ".join(title.split()))


def _tag(language: str) -> str:
    """A tag for whatever a language is called: also `en (English)` and `English (en)`."""
    named = re.split(r"[()（）]", language[: 2 * LANGUAGE_TAG_MAX_CHARACTERS])
    names = [name[:LANGUAGE_TAG_MAX_CHARACTERS].strip(" .`*_\"'") for name in named]
    return next((tag for name in names if (tag := find_tag(name))), "")


def _find(text: str, words: tuple[str, ...]) -> str:
    """The first of the words in a text; "not a goal" is "not_a_goal"."""
    folded = text.casefold().replace(" ", "_").replace("-", "_")
    places = {folded.find(word): word for word in words if word in folded}
    return places[min(places)] if places else ""


class _Reader:
    """Takes line after line. A second beginning, and the end of thoughts, make it forget what came
    before, which was a draft; a whole one only once there is more than a beginning."""

    def __init__(self) -> None:
        self.problems: list[LineProblem] = []
        self._thinks = False
        self._kept: Parsed | None = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._fields: dict[str, str] = {}
        self._listed: dict[str, list[str]] = {name: [] for name in _LIST_FIELDS}
        self._items: list[Placed] = []
        # What came after the end, in case that was none.
        self._later: list[Placed] = []
        self._is_listed = False
        self._passed_over: list[int] = []
        # The field whose text has yet to come, and whether the summary came after all stages.
        self._open = ""
        self._is_ended = False
        self._is_full = False
        self.problems.clear()

    def take(self, number: int, line: str) -> None:
        line = self._without_thoughts(_QUOTED.sub("", line.translate(_BLANKS), count=1))
        if self._thinks or self._is_full or is_passed_over(line):
            return
        told = self._read_field(line)
        if told:
            self._take_field(told)
        elif self._open:
            self._take_open(number, line)
        else:
            self._take_item(number, line)

    def _without_thoughts(self, line: str) -> str:
        self._thinks |= bool(_THOUGHTS.match(line))
        find = _END_OF_THOUGHTS.search if self._thinks else _END_OF_THOUGHTS.match
        end = find(line.lstrip())
        if end is None:
            return line
        self._thinks = False
        self._kept = None
        self._begin_anew()
        return end.string[end.end() :]

    def _read_field(self, line: str) -> Field | None:
        """Once there are stages, what stands in a list is one of their concepts, unless the head
        was a list, too."""
        told = read_field(line)
        if told is None or not is_bullet(line):
            return told
        if not self._items:
            self._is_listed |= bool(told.value)
            return told if told.value else None
        return told if self._is_listed and told.name in _ENDS else None

    def _take_field(self, told: Field) -> None:
        if self._is_beginning(told):
            before = self.finish()
            self._kept = before if before.is_whole else self._kept
            self._begin_anew()
        elif told.name in self._fields and told.name not in _ENDS and self._items:
            return  # of a stage, or said again
        self._open = "" if told.value else told.name
        if told.name in _ENDS and self._items:
            self._end()
        if told.value:
            self._put(told.name, told.value)

    def _is_beginning(self, told: Field) -> bool:
        if told.name == "verdict":
            return "verdict" in self._fields or bool(self._items)
        is_within = bool(self._items) and not self._is_ended and "verdict" not in self._fields
        return told.name == "title" and is_within

    def _end(self) -> None:
        """What follows an end, up to another, was part of the plan: a stage has a summary, too."""
        is_plan = any(one.item.rank < BULLETS for one in self._later)
        if is_plan or not any(one.item.rank < BULLETS for one in self._items):
            self._items += self._later
            self._later = []
        self._is_ended = True

    def _put(self, name: str, value: str) -> None:
        if name in _LIST_FIELDS:
            self._listed[name] += [part for part in map(str.strip, _PARTS.split(value)) if part]
        else:
            self._fields[name] = value

    def _take_open(self, number: int, line: str) -> None:
        """What a field has on the lines below it: one, or as many as a list has."""
        name, item = self._open, read_item(line)
        if name in _LIST_FIELDS and is_bullet(line):
            self._put(name, without_bullet(line))
            return
        self._open = ""
        if item and (name != "summary" or not self._is_ended):
            self._take_item(number, line)
        elif name not in self._fields and not self._listed.get(name):
            self._put(name, without_bullet(line).strip())

    def _take_item(self, number: int, line: str) -> None:
        item = read_item(line)
        if item is None:
            self._passed_over += [number] if self._items else []
        elif len(plain_title(item.title)) > TITLE_MAX_CHARACTERS:
            self.problems.append(LineProblem(number, TITLE_TOO_LONG))
        elif len(self._items) + len(self._later) < MOST_ITEMS:
            (self._later if self._is_ended else self._items).append(Placed(number, item))
        else:
            self._is_full = True
            self.problems.append(LineProblem(number, TOO_MANY))

    def finish(self) -> Parsed:
        built = build_stages(self._items, self._fields.get("title", ""))
        problems = [*self.problems, *(LineProblem(*told) for told in built.problems)]
        if not built.stages:
            problems.append(LineProblem(0, NO_STAGES))
        verdict = _find(self._fields.get("verdict", ""), VERDICTS) or PLAN
        summary = " ".join(self._fields.get("summary", "").split())
        is_plan = bool(built.stages) and bool(summary) and self._is_ended and not self._goes_on()
        told = Parsed(
            verdict=verdict,
            suggestions=self._listed["suggestions"][:MOST_SUGGESTIONS],
            title=_plain(self._fields.get("title", "") or built.title),
            summary=summary,
            language=_tag(self._fields.get("language", "")),
            level=_find(self._fields.get("level", ""), LEVELS),
            assumptions=self._listed["assumptions"][:MOST_ASSUMPTIONS],
            stages=built.stages,
            problems=[] if verdict != PLAN else sorted(problems, key=lambda one: one.line),
            is_whole=is_plan or self._is_refusal_whole(verdict),
            lines=built.lines,
            passed_over=sorted(self._between(has_title=bool(built.title)) + built.passed_over),
        )
        is_more = told.is_whole or bool(self._items) or self._kept is None
        return told if is_more else self._kept or told

    def _between(self, *, has_title: bool) -> list[int]:
        """What stands before the first stage or after the last line of the plan is none of it, and
        nothing to tell of, unless it would be one of its lines."""
        lines = [placed.line for placed in self._items]
        first, last = lines[min(has_title, len(lines) - 1)] if lines else 0, max(lines, default=0)
        between = [number for number in self._passed_over if first < number < last]
        return [*between, *(placed.line for placed in self._later)]

    def _goes_on(self) -> bool:
        """Whether all kinds of marks that the plan has come once more: it has not ended then."""
        ranks = [{placed.item.rank for placed in some} for some in (self._items, self._later)]
        return bool(self._later) and ranks[0] <= ranks[1]

    def _is_refusal_whole(self, verdict: str) -> bool:
        """What is unsafe may have no honest neighbour to suggest."""
        return verdict != PLAN and (bool(self._listed["suggestions"]) or verdict == UNSAFE)
