"""What a provider returns for one concept: validated, not yet rows. Pure: imports no Django.

Whatever passes here can be stored: the bounds are those of the columns, and the database repeats
them, so that content which never met these models still cannot be.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    model_validator,
)

from concepts.bounds import (
    LEAST_DIFFICULT,
    LINE_MAX_CHARACTERS,
    MINUTES_MAX,
    MOST_DIFFICULT,
    PARAGRAPH_MAX_CHARACTERS,
    RESOURCES_MAX,
    TUTORIAL_MAX_CHARACTERS,
    WEB_ADDRESS_MAX_CHARACTERS,
)
from concepts.links.public import canonical_url, is_public_address, may_be_shown_as
from roadmaps.bounds import LANGUAGE_TAG_MAX_CHARACTERS

ConceptKindName: TypeAlias = Literal["fact", "concept", "procedure", "design"]
ResourceKindName: TypeAlias = Literal[
    "docs", "article", "video", "book", "course", "tool", "exercise"
]
QuestionTypeName: TypeAlias = Literal["single", "multiple", "true_false"]

_WEB_ADDRESS = re.compile(r"https?://[^\s/\\?#]+[^\s\\]*", re.IGNORECASE)


class ArtifactKind(StrEnum):
    """The three artifacts of a concept, in the order a learner wants them."""

    TUTORIAL = "tutorial"
    RESOURCES = "resources"
    QUIZ = "quiz"


def _printable(value: str) -> str:
    """Refuse what PostgreSQL cannot store: NUL. (Pydantic itself refuses lone surrogates.)"""
    if "\x00" in value:
        raise ValueError("holds a NUL character")
    return value


def _one_line(value: str) -> str:
    """White space of any kind becomes one space; other control characters are refused."""
    line = " ".join(_printable(value).split())
    if any(unicodedata.category(character) == "Cc" for character in line):
        raise ValueError("holds a control character")
    if not line:
        raise ValueError("is empty")
    return line


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LINE_MAX_CHARACTERS),
    AfterValidator(_one_line),
]
Paragraph = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=PARAGRAPH_MAX_CHARACTERS),
    AfterValidator(_printable),
]
Language = Annotated[Line, Field(max_length=LANGUAGE_TAG_MAX_CHARACTERS)]
Minutes = Annotated[int, Field(ge=1, le=MINUTES_MAX)]
Difficulty = Annotated[int, Field(ge=LEAST_DIFFICULT, le=MOST_DIFFICULT)]


def _web_address(value: str) -> str:
    """Accept public http(s) addresses only, and return the text as it was given."""
    HttpUrl(value)
    # HttpUrl mends what browsers mend; we keep the text, so it has to be whole as it stands.
    if not _WEB_ADDRESS.fullmatch(value):
        raise ValueError("is not a plain http(s) address")
    if not is_public_address(value):
        raise ValueError("is no public web address")
    if len(canonical_url(value)) > WEB_ADDRESS_MAX_CHARACTERS:
        raise ValueError("is too long when its letters are written in ASCII")
    scheme, rest = value.split(":", 1)
    return f"{scheme.lower()}:{rest}"


WebAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=WEB_ADDRESS_MAX_CHARACTERS),
    AfterValidator(_printable),
    AfterValidator(_web_address),
]


class Content(BaseModel):
    """Base of all content: unknown fields are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TutorialContent(Content):
    markdown: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=TUTORIAL_MAX_CHARACTERS),
        AfterValidator(_printable),
    ]


class ResourceContent(Content):
    title: Line
    url: WebAddress
    kind: ResourceKindName
    why: Paragraph
    language: Language = "en"
    minutes: Minutes | None = None
    is_free: bool = True

    @model_validator(mode="after")
    def _leads_where_it_says(self) -> Self:
        if not may_be_shown_as(self.title, self.url):
            raise ValueError(f"the title “{self.title}” names another host, or hides something")
        return self


class ResourcesContent(Content):
    resources: Annotated[list[ResourceContent], Field(min_length=1, max_length=RESOURCES_MAX)]

    @model_validator(mode="after")
    def _lists_each_once(self) -> Self:
        if len({canonical_url(one.url) for one in self.resources}) < len(self.resources):
            raise ValueError("one address is listed twice")
        return self


class ChoiceContent(Content):
    """Correctness sits on the choice, never in a letter or an index."""

    text: Line
    is_correct: bool
    rationale: Paragraph


class QuestionContent(Content):
    type: QuestionTypeName
    stem: Paragraph
    choices: Annotated[list[ChoiceContent], Field(min_length=2, max_length=5)]
    explanation: Paragraph
    objective: Line
    difficulty: Difficulty

    @model_validator(mode="after")
    def _choices_differ(self) -> Self:
        if len({choice.text for choice in self.choices}) < len(self.choices):
            raise ValueError("two choices read the same")
        return self


class QuizContent(Content):
    questions: Annotated[list[QuestionContent], Field(min_length=1, max_length=12)]


ArtifactContent = TutorialContent | ResourcesContent | QuizContent

CONTENT_TYPES: dict[ArtifactKind, type[ArtifactContent]] = {
    ArtifactKind.TUTORIAL: TutorialContent,
    ArtifactKind.RESOURCES: ResourcesContent,
    ArtifactKind.QUIZ: QuizContent,
}
