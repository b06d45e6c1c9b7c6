"""What a model answers of a module's concepts, and the way from there to details. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from concepts.content import ConceptKindName
from generation.port.details import ModuleDetails
from generation.port.outline import MOST_CONCEPTS, MOST_REQUIRED
from generation.port.skeleton import Skeleton, SkeletonConcept
from generation.providers.openai.schemas import Answered, read_content, trim_concept
from roadmaps.text import text_key

# No answer is looked into further than that.
_LOOKED_AT = 4_000
_NUMBER = re.compile(r"\d{1,4}")
_NOTHING = {"", "-", "none", "n/a", "null", "[]"}
_BULLET = re.compile(r"\A[ \t]{0,9}[-*•·][ \t]{1,9}")


def _number(said: Any) -> Any:
    """“30 min”, “2/5” and 22.5 are numbers; of “20-30” the first counts."""
    if isinstance(said, str) and (found := _NUMBER.search(said[:_LOOKED_AT])):
        return int(found[0])
    is_fraction = isinstance(said, float) and abs(said) < 10_000
    return round(said) if is_fraction else said


def _number_or_none(said: Any) -> Any:
    number = _number(said)
    return None if isinstance(number, str) else number


def _text(said: Any) -> Any:
    """A key may be a number, or stand in an object with its title."""
    if isinstance(said, dict):
        said = said.get("key", said.get("title"))
    return str(said) if type(said) is int else said


def _list_of(said: Any, between: str) -> Any:
    """A list of texts, also where it came as one text, or with holes in it."""
    if isinstance(said, str):
        lines = re.split(between, said[:_LOOKED_AT])
        said = [_BULLET.sub("", line) for line in lines]
    if not isinstance(said, Iterable) or isinstance(said, dict):
        return said
    told = [_text(one) for one in said]
    texts = [one.strip() if isinstance(one, str) else one for one in told]
    return [one for one in texts if one is not None and str(one).casefold() not in _NOTHING]


_Number = Annotated[int, BeforeValidator(_number)]
_Names = Annotated[list[str], BeforeValidator(lambda said: _list_of(said, r"[,;\n]"))]
_Sentences = Annotated[list[str], BeforeValidator(lambda said: _list_of(said, r"[;\n]"))]


class DetailedConcept(Answered):
    key: Annotated[str, BeforeValidator(_text)]
    summary: str
    kind: ConceptKindName
    difficulty: _Number
    est_minutes: _Number
    practice_minutes: Annotated[int | None, BeforeValidator(_number_or_none)] = None
    objectives: _Sentences
    keywords: _Names = Field(default_factory=list)
    requires: _Names = Field(default_factory=list)


class DetailsAnswer(Answered):
    concepts: list[DetailedConcept]

    @model_validator(mode="before")
    @classmethod
    def _may_be_a_list(cls, said: Any) -> Any:
        return {"concepts": said} if isinstance(said, list) else said

    @field_validator("concepts", mode="before")
    @classmethod
    def _may_be_named_by_keys(cls, said: Any) -> Any:
        """`{"c1": {…}, "c2": {…}}`"""
        if isinstance(said, dict) and all(isinstance(one, dict) for one in said.values()):
            return [{"key": key} | one for key, one in said.items()]
        return said


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
