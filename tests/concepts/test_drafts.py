from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concepts.bounds import TUTORIAL_MAX_CHARACTERS
from concepts.content import (
    ArtifactContent,
    ArtifactKind,
    ResourceContent,
    ResourcesContent,
    TutorialContent,
)
from concepts.drafts import FailureDraft, Provenance, VersionDraft, draft_failure, draft_version
from concepts.shuffling import shuffle_choices
from tests.concepts.lint.questions import question, quiz

PROVENANCE = Provenance(provider="catalogue", model="", language="en", origin="authored")
HELLO = TutorialContent(markdown="## Hello")
UNSTORABLE = "half \ud83d, none \x00, whole é 学 🎉"
STORABLE = "half ?, none \N{REPLACEMENT CHARACTER}, whole é 学 🎉"

deterministic = settings(derandomize=True, deadline=None)


def draft(
    content: ArtifactContent, *, seed: str = "forms", provenance: Provenance = PROVENANCE
) -> VersionDraft:
    return draft_version(1, 2, ArtifactKind.TUTORIAL, content, provenance, seed=seed)


def failure(error: Exception, *, public: str = "No.", detail: str = "") -> FailureDraft:
    return draft_failure(1, 2, ArtifactKind.QUIZ, error, public=public, detail=detail)


def link(title: str) -> ResourcesContent:
    resource = ResourceContent(
        title=title, url="https://a.example", kind="docs", why="It is short."
    )
    return ResourcesContent(resources=[resource])


def test_a_tutorial_is_rendered_and_timed() -> None:
    version = draft(HELLO)
    assert (version.html, version.minutes) == ('<h2 id="t-hello">Hello</h2>\n', 1)


def test_resources_are_neither_rendered_nor_timed() -> None:
    assert (draft(link("HTTP")).html, draft(link("HTTP")).minutes) == ("", 0)


def test_a_quiz_is_shuffled_by_its_seed() -> None:
    original = quiz(question())
    assert draft(original, seed="views").content == shuffle_choices(original, "views")


def test_a_tutorial_at_the_limit_is_rendered() -> None:
    assert draft(TutorialContent(markdown="a " * (TUTORIAL_MAX_CHARACTERS // 2 - 1) + "bc")).html


def test_an_over_long_tutorial_is_not_rendered() -> None:
    endless = TutorialContent.model_construct(markdown="a" * (TUTORIAL_MAX_CHARACTERS + 1))
    assert (draft(endless).html, draft(endless).minutes) == ("", 0)


@pytest.mark.parametrize(
    "content", [HELLO, link("HTTP"), quiz(question())], ids=lambda c: type(c).__name__
)
def test_one_content_has_one_hash_wherever_it_comes_from(content: ArtifactContent) -> None:
    reviewed = Provenance("openai", "gpt", "zh", "generated", reviewed_on=date(2026, 11, 23))
    assert draft(content).content_hash == draft(content, provenance=reviewed).content_hash


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HELLO, TutorialContent(markdown="## Hello!")),
        (link("HTTP"), link("HTTPS")),
        (quiz(question()), quiz(question(right=[1]))),
        (quiz(question()), quiz(question(explanation="Because."))),
    ],
)
def test_another_content_has_another_hash(one: ArtifactContent, other: ArtifactContent) -> None:
    assert draft(one).content_hash != draft(other).content_hash


def test_content_that_cannot_be_encoded_has_a_hash() -> None:
    half = quiz(question(stem="half \ud83d"))
    assert len(draft(half).content_hash) == 64


def test_a_failure_carries_the_name_of_its_error() -> None:
    assert failure(TimeoutError("late")).error_class == "TimeoutError"


def test_a_failure_is_final_unless_it_says_so() -> None:
    assert failure(ValueError()).retry_seconds is None


def test_what_the_database_cannot_hold_is_replaced_in_a_failure() -> None:
    drafted = failure(ValueError(UNSTORABLE), public=UNSTORABLE, detail=UNSTORABLE)
    assert (
        drafted.public == drafted.detail == "half ?, none \N{REPLACEMENT CHARACTER}, whole é 学 🎉"
    )


@deterministic
@given(text=st.text(st.characters()))
def test_the_texts_of_a_failure_can_be_stored_whatever_they_quote(text: str) -> None:
    drafted = failure(ValueError(text), public=text, detail=text)
    assert drafted.public.encode() == (drafted.detail.strip() or "No reason was given.").encode()
    assert "\x00" not in drafted.public
