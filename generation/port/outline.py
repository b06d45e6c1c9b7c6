"""The outline a provider returns, and what is checked before it becomes rows. Pure.

Concepts refer to each other by local keys; ids are ours and come later.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from concepts.bounds import MINUTES_MAX, OUTLINE_KEY_MAX_CHARACTERS, RESOURCES_MAX
from concepts.content import (
    ConceptKindName,
    Content,
    Difficulty,
    Language,
    Line,
    Minutes,
    Paragraph,
)
from concepts.times import Times, add_times, split_minutes
from roadmaps.bounds import LevelName
from roadmaps.plain_titles import plain_title

# What a wish may come to: 200, and a quarter more. No plan is looked into that has more.
MOST_CONCEPTS = 250
MOST_REQUIRED, MOST_ASSUMPTIONS = 40, 12

Key = Annotated[Line, Field(max_length=OUTLINE_KEY_MAX_CHARACTERS)]
Title = Annotated[Line, AfterValidator(plain_title)]
# A plan that is made in two steps has titles for its parts, and no more.
Summary = Paragraph | Literal[""]


class Timed(Content):
    """Of `est_minutes` so many are practice; `reading_minutes` stand beside them."""

    est_minutes: Minutes
    practice_minutes: Annotated[int, Field(ge=0, le=MINUTES_MAX)] | None = None
    reading_minutes: Annotated[int, Field(ge=0, le=MINUTES_MAX * RESOURCES_MAX)] = 0

    @model_validator(mode="after")
    def _practises_within_its_minutes(self) -> Self:
        if (self.practice_minutes or 0) > self.est_minutes:
            raise ValueError("practice_minutes are a part of est_minutes")
        return self

    @property
    def times(self) -> Times:
        return split_minutes(self.est_minutes, self.practice_minutes, self.reading_minutes)


class ConceptOutline(Timed):
    key: Key
    title: Title
    summary: Paragraph
    kind: ConceptKindName
    difficulty: Difficulty
    objectives: Annotated[list[Line], Field(min_length=2, max_length=4)]
    keywords: list[Line] = Field(default_factory=list, max_length=12)
    requires: list[Key] = Field(default_factory=list, max_length=MOST_REQUIRED)


class ModuleOutline(Content):
    title: Title
    summary: Summary = ""
    concepts: Annotated[list[ConceptOutline], Field(min_length=1, max_length=MOST_CONCEPTS)]


class StageOutline(Content):
    title: Title
    summary: Summary = ""
    modules: Annotated[list[ModuleOutline], Field(min_length=1, max_length=MOST_CONCEPTS)]


class Outline(Content):
    title: Title
    summary: Paragraph
    language: Language
    level: LevelName
    assumptions: list[Line] = Field(default_factory=list, max_length=MOST_ASSUMPTIONS)
    stages: Annotated[list[StageOutline], Field(min_length=1, max_length=MOST_CONCEPTS)]

    def modules(self) -> list[ModuleOutline]:
        return [module for stage in self.stages for module in stage.modules]

    def concepts(self) -> list[ConceptOutline]:
        """All concepts in reading order."""
        return [concept for module in self.modules() for concept in module.concepts]

    def total_times(self) -> Times:
        return add_times(concept.times for concept in self.concepts())

    def total_minutes(self) -> int:
        """Without what is optional."""
        return self.total_times().minutes
