"""What a model answers of a module's concepts, and the way from there to details. Pure."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from concepts.content import ConceptKindName
from generation.port.details import ModuleDetails
from generation.port.outline import MOST_CONCEPTS, MOST_REQUIRED
from generation.port.skeleton import Skeleton, SkeletonConcept
from generation.providers.openai.schemas import Answered, read_content, trim_concept
from roadmaps.text import text_key


class DetailedConcept(Answered):
    key: str
    summary: str
    kind: ConceptKindName
    difficulty: int
    est_minutes: int
    practice_minutes: int | None = None
    objectives: list[str]
    keywords: list[str] = Field(default_factory=list)
    requires: list[str] = Field(default_factory=list)


class DetailsAnswer(Answered):
    concepts: list[DetailedConcept]


def read_details(
    answer: DetailsAnswer, skeleton: Skeleton, module: int
) -> tuple[ModuleDetails | None, list[str]]:
    """In the order of the module, whatever the order they came in; or what is wrong."""
    if len(answer.concepts) > MOST_CONCEPTS:
        return None, [f"{len(answer.concepts)} concepts; {MOST_CONCEPTS} are the most"]
    wanted = skeleton.modules()[module].concepts
    found = _match(answer.concepts, wanted)
    if missing := [concept.key for concept in wanted if concept.key not in found]:
        return None, [f"“{key}” is missing" for key in missing]
    keys = _names(skeleton.concepts())
    return read_content(
        ModuleDetails,
        {"concepts": [_settle(found[one.key], one.key, keys) for one in wanted]},
    )


def _match(
    answered: list[DetailedConcept], wanted: list[SkeletonConcept]
) -> dict[str, DetailedConcept]:
    """By key, or by a title in its place; where no name is known, by place."""
    keys = _names(wanted)
    known = {keys[name]: one for one in answered if (name := text_key(one.key)) in keys}
    if not known and len(answered) == len(wanted):
        return {concept.key: one for concept, one in zip(wanted, answered, strict=True)}
    return known


def _names(concepts: list[SkeletonConcept]) -> dict[str, str]:
    """Keys by how a model may name a concept."""
    titles = {text_key(concept.title): concept.key for concept in concepts}
    return titles | {text_key(concept.key): concept.key for concept in concepts}


def _settle(concept: DetailedConcept, key: str, keys: dict[str, str]) -> dict[str, Any]:
    data = trim_concept(concept.model_dump())
    required = [name for name in concept.requires if name.strip()][:MOST_REQUIRED]
    data["requires"] = [keys.get(text_key(name), name) for name in required]
    return data | {"key": key}
