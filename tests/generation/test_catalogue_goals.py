"""Which goals are answered with what is built in, and what whoever has another is told."""

from __future__ import annotations

from typing import Any

import pytest

from concepts.content import ArtifactKind
from generation.port.errors import ContentError, GoalRefused
from generation.port.request import OutlineRequest
from generation.providers.catalogue import CatalogueRoadmap, goal_key
from tests.generation.catalogue_entries import PROVIDER, ROADMAPS, brief, every_roadmap


def refusal(goal: str, **wishes: Any) -> GoalRefused:
    with pytest.raises(GoalRefused) as refused:
        PROVIDER.check_goal(OutlineRequest(goal, **wishes))
    return refused.value


def assert_lists_all(refused: GoalRefused) -> None:
    for roadmap in ROADMAPS:
        line = f"- {roadmap.outline.title} ({len(roadmap.outline.concepts())} concepts)"
        assert line in str(refused)
    for variable in ("LLM_BASE_URL", "LLM_API_KEY", "LLM_MODEL"):
        assert variable in str(refused)
        assert variable not in refused.for_learners


@pytest.mark.parametrize(
    "goal",
    [
        "Python web development",
        "PYTHON WEB DEVELOPMENT",
        "  python   web\tdevelopment ",
        "Ｐｙｔｈｏｎ web development",
        "“Python”, web development!",
        "python-web-development",
        "Python Web 开发",
        "python web开发。",
        "Learn Django",
    ],
)
async def test_a_built_in_goal_is_answered_however_it_is_typed(goal: str) -> None:
    PROVIDER.check_goal(OutlineRequest(goal))
    written = await PROVIDER.outline(OutlineRequest(goal))
    assert written.content.title == "Python web development"
    assert (written.authored, written.usage.calls) == (True, 0)


@every_roadmap
async def test_a_roadmap_answers_to_its_title_and_its_other_names(
    roadmap: CatalogueRoadmap,
) -> None:
    for goal in (roadmap.outline.title, *roadmap.goals):
        for typed in (goal, goal.upper(), f"  «{goal}»?! "):
            written = await PROVIDER.outline(OutlineRequest(typed))
            assert written.content == roadmap.outline


def test_no_two_roadmaps_answer_to_one_goal() -> None:
    goals = [goal for roadmap in ROADMAPS for goal in {goal_key(one) for one in roadmap.goals}]
    assert len(goals) == len(set(goals))
    assert all(goals)


@every_roadmap
def test_a_roadmap_is_in_its_language_however_that_is_tagged(roadmap: CatalogueRoadmap) -> None:
    language = roadmap.outline.language
    same = {"en": ["EN", "en-GB"], "zh": ["zh-CN", "zh_Hans", "zh-hans-CN"]}[language[:2]]
    for tag in (language, *same):
        PROVIDER.check_goal(OutlineRequest(roadmap.outline.title, language=tag))
    with pytest.raises(GoalRefused):
        PROVIDER.check_goal(OutlineRequest(roadmap.outline.title, language="zh-Hant"))


@every_roadmap
def test_a_near_spelling_is_refused_and_the_one_that_was_meant_is_named_first(
    roadmap: CatalogueRoadmap,
) -> None:
    title = roadmap.outline.title
    for typed in (f"{title[:2]}{title[3:]}", f"{title} x"):
        assert refusal(typed).suggestions[0] == title


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Pyton web developement", "Python web development"),
        ("lern djago", "Python web development"),
        ("postgress", "PostgreSQL for application developers"),
        ("Postgre SQL", "PostgreSQL for application developers"),
    ],
)
def test_a_slip_of_the_keyboard_is_near_though_no_word_is_right(typed: str, meant: str) -> None:
    assert refusal(typed).suggestions == (meant,)


@pytest.mark.parametrize("goal", ["C++", "C#", "C", "+", "##", "…", "!", "«»"])
def test_what_folding_leaves_of_a_goal_is_still_that_goal(goal: str) -> None:
    keys = [goal_key(other) for other in ("C++", "C#", "C")]
    assert len(set(keys)) == 3
    assert goal_key(goal) in {*keys, ""}
    assert refusal(goal).suggestions == ()


@pytest.mark.parametrize(
    "goal", ["Python web", "Game development with Python", "Learn Flask Django"]
)
def test_a_near_goal_is_refused_and_the_closest_is_named(goal: str) -> None:
    refused = refusal(goal)
    assert "the closest built-in roadmap is “Python web development”" in str(refused)
    assert_lists_all(refused)
    assert refused.suggestions == ("Python web development",)


@pytest.mark.parametrize("goal", ["Watercolour painting", "C++", "学习中文", "Learn Rust", "?!"])
def test_an_unknown_goal_is_told_what_is_built_in_and_how_to_get_more(goal: str) -> None:
    refused = refusal(goal)
    assert f"“{goal}” needs a language model" in str(refused)
    assert_lists_all(refused)


@pytest.mark.parametrize(
    "goal", ["Learn Rust", "I want to learn Japanese", "学习中文", "学日语", "我想学习书法"]
)
def test_that_somebody_wants_to_learn_makes_no_goal_near(goal: str) -> None:
    assert refusal(goal).suggestions == ()


@pytest.mark.parametrize(
    ("goal", "meant"),
    [
        ("Learn Spanish", "Spanish for travel"),
        ("学习西班牙语", "Spanish for travel"),
        ("学习 Python Web", "Python web development"),
    ],
)
def test_what_somebody_wants_to_learn_does(goal: str, meant: str) -> None:
    assert refusal(goal).suggestions[0] == meant


@pytest.mark.parametrize(
    "goal", ["Guitar for beginners", "for beginners", "Introduction to chess", "吉他入门", "入门"]
)
def test_how_something_is_wanted_makes_no_goal_near(goal: str) -> None:
    assert refusal(goal).suggestions == ()


@pytest.mark.parametrize(
    ("goal", "meant"),
    [
        ("python", "Python web development"),
        ("Python for beginners", "Python web development"),
        ("想学 Python", "Python web development"),
        ("web development", "Python web development"),
        ("I want to learn Spanish for my holiday", "Spanish for travel"),
    ],
)
def test_one_word_of_what_is_built_in_is_near_it(goal: str, meant: str) -> None:
    assert refusal(goal).suggestions == (meant,)


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
    roadmap = ROADMAPS[0]
    unknown = roadmap.outline.concepts()[0].model_copy(update={"key": "no-such-concept"})
    with pytest.raises(ContentError, match="no built-in text"):
        await PROVIDER.write(ArtifactKind.TUTORIAL, brief(roadmap, unknown))
