"""What makes an outline a bad one, and which prerequisites are left of those it has."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from generation.port.outline import Outline
from generation.port.outline_rules import check_outline, settle_prerequisites
from generation.port.request import OutlineRequest
from tests.generation.port.outlines import Changes, outline

ANYTHING = OutlineRequest("Learn a language")


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


def test_practice_is_half_where_nobody_says_it_and_never_more_than_there_is() -> None:
    said: Changes = {1: {"practice_minutes": 0}, 2: {"practice_minutes": 30}, 3: {"est_minutes": 5}}
    planned = outline(4, changes=said).concepts()
    assert [concept.times.practice for concept in planned] == [15, 0, 30, 2]
    assert {concept.times.minutes for concept in planned} == {5, 30}
    with pytest.raises(ValidationError, match="a part of est_minutes"):
        outline(4, changes={0: {"practice_minutes": 31}})


@pytest.mark.parametrize("objectives", [["Say it"], ["a", "b", "c", "d", "e"]])
def test_a_concept_has_two_to_four_objectives(objectives: list[str]) -> None:
    with pytest.raises(ValidationError, match="objectives"):
        outline(changes={0: {"objectives": objectives}})


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
     "Lorem ipsum dolor", "Part2", "First concept", "Second stage", "The third module", "7"],
)  # fmt: skip
def test_a_placeholder_is_not_a_title(title: str) -> None:
    expected = f"“{title}” is a placeholder, not a title"
    assert complaints(outline(changes={3: {"title": title}})) == expected
    assert complaints(outline(title=title)) == expected
    assert complaints(outline(stages=(title, "Sentences"))) == expected


@pytest.mark.parametrize(
    "title",
    [
        "Overview of HTTP",
        "Stage lighting",
        "Parts of speech",
        "概念",
        "First lessons in Latin",
        "1984",
        "2 + 2",
        "The last topical joke",
    ],
)
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
