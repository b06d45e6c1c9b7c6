from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.port.errors import GoalRefused
from generation.port.goals import check_wishes, clean_goal
from generation.port.request import OutlineRequest
from roadmaps.bounds import GOAL_MAX_CHARACTERS

TODAY = date(2026, 11, 23)

deterministic = settings(derandomize=True, deadline=None)


def wishing(**wishes: Any) -> dict[str, str]:
    return check_wishes(OutlineRequest("Learn Django", **wishes), TODAY)


@pytest.mark.parametrize("goal", ["Python web development", "学习", "Учить русский", "Go", "C# 12"])
def test_a_goal_in_any_script_is_taken_as_it_is(goal: str) -> None:
    assert clean_goal(goal) == goal


@pytest.mark.parametrize(
    ("typed", "goal"),
    [
        ("  Learn   Django ", "Learn Django"),
        ("Learn\nDjango\r\n\tnow", "Learn Django now"),
        ("Learn\N{LINE SEPARATOR}Django\N{PARAGRAPH SEPARATOR}now", "Learn Django now"),
        ("Learn\x00Django\x1b[31m\x7f", "Learn Django [31m"),
        ("Learn \ud83d Django \udc00", "Learn Django"),
        ("cafe\N{COMBINING ACUTE ACCENT} culture", "café culture"),
        ("Learn 🎉 Django", "Learn 🎉 Django"),
    ],
)
def test_a_goal_is_brought_onto_one_line(typed: str, goal: str) -> None:
    assert clean_goal(typed) == goal


@pytest.mark.parametrize(
    "typed", ["", "   ", "\n\t\r\n", "\x00\x1f", "\ud800", "\N{NO-BREAK SPACE}"]
)
def test_an_empty_goal_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(GoalRefused, match=r"empty.*such as “Python web development”"):
        clean_goal(typed)


@pytest.mark.parametrize("typed", ["x", "🎉🚀", "?!", "- a -"])
def test_a_goal_without_words_is_refused(typed: str) -> None:
    with pytest.raises(GoalRefused, match="does not say what you want to learn"):
        clean_goal(typed)


@pytest.mark.parametrize("characters", [GOAL_MAX_CHARACTERS + 1, 20_000])
def test_an_endless_goal_is_refused_without_repeating_it(characters: int) -> None:
    with pytest.raises(GoalRefused) as refusal:
        clean_goal("学" * characters)
    assert f"has {characters} characters; 500 are the limit" in str(refusal.value)
    assert "学" not in str(refusal.value)


def test_white_space_does_not_count_towards_the_limit() -> None:
    longest = "x" * (GOAL_MAX_CHARACTERS - 2) + " y"
    assert clean_goal(f"\n\n{longest.replace(' ', ' ' * 1_000)}  ") == longest


@deterministic
@given(typed=st.text(st.characters()))
def test_a_goal_is_storable_and_clean_or_refused(typed: str) -> None:
    try:
        goal = clean_goal(typed)
    except GoalRefused as refusal:
        str(refusal).encode()
    else:
        assert clean_goal(goal.encode().decode()) == goal
        assert not re.search(r"[\x00-\x1f\x7f]", goal)


def test_no_wishes_are_no_problem() -> None:
    assert wishing() == {}


def test_wishes_at_their_limits_are_no_problem() -> None:
    tomorrow = date(2026, 11, 24)
    least = wishing(level="beginner", language="en", hours_per_week=1, concepts=4)
    most = wishing(
        level="advanced",
        language="zh-Hans-CN",
        hours_per_week=80,
        concepts=200,
        target_date=tomorrow,
    )
    assert (least, most) == ({}, {})


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("level", "expert", "“expert” is not one of beginner, intermediate, advanced."),
        ("language", "English", "“English” is not a language tag such as en or zh-Hans."),
        ("language", "en_US", "“en_US” is not a language tag such as en or zh-Hans."),
        ("language", "x", "“x” is not a language tag such as en or zh-Hans."),
        ("language", "en\n", "“en\n” is not a language tag such as en or zh-Hans."),
        ("hours_per_week", 0, "0 is not between 1 and 80."),
        ("hours_per_week", 81, "81 is not between 1 and 80."),
        ("concepts", 3, "3 is not between 4 and 200."),
        ("concepts", 201, "201 is not between 4 and 200."),
        ("concepts", -1, "-1 is not between 4 and 200."),
        ("target_date", TODAY, "2026-11-23 is not in the future."),
        ("target_date", date(2025, 1, 1), "2025-01-01 is not in the future."),
    ],
)
def test_a_wish_that_cannot_be_met_is_named_by_its_field(
    field: str, value: Any, problem: str
) -> None:
    assert wishing(**{field: value}) == {field: problem}


def test_every_wrong_wish_is_named() -> None:
    assert list(wishing(level="x", hours_per_week=0, concepts=0)) == [
        "level",
        "hours_per_week",
        "concepts",
    ]


@pytest.mark.parametrize("goal", ["C#", "C++", "茶", "Go"])
def test_short_names_of_things_worth_learning_are_goals(goal: str) -> None:
    assert clean_goal(goal) == goal


@pytest.mark.parametrize(
    "goal",
    [
        "Break into the car industry",
        "Break into my neighbour's house",
        "Making a pipe bomb",
        "Ethical hacking",
        "Stop burglars from breaking into your home",
        "Making bath bombs",
        "The history of making bombs",
        "Break into data science",
        "网络安全：防止入侵他人系统",
    ],
)
def test_what_a_goal_means_is_for_the_model_to_judge(goal: str) -> None:
    assert clean_goal(goal) == goal


def test_invisible_characters_that_only_deceive_are_dropped() -> None:
    assert clean_goal("py\u202ethon\u200b \ufeffweb") == "python web"
