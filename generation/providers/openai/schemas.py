"""What a model is asked to answer as JSON, and the way from there to content.

Looser than content on purpose: lengths and counts are checked afterwards, because servers that
compile the schema to a grammar choke on them, and because a fault found here can be sent back with
its reason. Unknown fields are ignored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

from concepts.content import (
    ConceptKindName,
    Content,
    QuestionTypeName,
    QuizContent,
    ResourceContent,
    ResourceKindName,
    TutorialContent,
)
from concepts.languages.tags import find_tag, primary_language
from generation.port.characters import HALF_CHARACTER, escape_halves, has_half
from generation.port.outline import MOST_ASSUMPTIONS, MOST_CONCEPTS, MOST_REQUIRED, Outline
from roadmaps.bounds import LANGUAGE_TAG_MAX_CHARACTERS, LevelName
from roadmaps.plain_titles import plain_titles

# More complaints than these only confuse.
MAX_COMPLAINTS = 15
# Of the links that a model names, so many are looked at; twelve are kept.
LOOKED_AT_RESOURCES = 50

# Objects around the one that was asked for.
MOST_WRAPPERS = 3

# The level of a plan that names none.
BASE = "beginner"

C = TypeVar("C", bound=Content)


class Answered(BaseModel):
    """Takes a list that stands in a string as JSON for a list, null for what may be left out, the
    words of closed lists in any case, and an object out of another that was put around it."""

    @model_validator(mode="before")
    @classmethod
    def _loosen(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        fields = cls.model_fields
        data = _unwrap(data, fields.keys())
        return {
            name: _unpack(value, fields.get(name))
            for name, value in data.items()
            if not (value is None and name in fields and not fields[name].is_required())
        }


def _unwrap(data: dict[str, Any], fields: AbstractSet[str]) -> dict[str, Any]:
    """Out of `{"name": …, "arguments": …}`, `{"response": …}`, or the schema's own `properties`."""
    for _ in range(MOST_WRAPPERS):
        if any(name in fields for name in data):
            break
        inner = [one for one in map(_parsed, data.values()) if isinstance(one, dict)]
        known = [one for one in inner if any(name in fields for name in one)]
        if len(known or inner) != 1:
            break
        [data] = known or inner
    return data


def _parsed(value: Any) -> Any:
    if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return value
    try:
        return json.loads(value, strict=False)
    except (ValueError, RecursionError):
        return value


def _unpack(value: Any, known: FieldInfo | None) -> Any:
    if known is None or not isinstance(value, str) or known.annotation is str:
        return value
    if value.lstrip().startswith(("[", "{")):
        return _parsed(value)
    words = getattr(known.annotation, "__args__", ())
    folded = value.strip().casefold().replace(" ", "_")
    return folded if folded in words else value


class PlannedConcept(Answered):
    key: str
    title: str
    summary: str
    kind: ConceptKindName
    difficulty: int
    est_minutes: int
    practice_minutes: int | None = None
    objectives: list[str]
    keywords: list[str] = Field(default_factory=list)
    requires: list[str] = Field(default_factory=list)


class PlannedModule(Answered):
    title: str
    summary: str
    concepts: list[PlannedConcept]


class PlannedStage(Answered):
    title: str
    summary: str
    modules: list[PlannedModule]


class OutlineAnswer(Answered):
    """A plan, or the verdict that the goal is none: then the rest may be empty or left out."""

    verdict: Literal["roadmap", "question", "unclear", "unsafe", "not_a_goal"] = "roadmap"
    suggestions: list[str] = Field(default_factory=list)
    title: str = ""
    summary: str = ""
    language: str = ""
    level: Annotated[
        LevelName,
        BeforeValidator(lambda level: level or BASE),
    ] = "beginner"
    assumptions: list[str] = Field(default_factory=list)
    stages: list[PlannedStage] = Field(default_factory=list)


class NamedResource(Answered):
    title: str
    url: str
    kind: ResourceKindName
    why: str
    language: str = "en"
    minutes: int | None = None
    is_free: bool = True


class ResourcesAnswer(Answered):
    resources: list[NamedResource]


class AnsweredChoice(Answered):
    text: str
    # Before the key: what is written first is thought first.
    rationale: str
    is_correct: bool = False


# A number that is printed may be written as one.
PrintedText = Annotated[str, BeforeValidator(lambda said: str(said) if type(said) is int else said)]


class AskedQuestion(Answered):
    type: QuestionTypeName
    stem: str
    choices: list[AnsweredChoice] = Field(default_factory=list)
    accepted: list[PrintedText] = Field(default_factory=list)
    explanation: str
    objective: str
    difficulty: int


class QuizAnswer(Answered):
    questions: list[AskedQuestion]


def as_said(answer: BaseModel) -> str:
    """An answer as JSON. Half a character in it is shown as JSON shows it, for it is a fault to be
    told of and cannot be sent."""
    return escape_halves(json.dumps(answer.model_dump(), ensure_ascii=False))


def read_outline(
    answer: OutlineAnswer, language: str | None, level: str | None = None
) -> tuple[Outline | None, list[str]]:
    """`language` and `level` replace the model's own words where they are settled already."""
    if faults := [*count_problems(answer), *_empty_parts(answer)]:
        return None, faults[:MAX_COMPLAINTS]
    data = answer.model_dump(exclude={"verdict", "suggestions"})
    data["language"] = language or data["language"]
    data["level"] = level or data["level"]
    _unnumber(data["stages"])
    for stage in data["stages"]:
        _unnumber(stage["modules"])
        for module in stage["modules"]:
            _unnumber(module["concepts"])
            module["concepts"] = [trim_concept(concept) for concept in module["concepts"]]
    assumptions = [text for text in data["assumptions"] if text.strip()]
    data["assumptions"] = assumptions[:MOST_ASSUMPTIONS]
    return read_content(Outline, data)


def count_problems(answer: OutlineAnswer) -> list[str]:
    """What a plan has too many of to be looked into."""
    modules = [module for stage in answer.stages for module in stage.modules]
    concepts = [concept for module in modules for concept in module.concepts]
    counts = {
        "the plan has {} stages": (len(answer.stages), MOST_CONCEPTS),
        "the plan has {} modules": (len(modules), MOST_CONCEPTS),
        "the plan has {} concepts": (len(concepts), MOST_CONCEPTS),
        "a concept requires {} others": (
            max((len(concept.requires) for concept in concepts), default=0),
            MOST_REQUIRED,
        ),
    }
    return [
        f"{what.format(count)}; {most} are the most"
        for what, (count, most) in counts.items()
        if count > most
    ]


def _unnumber(siblings: list[dict[str, Any]]) -> None:
    for one, title in zip(siblings, plain_titles([one["title"] for one in siblings]), strict=True):
        one["title"] = title


def _empty_parts(answer: OutlineAnswer) -> Iterator[str]:
    if not answer.stages:
        yield "the plan has no stages"
    for place, stage in enumerate(answer.stages, start=1):
        if not stage.modules:
            yield f"stage {place} has no modules"
        for number, module in enumerate(stage.modules, start=1):
            if not module.concepts:
                yield f"module {number} of stage {place} has no concepts"


def trim_concept(concept: dict[str, Any]) -> dict[str, Any]:
    """Too much of a good thing is no reason to ask again."""
    return concept | {
        "difficulty": _within(concept["difficulty"]),
        "practice_minutes": _part_of(concept["est_minutes"], concept["practice_minutes"]),
        "objectives": [text for text in concept["objectives"] if text.strip()][:4],
        "keywords": [text for text in concept["keywords"] if text.strip()][:12],
    }


def _part_of(minutes: int, practice: int | None) -> int | None:
    return None if practice is None else max(0, min(practice, minutes))


def _within(difficulty: int) -> int:
    return min(max(difficulty, 1), 5)


def read_resources(answer: ResourcesAnswer) -> tuple[list[ResourceContent], list[str]]:
    """The resources that hold what they must, and what is wrong with the others."""
    good: list[ResourceContent] = []
    complaints: list[str] = []
    for number, named in enumerate(answer.resources[:LOOKED_AT_RESOURCES], start=1):
        data = named.model_dump()
        if named.minutes is not None and named.minutes < 1:
            data["minutes"] = None
        data["language"] = _tag_of(named.language)
        resource, problems = read_content(ResourceContent, data)
        good += [resource] if resource else []
        complaints += [f"resource {number}: {problem}" for problem in problems]
    return good, complaints[:MAX_COMPLAINTS]


def _tag_of(language: str) -> str:
    """A tag for what a model calls the language of a page: “German, with subtitles in English” is
    German first; “und” where nobody knows."""
    first = re.split(r"[,;/|(（、，]|\band\b", language[:100])[0]
    tag = find_tag(language) or find_tag(first) or "und"
    return tag if len(tag) <= LANGUAGE_TAG_MAX_CHARACTERS else primary_language(tag)


def read_tutorial(markdown: str) -> tuple[TutorialContent | None, list[str]]:
    return read_content(TutorialContent, {"markdown": markdown})


def read_quiz(answer: QuizAnswer) -> tuple[QuizContent | None, list[str]]:
    data = answer.model_dump()
    for question in data["questions"]:
        question["difficulty"] = _within(question["difficulty"])
        question["choices" if question["type"] == "output" else "accepted"] = []
        if question["type"] in {"order", "faulty_line"}:
            _set_as_code(question["choices"])
    return read_content(QuizContent, data)


def _set_as_code(lines: list[dict[str, Any]]) -> None:
    """Where a line is indented, all are code: it would lose what it begins with."""
    if any(line["text"].startswith((" ", "\t")) for line in lines):
        for line in lines:
            text = line["text"].rstrip()
            line["text"] = text if "`" in text else f"`{text}`"


def read_content(content: type[C], data: dict[str, Any]) -> tuple[C | None, list[str]]:
    try:
        return content.model_validate(data), []
    except ValidationError as error:
        return None, [_explain(fault) for fault in error.errors()[:MAX_COMPLAINTS]]


def _explain(fault: Any) -> str:
    """Places are counted from one, as people (and prompts) do."""
    place = " ".join(str(part + 1 if isinstance(part, int) else part) for part in fault["loc"])
    is_half = isinstance(fault.get("input"), str) and has_half(fault["input"])
    message = HALF_CHARACTER if is_half else fault["msg"]
    return f"{place}: {message}" if place else str(message)
