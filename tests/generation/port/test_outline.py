from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generation.port.outline import Outline
from generation.port.outline_rules import check_outline, settle_prerequisites
from generation.port.pace import ask_for_pace, minutes_until, warn_pace
from generation.port.request import OutlineRequest, wanted_range

TODAY = date(2026, 11, 23)
ANYTHING = OutlineRequest("Learn a language")

Changes = Mapping[int, dict[str, Any]]

deterministic = settings(derandomize=True, deadline=None)


def concept(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "key": f"c{number}",
        "title": f"Word {number}",
        "summary": "What it means.",
        "kind": "concept",
        "difficulty": 1,
        "est_minutes": 30,
        "objectives": ["Say it", "Write it"],
        **changes,
    }


def stage(title: str, concepts: list[dict[str, Any]]) -> dict[str, Any]:
    module = {"title": f"Words of {title}", "summary": "Some.", "concepts": concepts}
    return {"title": title, "summary": "Words.", "modules": [module]}


def outline(
    concepts: int = 24,
    *,
    stages: tuple[str, ...] = ("Sounds", "Sentences"),
    changes: Changes | None = None,
    **fields: Any,
) -> Outline:
    """c0, c1, … spread evenly over the stages; `changes` by a concept's number."""
    rows = [concept(number, **(changes or {}).get(number, {})) for number in range(concepts)]
    share = -(-concepts // len(stages))
    parts = [
        stage(title, rows[place * share : (place + 1) * share])
        for place, title in enumerate(stages)
    ]
    plan = {"title": "A language", "summary": "All.", "language": "en", "level": "beginner"}
    return Outline.model_validate(plan | {"stages": parts} | fields)


def requiring(**requires: list[str]) -> Outline:
    """An outline in which some concepts require others, such as c1=["c0"]."""
    return outline(changes={int(key[1:]): {"requires": keys} for key, keys in requires.items()})


def complaints(plan: Outline, request: OutlineRequest = ANYTHING) -> str:
    return "\n".join(check_outline(plan, request))


def test_a_good_outline_passes() -> None:
    assert not complaints(requiring(c1=["c0"], c9=["c1", "c8"]))


def test_concepts_are_in_reading_order() -> None:
    assert [one.key for one in outline(4).concepts()] == ["c0", "c1", "c2", "c3"]


def test_minutes_are_those_of_all_concepts() -> None:
    assert outline(4, changes={2: {"est_minutes": 40}}).total_minutes() == 130


@pytest.mark.parametrize("objectives", [["Say it"], ["a", "b", "c", "d", "e"]])
def test_a_concept_has_two_to_four_objectives(objectives: list[str]) -> None:
    with pytest.raises(ValidationError, match="objectives"):
        outline(changes={0: {"objectives": objectives}})


@pytest.mark.parametrize(
    ("concepts", "least", "most"),
    [(None, 24, 60), (4, 3, 5), (8, 6, 10), (40, 30, 50), (200, 150, 250), (1, 1, 1)],
)
def test_a_wish_for_concepts_is_met_within_a_quarter(
    concepts: int | None, least: int, most: int
) -> None:
    assert wanted_range(concepts) == (least, most)


@deterministic
@given(concepts=st.integers(1, 1_000))
def test_exactly_what_was_wished_for_always_answers_the_wish(concepts: int) -> None:
    least, most = wanted_range(concepts)
    assert 1 <= least <= concepts <= most


@pytest.mark.parametrize(
    ("wish", "count", "passes"),
    [
        (None, 23, False),
        (None, 24, True),
        (None, 60, True),
        (None, 61, False),
        (8, 5, False),
        (8, 6, True),
        (8, 10, True),
        (8, 11, False),
    ],
)
def test_too_few_or_too_many_concepts_are_complained_of(
    wish: int | None, count: int, passes: bool
) -> None:
    found = complaints(outline(count), OutlineRequest("x y", concepts=wish))
    assert (f"{count} concepts" not in found) == passes


@pytest.mark.parametrize(("concepts", "passes"), [(4, True), (5, True), (6, False), (8, False)])
def test_only_a_tiny_roadmap_may_have_one_stage(concepts: int, passes: bool) -> None:
    plan = outline(concepts, stages=("All of it",))
    assert (
        "at least two" not in complaints(plan, OutlineRequest("x", concepts=concepts))
    ) == passes


@pytest.mark.parametrize("twin", ["word 0", "WORD  0", "Ｗｏｒｄ 0"])
def test_titles_that_read_the_same_are_complained_of(twin: str) -> None:
    assert complaints(outline(changes={7: {"title": twin}})) == (
        "concept title “word 0” occurs 2 times"
    )


def test_a_key_may_occur_once() -> None:
    assert "concept key “c0” occurs 2 times" in complaints(outline(changes={7: {"key": "c0"}}))


def test_stages_have_titles_of_their_own() -> None:
    assert "stage title “sounds” occurs 2 times" in complaints(outline(stages=("Sounds", "SOUNDS")))


@pytest.mark.parametrize(
    "title",
    ["Overview", "Stage 1", "module", "Concept 12", "LESSON 3", "Untitled", "TBD", "…", "...",
     "Lorem ipsum dolor", "Part2"],
)  # fmt: skip
def test_a_placeholder_is_not_a_title(title: str) -> None:
    expected = f"“{title}” is a placeholder, not a title"
    assert complaints(outline(changes={3: {"title": title}})) == expected
    assert complaints(outline(title=title)) == expected
    assert complaints(outline(stages=(title, "Sentences"))) == expected


@pytest.mark.parametrize("title", ["Overview of HTTP", "Stage lighting", "Parts of speech", "概念"])
def test_a_title_that_begins_like_a_placeholder_passes(title: str) -> None:
    assert not complaints(outline(changes={3: {"title": title}}))


@pytest.mark.parametrize(
    ("requires", "complaint"),
    [
        ("c99", "“c5” requires “c99”, which does not exist"),
        ("C0", "“c5” requires “C0”, which does not exist"),
        ("c5", "“c5” requires itself"),
        ("c6", "“c5” requires “c6”, which comes later"),
    ],
)
def test_a_prerequisite_exists_and_comes_before(requires: str, complaint: str) -> None:
    assert complaints(requiring(c5=["c0", requires])) == complaint


def test_a_cycle_is_no_complaint_but_loses_its_weakest_edge() -> None:
    plan = requiring(c1=["c9"], c5=["c1"], c9=["c5", "c0"])
    prerequisites, dropped = settle_prerequisites(plan)
    assert not complaints(plan)
    assert dropped == [("c1", "c9")]
    assert {key: keys for key, keys in prerequisites.items() if keys} == {
        "c5": ["c1"],
        "c9": ["c5", "c0"],
    }


def test_a_cycle_does_not_hide_another_edge_that_leads_ahead() -> None:
    assert complaints(requiring(c1=["c2", "c3"], c2=["c1"])) == (
        "“c1” requires “c3”, which comes later"
    )


def test_every_concept_is_settled_and_repetitions_are_dropped() -> None:
    prerequisites, dropped = settle_prerequisites(requiring(c5=["c1", "c0", "c1"]))
    assert prerequisites["c5"] == ["c1", "c0"]
    assert (len(prerequisites), dropped) == (24, [])


@pytest.mark.parametrize(("minutes", "passes"), [(4, False), (5, True), (240, True), (241, False)])
def test_a_concept_takes_five_minutes_to_four_hours(minutes: int, passes: bool) -> None:
    found = complaints(outline(changes={3: {"est_minutes": minutes}}))
    assert found == ("" if passes else f"“c3” takes {minutes} minutes; 5 to 240 are wanted")


@pytest.mark.parametrize(
    ("asked", "written", "passes"),
    [
        (None, "de", True),
        ("en", "en", True),
        ("en", "en-GB", True),
        ("zh-Hans", "zh", True),
        ("PT", "pt_BR", True),
        ("en", "de", False),
        ("zh", "en", False),
    ],
)
def test_an_outline_is_in_the_language_that_was_asked_for(
    asked: str | None, written: str, passes: bool
) -> None:
    found = complaints(outline(language=written), OutlineRequest("x", language=asked))
    assert found == ("" if passes else f"written in “{written}” instead of “{asked}”")


def test_everything_wrong_is_said_at_once() -> None:
    changes: Changes = {0: {"title": "TODO", "est_minutes": 1}, 3: {"requires": ["c9"]}}
    plan = outline(7, stages=("One",), language="de", changes=changes)
    assert len(check_outline(plan, OutlineRequest("x", language="en"))) == 6


@pytest.mark.parametrize(
    ("hours", "target", "warned"),
    [
        (None, date(2026, 12, 7), False),
        (6, None, False),
        (6, date(2026, 12, 7), False),
        (6, date(2026, 12, 6), True),
        (5, date(2026, 12, 7), True),
        (80, TODAY, True),
        (80, date(2026, 11, 1), True),
    ],
)
def test_twelve_hours_of_reading_fit_into_two_weeks_of_six(
    hours: int | None, target: date | None, warned: bool
) -> None:
    request = OutlineRequest("x", hours_per_week=hours, target_date=target)
    assert bool(warn_pace(outline(24), request, TODAY)) == warned


def test_a_warning_says_what_is_needed_and_what_there_is() -> None:
    request = OutlineRequest("x", hours_per_week=3, target_date=date(2026, 12, 7))
    assert warn_pace(outline(24), request, TODAY) == [
        "12 hours of reading do not fit before 2026-12-07: 3 a week make 6"
    ]


def test_a_date_in_the_past_leaves_no_hours_rather_than_negative_ones() -> None:
    request = OutlineRequest("x", hours_per_week=3, target_date=date(2026, 11, 1))
    assert warn_pace(outline(24), request, TODAY)[0].endswith("3 a week make 0")


@pytest.mark.parametrize(
    ("hours", "target", "minutes"),
    [
        (None, date(2026, 12, 7), None),
        (6, None, None),
        (6, date(2026, 12, 7), 720),
        (6, date(2026, 12, 6), 668),
        (6, TODAY, 0),
        (6, date(2026, 11, 1), 0),
    ],
)
def test_minutes_are_counted_by_days(
    hours: int | None, target: date | None, minutes: int | None
) -> None:
    request = OutlineRequest("x", hours_per_week=hours, target_date=target)
    assert minutes_until(request, TODAY) == minutes


def test_an_outline_that_takes_too_long_is_told_by_how_much() -> None:
    request = OutlineRequest("x", hours_per_week=5, target_date=date(2026, 12, 7))
    (wish,) = ask_for_pace(outline(24), request, TODAY)
    assert wish == (
        "all concepts together take 720 minutes; before 2026-12-07, at 5 hours a week, 600 fit: "
        "plan less, with honest minutes; 24 concepts are the least"
    )


@pytest.mark.parametrize(
    ("hours", "concepts", "is_told"),
    [
        (6, None, False),  # it fits
        (3, None, True),  # 24 concepts of 15 minutes would just fit
        (2, None, False),  # and here nothing does
        (2, 20, True),
        (None, 20, False),
    ],
)
def test_only_what_can_be_helped_is_told(
    hours: int | None, concepts: int | None, is_told: bool
) -> None:
    target = date(2026, 12, 7)
    request = OutlineRequest("x", hours_per_week=hours, target_date=target, concepts=concepts)
    assert bool(ask_for_pace(outline(24), request, TODAY)) == is_told


@deterministic
@given(hours=st.integers(1, 80), days=st.integers(-10, 60))
def test_whoever_is_asked_for_less_is_warned_otherwise(hours: int, days: int) -> None:
    target = TODAY + timedelta(days=days)
    request = OutlineRequest("x", hours_per_week=hours, target_date=target)
    asked, warned = (rule(outline(24), request, TODAY) for rule in (ask_for_pace, warn_pace))
    assert warned or not asked


@deterministic
@given(
    request=st.builds(
        OutlineRequest,
        st.text(),
        level=st.sampled_from([None, "beginner", "advanced"]),
        language=st.none() | st.just("zh-Hans"),
        hours_per_week=st.none() | st.integers(1, 80),
        target_date=st.none() | st.dates(),
        concepts=st.none() | st.integers(4, 200),
    )
)
def test_options_survive_being_stored_as_json(request: OutlineRequest) -> None:
    stored = json.loads(json.dumps(request.options()))
    assert OutlineRequest.from_options(request.goal, stored) == request


def test_options_that_were_never_stored_are_open() -> None:
    assert OutlineRequest.from_options("Learn", {}) == OutlineRequest("Learn")
