"""The outline a provider returns, and what is checked before it becomes rows. Pure.

Concepts refer to each other by local keys; ids are ours and come later.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil, floor
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field

from concepts.bounds import OUTLINE_KEY_MAX_CHARACTERS
from concepts.content import Content, Difficulty, Language, Line, Minutes, Paragraph
from concepts.languages.tags import primary_language
from roadmaps.graph import Edge, break_cycles, forward_edges
from roadmaps.plain_titles import plain_title
from roadmaps.text import text_key

# Without a wish, this many concepts make a roadmap; a wish is met within a quarter.
DEFAULT_CONCEPTS = (24, 60)
TOLERANCE = 0.25
# A goal this small may do with one stage.
TINY_CONCEPTS = 6
# What a wish may come to: 200, and a quarter more. No plan is looked into that has more.
MOST_CONCEPTS = 250
MOST_REQUIRED, MOST_ASSUMPTIONS = 40, 12
MIN_MINUTES, MAX_MINUTES = 5, 240
# What a concept is asked to take, one sitting; the wider bounds above are what passes.
LEAST_SITTING, LONGEST_SITTING = 15, 90

Key = Annotated[Line, Field(max_length=OUTLINE_KEY_MAX_CHARACTERS)]
Title = Annotated[Line, AfterValidator(plain_title)]
_PLACEHOLDER = re.compile(
    r"(stage|module|concept|chapter|part|topic|lesson)(?:\s*\d+)?[\s:.–—-]*"
    r"|overview|placeholder|untitled|tbd|todo|lorem ipsum.*|\.+|…"
)


class ConceptOutline(Content):
    key: Key
    title: Title
    summary: Paragraph
    kind: Literal["fact", "concept", "procedure", "design"]
    difficulty: Difficulty
    est_minutes: Minutes
    objectives: Annotated[list[Line], Field(min_length=2, max_length=4)]
    keywords: list[Line] = Field(default_factory=list, max_length=12)
    requires: list[Key] = Field(default_factory=list, max_length=MOST_REQUIRED)


class ModuleOutline(Content):
    title: Title
    summary: Paragraph
    concepts: Annotated[list[ConceptOutline], Field(min_length=1, max_length=MOST_CONCEPTS)]


class StageOutline(Content):
    title: Title
    summary: Paragraph
    modules: Annotated[list[ModuleOutline], Field(min_length=1, max_length=MOST_CONCEPTS)]


class Outline(Content):
    title: Title
    summary: Paragraph
    language: Language
    level: Literal["beginner", "intermediate", "advanced"]
    assumptions: list[Line] = Field(default_factory=list, max_length=MOST_ASSUMPTIONS)
    stages: Annotated[list[StageOutline], Field(min_length=1, max_length=MOST_CONCEPTS)]

    def modules(self) -> list[ModuleOutline]:
        return [module for stage in self.stages for module in stage.modules]

    def concepts(self) -> list[ConceptOutline]:
        """All concepts in reading order."""
        return [concept for module in self.modules() for concept in module.concepts]

    def total_minutes(self) -> int:
        return sum(concept.est_minutes for concept in self.concepts())


@dataclass(frozen=True)
class OutlineRequest:
    """What a learner asked for; None where the provider may choose."""

    goal: str
    level: str | None = None
    language: str | None = None
    hours_per_week: int | None = None
    target_date: date | None = None
    concepts: int | None = None

    def options(self) -> dict[str, Any]:
        """Everything but the goal, as JSON can hold it."""
        return {
            "level": self.level,
            "language": self.language,
            "hours_per_week": self.hours_per_week,
            "target_date": self.target_date.isoformat() if self.target_date else None,
            "concepts": self.concepts,
        }

    @classmethod
    def from_options(cls, goal: str, options: Mapping[str, Any]) -> Self:
        target = options.get("target_date")
        return cls(
            goal=goal,
            level=options.get("level"),
            language=options.get("language"),
            hours_per_week=options.get("hours_per_week"),
            target_date=date.fromisoformat(target) if target else None,
            concepts=options.get("concepts"),
        )


def wanted_range(concepts: int | None) -> tuple[int, int]:
    """The least and the most concepts that answer a wish."""
    if concepts is None:
        return DEFAULT_CONCEPTS
    return max(1, ceil(concepts * (1 - TOLERANCE))), floor(concepts * (1 + TOLERANCE))


def check_outline(outline: Outline, request: OutlineRequest) -> list[str]:
    """What is wrong with an outline, one sentence each; an empty list is a pass.

    Cycles are not complained of: `settle_prerequisites` drops their weakest edge.
    """
    return [
        *_counts(outline, request),
        *_titles(outline),
        *_references(outline),
        *_minutes(outline),
        *_language(outline, request),
    ]


def settle_prerequisites(outline: Outline) -> tuple[dict[str, list[str]], list[Edge]]:
    """The acyclic prerequisites by key, and the edges that had to go (to be recorded)."""
    concepts = outline.concepts()
    position = {concept.key: index for index, concept in enumerate(concepts)}
    graph = {concept.key: list(dict.fromkeys(concept.requires)) for concept in concepts}
    return break_cycles(graph, position)


def minutes_until(request: OutlineRequest, today: date) -> int | None:
    """What a learner has until the target date; None where pace or date is open."""
    if not request.hours_per_week or not request.target_date:
        return None
    days = max((request.target_date - today).days, 0)
    return days * request.hours_per_week * 60 // 7


def can_fit(request: OutlineRequest, minutes: int) -> bool:
    """Whether any outline that is wanted takes so little."""
    least, _ = wanted_range(request.concepts)
    return least * LEAST_SITTING <= minutes


def warn_pace(outline: Outline, request: OutlineRequest, today: date) -> list[str]:
    """An honest word where the hours do not reach the date."""
    minutes, needed = minutes_until(request, today), outline.total_minutes()
    if minutes is None or needed <= minutes:
        return []
    return [
        (
            f"{ceil(needed / 60)} hours of reading do not fit before {request.target_date}: "
            f"{request.hours_per_week} a week make {minutes // 60}"
        )
    ]


def ask_for_pace(outline: Outline, request: OutlineRequest, today: date) -> list[str]:
    """What to say of an outline that takes too long to whoever can plan a shorter one."""
    minutes, needed = minutes_until(request, today), outline.total_minutes()
    if minutes is None or needed <= minutes or not can_fit(request, minutes):
        return []
    least, _ = wanted_range(request.concepts)
    return [
        (
            f"all concepts together take {needed} minutes; before {request.target_date}, at "
            f"{request.hours_per_week} hours a week, {minutes} fit: plan less, with honest "
            f"minutes; {least} concepts are the least"
        )
    ]


def _counts(outline: Outline, request: OutlineRequest) -> Iterator[str]:
    count = len(outline.concepts())
    least, most = wanted_range(request.concepts)
    if not least <= count <= most:
        yield f"{count} concepts; {least} to {most} are wanted"
    if len(outline.stages) < 2 and count >= TINY_CONCEPTS:
        yield "one stage for everything; at least two are wanted"


def _titles(outline: Outline) -> Iterator[str]:
    concepts = outline.concepts()
    yield from _repeated("concept title", [concept.title for concept in concepts])
    yield from _repeated("concept key", [concept.key for concept in concepts])
    yield from _repeated("stage title", [stage.title for stage in outline.stages])
    for title in (
        outline.title,
        *(stage.title for stage in outline.stages),
        *(module.title for module in outline.modules()),
        *(concept.title for concept in concepts),
    ):
        if _PLACEHOLDER.fullmatch(text_key(title)):
            yield f"“{title}” is a placeholder, not a title"


def _repeated(what: str, values: list[str]) -> Iterator[str]:
    for value, count in Counter(text_key(value) for value in values).items():
        if count > 1:
            yield f"{what} “{value}” occurs {count} times"


def _references(outline: Outline) -> Iterator[str]:
    position = {concept.key: index for index, concept in enumerate(outline.concepts())}
    for concept in outline.concepts():
        for required in concept.requires:
            if required == concept.key:
                yield f"“{concept.key}” requires itself"
            elif required not in position:
                yield f"“{concept.key}” requires “{required}”, which does not exist"
    known = {
        concept.key: [key for key in concept.requires if key in position and key != concept.key]
        for concept in outline.concepts()
    }
    acyclic, _ = break_cycles(known, position)
    for key, required in forward_edges(acyclic, position):
        yield f"“{key}” requires “{required}”, which comes later"


def _minutes(outline: Outline) -> Iterator[str]:
    for concept in outline.concepts():
        if not MIN_MINUTES <= concept.est_minutes <= MAX_MINUTES:
            yield (
                f"“{concept.key}” takes {concept.est_minutes} minutes; "
                f"{MIN_MINUTES} to {MAX_MINUTES} are wanted"
            )


def _language(outline: Outline, request: OutlineRequest) -> Iterator[str]:
    if request.language and primary_language(request.language) != primary_language(
        outline.language
    ):
        yield f"written in “{outline.language}” instead of “{request.language}”"
