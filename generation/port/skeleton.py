"""The skeleton of a plan: its stages, modules and the titles of its concepts. Pure.

It is what a model writes first, what a learner may change before anything else is written, and
what an outline from elsewhere is read into. `skeleton_reading` reads the lines printed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from concepts.content import Content, Language, Line, Paragraph
from generation.port.outline import MOST_ASSUMPTIONS, MOST_CONCEPTS, Key
from roadmaps.bounds import LevelName
from roadmaps.plain_titles import plain_title, plain_titles
from roadmaps.text import without_directions, without_invisible

# As the prompt has them, and as models and people with another language write them.
FIELDS = {
    "verdict": ("verdict", "结论", "判定"),
    "title": ("title", "标题", "標題"),
    "language": ("language", "语言", "語言"),
    "level": ("level", "级别", "級別", "水平"),
    "summary": ("summary", "总结", "總結", "摘要", "概述"),
    "assumptions": ("assumptions", "假设", "假設", "前提"),
    "suggestions": ("suggestions", "建议", "建議"),
}
FIELD_NAMES = {written: name for name, ways in FIELDS.items() for written in ways}
# What parts assumptions and suggestions on their line; each has to do without it.
SEPARATORS = str.maketrans({";": ",", "；": "，"})
# A heading that would read as one of the fields above is closed (`## Summary ##`).
_LIKE_A_FIELD = re.compile(rf"[\W_]{{0,12}}(?:{'|'.join(FIELD_NAMES)})\b", re.IGNORECASE)
# A bullet that would read as one that is ticked, or as a rule, gets an empty box (`- [ ] [x] …`).
_LIKE_A_BOX = re.compile(r"\[.?\]|\W+\Z")


def _without_separators(text: str) -> str:
    return text.translate(SEPARATORS)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _undirected(said: object) -> object:
    return without_directions(said) if isinstance(said, str) else said


def _plainest(title: str) -> str:
    """Where a title loses its number, another may come to light: until none does. Nothing in it
    deceives, or is not seen."""
    if not (title := without_invisible(without_directions(title)).strip()):
        raise ValueError("is empty")
    while (plain := plain_title(title)) != title:
        title = plain
    return title


Title = Annotated[Line, AfterValidator(_plainest)]
Assumption = Annotated[Line, BeforeValidator(_undirected), AfterValidator(_without_separators)]


class SkeletonConcept(Content):
    """`known` is what the learner knows already: it stays in the picture, and is not written."""

    key: Key
    title: Title
    known: bool = False


class SkeletonModule(Content):
    """Of a plan in the making it may be empty; of a whole one it is not."""

    title: Title
    concepts: list[SkeletonConcept] = Field(default_factory=list, max_length=MOST_CONCEPTS)

    @model_validator(mode="after")
    def _has_plain_titles(self) -> Self:
        # Content is frozen for everybody but its own validators.
        self.__dict__["concepts"] = plain_siblings(self.concepts)
        return self


class SkeletonStage(Content):
    title: Title
    modules: list[SkeletonModule] = Field(default_factory=list, max_length=MOST_CONCEPTS)

    @model_validator(mode="after")
    def _has_plain_titles(self) -> Self:
        # Content is frozen for everybody but its own validators.
        self.__dict__["modules"] = plain_siblings(self.modules)
        return self


class Skeleton(Content):
    """A whole one. Titles are plain, also beside their siblings (`roadmaps.plain_titles`)."""

    title: Title
    summary: Annotated[Paragraph, BeforeValidator(_undirected), AfterValidator(_one_line)]
    language: Language
    level: LevelName
    assumptions: list[Assumption] = Field(default_factory=list, max_length=MOST_ASSUMPTIONS)
    stages: Annotated[list[SkeletonStage], Field(min_length=1, max_length=MOST_CONCEPTS)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        count = len(self.concepts())
        if count > MOST_CONCEPTS:
            raise ValueError(f"{count} concepts; {MOST_CONCEPTS} are the most")
        if not all(stage.modules for stage in self.stages):
            raise ValueError("a stage has no modules")
        if not all(module.concepts for module in self.modules()):
            raise ValueError("a module has no concepts")
        return self

    @model_validator(mode="after")
    def _has_plain_titles(self) -> Self:
        # Content is frozen for everybody but its own validators.
        self.__dict__["stages"] = plain_siblings(self.stages)
        return self

    def modules(self) -> list[SkeletonModule]:
        """All modules in reading order."""
        return [module for stage in self.stages for module in stage.modules]

    def concepts(self) -> list[SkeletonConcept]:
        """All concepts in reading order."""
        return [concept for module in self.modules() for concept in module.concepts]


Sibling = TypeVar("Sibling", SkeletonConcept, SkeletonModule, SkeletonStage)


def plain_siblings(siblings: list[Sibling]) -> list[Sibling]:
    """With titles as `roadmaps.plain_titles` has them, beside each other."""
    titles = written = [one.title for one in siblings]
    while (plain := plain_titles(titles)) != titles:
        titles = plain
    if titles == written:
        return siblings
    return [
        one.model_copy(update={"title": title}) for one, title in zip(siblings, titles, strict=True)
    ]


def concept_key(number: int) -> str:
    """Keys are ours: counted in order of appearance, and kept wherever a concept goes."""
    return f"c{number}"


def print_skeleton(skeleton: Skeleton) -> str:
    """As the lines a model is asked for. Read again, they give the same skeleton (its keys are
    counted anew)."""
    return "\n".join(_lines(skeleton)) + "\n"


def _lines(skeleton: Skeleton) -> Iterator[str]:
    yield "verdict: roadmap"
    yield f"title: {skeleton.title}"
    yield f"language: {skeleton.language}"
    yield f"level: {skeleton.level}"
    yield from print_stages(skeleton.stages)
    yield f"summary: {skeleton.summary}"
    if skeleton.assumptions:
        yield f"assumptions: {'; '.join(skeleton.assumptions)}"


def print_stages(stages: list[SkeletonStage]) -> Iterator[str]:
    """The lines of the stages alone, without what is said of the whole."""
    for stage in stages:
        yield _heading("##", stage.title)
        for module in stage.modules:
            yield _heading("###", module.title)
            yield from map(_bullet, module.concepts)


def _heading(hashes: str, title: str) -> str:
    is_closed = _LIKE_A_FIELD.match(title) or title.endswith(("#", ":", "："))
    return f"{hashes} {title} {hashes}" if is_closed else f"{hashes} {title}"


def _bullet(concept: SkeletonConcept) -> str:
    if concept.known:
        return f"- [x] {concept.title}"
    return f"- [ ] {concept.title}" if _LIKE_A_BOX.match(concept.title) else f"- {concept.title}"
