"""What the concepts of one module teach, beside their titles, and what is wrong with it. Pure.

Titles and order are the skeleton's and stand already: details come module by module, side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from concepts.content import ConceptKindName, Content, Difficulty, Line, Paragraph
from concepts.languages.judging import find_wrong_language
from generation.port.outline import (
    MOST_CONCEPTS,
    MOST_REQUIRED,
    ConceptOutline,
    Key,
    ModuleOutline,
    Outline,
    StageOutline,
    Timed,
)
from generation.port.outline_rules import MAX_MINUTES, MIN_MINUTES
from generation.port.skeleton import Skeleton, SkeletonConcept


class ConceptDetails(Timed):
    key: Key
    summary: Paragraph
    kind: ConceptKindName
    difficulty: Difficulty
    objectives: Annotated[list[Line], Field(min_length=2, max_length=4)]
    keywords: list[Line] = Field(default_factory=list, max_length=12)
    requires: list[Key] = Field(default_factory=list, max_length=MOST_REQUIRED)


class ModuleDetails(Content):
    """One for each concept of a module, in its order."""

    concepts: Annotated[list[ConceptDetails], Field(min_length=1, max_length=MOST_CONCEPTS)]
    # What was said to be required and cannot be: a concept and the other, as it was named.
    dropped: list[tuple[Key, Key]] = Field(default_factory=list)

    def total_minutes(self) -> int:
        return sum(concept.est_minutes for concept in self.concepts)


def check_details(details: ModuleDetails, skeleton: Skeleton, module: int) -> list[str]:
    """What is wrong with the details of a module (counted from 0); an empty list is a pass."""
    return [
        *_keys(details, skeleton, module),
        *_minutes(details),
        *requires_problems(details, skeleton),
    ]


def _keys(details: ModuleDetails, skeleton: Skeleton, module: int) -> Iterator[str]:
    wanted = [concept.key for concept in skeleton.modules()[module].concepts]
    given = [concept.key for concept in details.concepts]
    for key in wanted:
        if (times := given.count(key)) != 1:
            yield (
                f"“{key}” is there {times} times; once is wanted"
                if times
                else f"“{key}” is missing"
            )
    for key in dict.fromkeys(given):
        if key not in wanted:
            yield f"“{key}” is no concept of this module"
    if sorted(given) == sorted(wanted) and given != wanted:
        yield f"the concepts are wanted in this order: {', '.join(wanted)}"


def _minutes(details: ModuleDetails) -> Iterator[str]:
    for concept in details.concepts:
        if not MIN_MINUTES <= concept.est_minutes <= MAX_MINUTES:
            yield (
                f"“{concept.key}” takes {concept.est_minutes} minutes; "
                f"{MIN_MINUTES} to {MAX_MINUTES} are wanted"
            )


def requires_problems(details: ModuleDetails, skeleton: Skeleton) -> list[str]:
    """Only what is read before may be required, so no circle can come of it."""
    position = _positions(skeleton)
    return [
        f"“{concept.key}” requires {_wrong(concept.key, required, position)}"
        for concept in details.concepts
        for required in concept.requires
        if not _is_earlier(required, concept.key, position)
    ]


def _wrong(key: str, required: str, position: dict[str, int]) -> str:
    if required == key:
        return "itself"
    known = required in position
    return f"“{required}”, which {'comes later' if known else 'does not exist'}"


def drop_requires(details: ModuleDetails, skeleton: Skeleton) -> ModuleDetails:
    """Without what cannot be required, which is told apart: better than no plan."""
    position = _positions(skeleton)
    dropped = [
        (concept.key, required)
        for concept in details.concepts
        for required in dict.fromkeys(concept.requires)
        if not _is_earlier(required, concept.key, position)
    ]
    kept = [
        concept.model_copy(
            update={
                "requires": [
                    required
                    for required in dict.fromkeys(concept.requires)
                    if _is_earlier(required, concept.key, position)
                ]
            }
        )
        for concept in details.concepts
    ]
    return details.model_copy(update={"concepts": kept, "dropped": dropped})


def _positions(skeleton: Skeleton) -> dict[str, int]:
    return {concept.key: place for place, concept in enumerate(skeleton.concepts())}


def _is_earlier(required: str, key: str, position: dict[str, int]) -> bool:
    return position.get(required, len(position)) < position.get(key, -1)


def details_language_problems(details: ModuleDetails, language: str) -> list[str]:
    """All sentences together: alone, each is short."""
    sentences = [
        text for concept in details.concepts for text in (concept.summary, *concept.objectives)
    ]
    wrong = find_wrong_language("\n".join(sentences), language)
    return [f"the summaries and objectives: {wrong}"] if wrong else []


def compose_outline(skeleton: Skeleton, details: Sequence[ModuleDetails]) -> Outline:
    """The whole plan, of a skeleton and the details of each of its modules."""
    waiting = iter(details)
    return Outline(
        title=skeleton.title,
        summary=skeleton.summary,
        language=skeleton.language,
        level=skeleton.level,
        assumptions=list(skeleton.assumptions),
        stages=[
            StageOutline(
                title=stage.title,
                modules=[
                    ModuleOutline(
                        title=module.title,
                        concepts=list(map(_compose, module.concepts, next(waiting).concepts)),
                    )
                    for module in stage.modules
                ],
            )
            for stage in skeleton.stages
        ],
    )


def _compose(concept: SkeletonConcept, details: ConceptDetails) -> ConceptOutline:
    return ConceptOutline(title=concept.title, **details.model_dump())
