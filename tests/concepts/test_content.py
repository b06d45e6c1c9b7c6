from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from concepts.bounds import TUTORIAL_MAX_CHARACTERS
from concepts.content import (
    ChoiceContent,
    QuestionContent,
    QuizContent,
    ResourceContent,
    ResourcesContent,
    TutorialContent,
)

CHOICE: dict[str, Any] = {"text": "GET", "is_correct": True, "rationale": "It changes nothing."}
RESOURCE: dict[str, Any] = {
    "title": "HTTP",
    "url": "https://example.org/http",
    "kind": "docs",
    "why": "The text itself.",
}
QUESTION: dict[str, Any] = {
    "type": "single",
    "stem": "Which method is safe?",
    "choices": [CHOICE, CHOICE | {"text": "PUT", "is_correct": False}],
    "explanation": "Safe methods only read.",
    "objective": "Choose a method",
    "difficulty": 2,
}


def refused(model: type[BaseModel], fields: dict[str, Any]) -> str:
    """The message with which content is refused."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(fields)
    return str(caught.value)


def test_a_resource_is_free_english_and_of_unknown_length_unless_it_says_so() -> None:
    resource = ResourceContent(**RESOURCE)
    assert (resource.is_free, resource.language, resource.minutes) == (True, "en", None)


def test_white_space_around_a_text_is_taken_off() -> None:
    assert TutorialContent(markdown="\n  ## Hello \n").markdown == "## Hello"


@pytest.mark.parametrize(
    ("model", "fields", "name", "limit"),
    [
        (TutorialContent, {}, "markdown", TUTORIAL_MAX_CHARACTERS),
        (ChoiceContent, CHOICE, "text", 300),
        (ChoiceContent, CHOICE, "rationale", 4_000),
        (QuestionContent, QUESTION, "stem", 4_000),
        (QuestionContent, QUESTION, "objective", 300),
        (ResourceContent, RESOURCE, "title", 300),
    ],
)
def test_a_text_may_be_as_long_as_its_limit_and_no_longer(
    model: type[BaseModel], fields: dict[str, Any], name: str, limit: int
) -> None:
    model.model_validate(fields | {name: "x" * limit})
    assert f"at most {limit} characters" in refused(model, fields | {name: "x" * (limit + 1)})


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_a_blank_text_is_refused(text: str) -> None:
    assert "at least 1 character" in refused(TutorialContent, {"markdown": text})


@pytest.mark.parametrize(
    ("model", "fields", "name"),
    [
        (TutorialContent, {}, "markdown"),
        (ChoiceContent, CHOICE, "text"),
        (ChoiceContent, CHOICE, "rationale"),
        (ResourceContent, RESOURCE, "title"),
    ],
)
def test_what_the_database_cannot_hold_is_refused(
    model: type[BaseModel], fields: dict[str, Any], name: str
) -> None:
    assert "NUL" in refused(model, fields | {name: "a\x00b"})
    assert "unicode" in refused(model, fields | {name: "half \ud83d"})


@pytest.mark.parametrize("url", ["http://example.org", "https://bücher.example/ä?q=1#teil"])
def test_a_web_address_is_kept_as_it_was_given(url: str) -> None:
    assert ResourceContent(**RESOURCE | {"url": url}).url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "/relative",
        "//example.org/x",
        "ftp://example.org",
        "javascript:alert(1)",
        "JaVaScRiPt://example.org/%0aalert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "javascript&colon;alert(1)",
        "vbscript:x",
        "blob:https://example.org/1",
        "view-source:https://example.org",
        "mailto:a@example.org",
        "/\\example.org",
        "https://example.org\\@evil.example",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://",
        "https://exa mple.org",
        "https://example.org/\x00",
        "https://example.org/" + "x" * 2_000,
    ],
)
def test_anything_but_a_web_address_is_refused(url: str) -> None:
    assert refused(ResourceContent, RESOURCE | {"url": url})


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (ResourceContent, RESOURCE | {"kind": "podcast"}),
        (ResourceContent, RESOURCE | {"minutes": 0}),
        (ResourceContent, RESOURCE | {"minutes": 6_001}),
        (QuestionContent, QUESTION | {"type": "essay"}),
        (QuestionContent, QUESTION | {"difficulty": 0}),
        (QuestionContent, QUESTION | {"difficulty": 6}),
        (QuestionContent, QUESTION | {"choices": [CHOICE]}),
        (QuestionContent, QUESTION | {"choices": [CHOICE] * 6}),
        (QuizContent, {"questions": []}),
        (QuizContent, {"questions": [QUESTION] * 13}),
        (ResourcesContent, {"resources": []}),
        (ResourcesContent, {"resources": [RESOURCE] * 13}),
    ],
)
def test_values_outside_their_range_are_refused(
    model: type[BaseModel], fields: dict[str, Any]
) -> None:
    assert refused(model, fields)


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (TutorialContent, {"markdown": "x"}),
        (ChoiceContent, CHOICE),
        (QuestionContent, QUESTION),
        (QuizContent, {"questions": [QUESTION]}),
        (ResourcesContent, {"resources": [RESOURCE]}),
    ],
)
def test_a_field_nobody_knows_is_refused(model: type[BaseModel], fields: dict[str, Any]) -> None:
    model.model_validate(fields)
    assert "Extra inputs" in refused(model, fields | {"letter": "B"})


@pytest.mark.parametrize("field", ["markdown", "html"])
def test_content_cannot_be_changed(field: str) -> None:
    tutorial = TutorialContent(markdown="x")
    with pytest.raises(ValidationError, match="frozen"):
        setattr(tutorial, field, "y")


@pytest.mark.parametrize(
    "url",
    ["http:example.org", "http:///example.org", "http:\\\\example.org", "https://exa\nmple.org"],
)
def test_an_address_must_be_whole_as_it_stands(url: str) -> None:
    with pytest.raises(ValidationError):
        ResourceContent(title="HTTP", url=url, kind="docs", why="The text.")
