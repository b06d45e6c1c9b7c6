"""Which goals are answered with what is built in, and what whoever has another is told."""

from __future__ import annotations

from typing import Any

import pytest

from concepts.content import ArtifactKind
from generation.port.errors import ContentError, GoalRefused
from generation.port.request import OutlineRequest
from generation.providers.catalogue import CatalogueRoadmap
from tests.generation.catalogue_entries import ENTRIES, PROVIDER, brief, every_roadmap


def refusal(goal: str, **wishes: Any) -> GoalRefused:
    with pytest.raises(GoalRefused) as refused:
        PROVIDER.check_goal(OutlineRequest(goal, **wishes))
    return refused.value


@pytest.mark.parametrize(
    "goal",
    [
        "Python web development",
        "PYTHON WEB DEVELOPMENT",
        "  python   web\tdevelopment ",
        "Ｐｙｔｈｏｎ web development",
        "Learn Django",
    ],
)
async def test_a_built_in_goal_is_answered_however_it_is_typed(goal: str) -> None:
    PROVIDER.check_goal(OutlineRequest(goal))
    written = await PROVIDER.outline(OutlineRequest(goal))
    assert written.content.title == "Python web development"
    assert (written.authored, written.usage.calls) == (True, 0)


@every_roadmap
def test_a_roadmap_answers_to_its_own_title(roadmap: CatalogueRoadmap) -> None:
    assert roadmap.answers(roadmap.outline.title)


@pytest.mark.parametrize(
    "goal", ["Python web", "Game development with Python", "Learn Flask Django"]
)
def test_a_near_goal_is_refused_and_the_closest_is_named(goal: str) -> None:
    refused = refusal(goal)
    assert "the closest built-in roadmap is “Python web development”" in str(refused)
    assert refused.suggestions == ("Python web development",)


@pytest.mark.parametrize("goal", ["Watercolour painting", "C++", "学习中文", "Learn Rust", "?!"])
def test_an_unknown_goal_is_told_what_is_built_in_and_how_to_get_more(goal: str) -> None:
    refused = refusal(goal)
    assert f"“{goal}” needs a language model" in str(refused)
    assert "Python web development (" in str(refused)
    assert "LLM_BASE_URL" in str(refused)


def test_an_unknown_goal_is_not_answered_with_a_neighbour() -> None:
    assert refusal("Watercolour painting").suggestions == ()


async def test_an_outline_is_refused_like_the_goal_it_is_for() -> None:
    with pytest.raises(GoalRefused):
        await PROVIDER.outline(OutlineRequest("Python web"))


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        ({"level": "advanced"}, "has the level “beginner”, not “advanced”"),
        ({"language": "de"}, "has the language “en”, not “de”"),
        ({"concepts": 12}, "and you asked for 12"),
        ({"concepts": 100}, "and you asked for 100"),
    ],
)
def test_what_was_not_written_is_refused(wishes: dict[str, Any], reason: str) -> None:
    refused = str(refusal("Python web development", **wishes))
    assert reason in refused
    assert "LLM_BASE_URL" in refused


def test_wishes_the_roadmap_meets_are_no_reason_to_refuse() -> None:
    wishes = OutlineRequest("Learn Django", level="beginner", language="EN", concepts=60)
    PROVIDER.check_goal(wishes)


async def test_a_concept_nobody_has_written_is_refused() -> None:
    unknown = ENTRIES[0].concept.model_copy(update={"key": "no-such-concept"})
    with pytest.raises(ContentError, match="no built-in text"):
        await PROVIDER.write(ArtifactKind.TUTORIAL, brief("Learn Django", unknown))
