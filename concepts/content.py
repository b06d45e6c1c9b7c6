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
    ValidationInfo,
    field_validator,
    model_validator,
)

from concepts.bounds import (
    LEAST_DIFFICULT,
    LINE_MAX_CHARACTERS,
    MINUTES_MAX,
    MOST_ACCEPTED,
    MOST_DIFFICULT,
    OUTPUT_MAX_CHARACTERS,
    PARAGRAPH_MAX_CHARACTERS,
    RESOURCES_MAX,
    TUTORIAL_MAX_CHARACTERS,
    WEB_ADDRESS_MAX_CHARACTERS,
)
from concepts.links.public import canonical_url, is_public_address, may_be_shown_as
from roadmaps.bounds import LANGUAGE_TAG_MAX_CHARACTERS
from roadmaps.text import output_key

ConceptKindName: TypeAlias = Literal["fact", "concept", "procedure", "design"]
ResourceKindName: TypeAlias = Literal[
    "docs", "article", "video", "book", "course", "tool", "exercise"
]
QuestionTypeName: TypeAlias = Literal[
    "single", "multiple", "true_false", "output", "order", "faulty_line"
]

# How many choices, or lines, a question of each type has at least and at most.
CHOICE_COUNTS: dict[QuestionTypeName, tuple[int, int]] = {
    "single": (2, 5),
    "multiple": (2, 5),
    "true_false": (2, 5),
    "output": (0, 0),
    "order": (3, 8),
    "faulty_line": (3, 12),
}

# Code as readers see it set, or white space.
_CODE_OR_SPACE = re.compile(r"(?<!`)(`+)(?!`)(?:\S| )*?(?<!`)\1(?!`)|\s+")
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


def _choice_line(value: str) -> str:
    """As any line, but that code keeps its spaces: those before a line are part of it."""
    text = _printable(value).replace("\t", "    ")
    line = _CODE_OR_SPACE.sub(lambda found: found[0] if found[1] else " ", text).strip()
    _one_line(line)
    if len(line) > LINE_MAX_CHARACTERS:
        raise ValueError(f"has more than {LINE_MAX_CHARACTERS} characters")
    return line


def _output(value: str) -> str:
    """Of an output as it is typed: something that can be seen, on lines that end alike."""
    text = "\n".join(_printable(value).splitlines())
    if not output_key(text).strip():
        raise ValueError("is empty")
    if any(unicodedata.category(character) == "Cc" for character in text.replace("\n", "")):
        raise ValueError("holds a control character")
    return text


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LINE_MAX_CHARACTERS),
    AfterValidator(_one_line),
]
ChoiceLine = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LINE_MAX_CHARACTERS),
    AfterValidator(_choice_line),
]
Output = Annotated[
    str,
    StringConstraints(min_length=1, max_length=OUTPUT_MAX_CHARACTERS),
    AfterValidator(_output),
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
    """Correctness sits on the choice, never in a letter or an index. A line to be put in order is
    neither right nor wrong."""

    text: ChoiceLine
    is_correct: bool = False
    rationale: Paragraph


class QuestionContent(Content):
    """`choices` of an `order` are its lines in the right order, those of a `faulty_line` lines as
    they stand below each other. An `output` has none: `accepted` is what it may be typed as."""

    type: QuestionTypeName
    stem: Paragraph
    choices: list[ChoiceContent] = Field(default_factory=list)
    accepted: Annotated[list[Output], Field(max_length=MOST_ACCEPTED)] = Field(default_factory=list)
    explanation: Paragraph
    objective: Line
    difficulty: Difficulty

    @field_validator("choices")
    @classmethod
    def _as_its_type_has_them(
        cls, choices: list[ChoiceContent], info: ValidationInfo
    ) -> list[ChoiceContent]:
        if (kind := info.data.get("type")) is None:
            return choices  # whatever it is, it has been refused
        least, most = CHOICE_COUNTS[kind]
        if not least <= len(choices) <= most:
            raise ValueError(f"{len(choices)} choices; {least} to {most} fit “{kind}”")
        if kind != "order":
            return choices
        return [choice.model_copy(update={"is_correct": False}) for choice in choices]

    @model_validator(mode="after")
    def _answers_differ(self) -> Self:
        if len({choice.text for choice in self.choices}) < len(self.choices):
            raise ValueError("two choices read the same")
        if (self.type == "output") is not bool(self.accepted):
            raise ValueError("an output has accepted texts, and no other question has any")
        if len({output_key(text) for text in self.accepted}) < len(self.accepted):
            raise ValueError("two accepted outputs are the same when they are compared")
        return self


class QuizContent(Content):
    questions: Annotated[list[QuestionContent], Field(min_length=1, max_length=12)]


ArtifactContent = TutorialContent | ResourcesContent | QuizContent

CONTENT_TYPES: dict[ArtifactKind, type[ArtifactContent]] = {
    ArtifactKind.TUTORIAL: TutorialContent,
    ArtifactKind.RESOURCES: ResourcesContent,
    ArtifactKind.QUIZ: QuizContent,
}
