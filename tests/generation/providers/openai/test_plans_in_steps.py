"""A plan that a model makes in steps: its skeleton as lines, then what each module teaches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from generation.port.errors import GoalRefused, TransientError
from generation.port.request import OutlineRequest
from tests.generation import writings
from tests.generation.asking import (
    CHINESE_GOAL,
    REQUEST,
    ask,
    detailing,
    laying_out,
    refused,
)
from tests.generation.scripted_gateway import USAGE, ScriptedGateway
from tests.generation.stepwise import make_skeleton

pytestmark = pytest.mark.usefixtures("model_server")

GOOD = writings.skeleton()
FRAME = make_skeleton(4)
CUTS = [GOOD[:place] for place in (0, 20, len(GOOD) // 2, GOOD.index("summary:"))]


def test_a_skeleton_comes_with_what_it_cost() -> None:
    (written,) = ask(ScriptedGateway({"skeleton": [GOOD]}), laying_out())
    assert [concept.key for concept in written.content.concepts()] == [f"c{n}" for n in range(1, 9)]
    assert (written.usage, written.prompt_version) == (USAGE, "skeleton-1")


@pytest.mark.parametrize("cut", CUTS)
def test_a_skeleton_that_ends_in_the_middle_is_asked_for_again_and_never_taken_for_whole(
    cut: str,
) -> None:
    """Although the server says that it has ended."""
    gateway = ScriptedGateway({"skeleton": [cut, GOOD]})
    (written,) = ask(gateway, laying_out())
    assert len(written.content.concepts()) == 8
    assert gateway.purposes() == ["skeleton", "repair"]
    error = refused(ScriptedGateway({"skeleton": [cut]}), laying_out())
    assert "breaks off" in str(error) or "there is no plan" in str(error)
    # Who says the same again is not asked a third time.
    assert error.usage.calls == 2


@pytest.mark.parametrize(
    "around",
    ["Sure! Here it is:\n\n{}", "```\n{}\n```", "<think>Bees, then.</think>\n{}", "{}\n\nEnjoy!"],
)
def test_what_stands_around_a_skeleton_is_no_part_of_it(around: str) -> None:
    gateway = ScriptedGateway({"skeleton": [around.replace("{}", GOOD)]})
    (written,) = ask(gateway, laying_out())
    assert written.content.title == "Bees"
    assert len(gateway.asked) == 1


def test_a_skeleton_is_mended_with_the_reasons() -> None:
    gateway = ScriptedGateway({"skeleton": [writings.skeleton(concepts=20), GOOD]})
    (written,) = ask(gateway, laying_out())
    assert "20 concepts; 6 to 10 are wanted" in gateway.asked[1].user
    assert gateway.asked[1].system.startswith("Task: skeleton\n")
    assert written.prompt_version == "skeleton-1+repair-2"


@pytest.mark.parametrize("tag", ["BCP-47", "xxx-nonsense", "English language", ""])
def test_a_wrong_tag_fails_no_plan_whose_text_or_goal_tells_the_language(tag: str) -> None:
    request = OutlineRequest("I want to learn how bees are kept in a small garden", concepts=8)
    gateway = ScriptedGateway({"skeleton": [GOOD.replace("language: en", f"language: {tag}")]})
    (written,) = ask(gateway, laying_out(request))
    assert len(gateway.asked) == 1
    assert written.content.language == "en"


def test_a_wrong_tag_changes_no_language_that_was_asked_for() -> None:
    request = replace(REQUEST, language="de")
    gateway = ScriptedGateway({"skeleton": [writings.skeleton("de", tag="fr")]})
    (written,) = ask(gateway, laying_out(request))
    assert written.content.language == "de"


def test_a_chinese_goal_is_laid_out_in_chinese() -> None:
    gateway = ScriptedGateway({"skeleton": [GOOD, writings.skeleton("zh", tag="en")]})
    (written,) = ask(gateway, laying_out(OutlineRequest(CHINESE_GOAL, concepts=8)))
    assert (written.content.language, written.content.title) == ("zh", "蜜蜂")
    assert "not in Chinese" in gateway.asked[1].user


@pytest.mark.parametrize("verdict", ["question", "unclear", "unsafe", "not_a_goal"])
def test_a_goal_that_is_none_is_refused_after_one_call(verdict: str) -> None:
    gateway = ScriptedGateway({"skeleton": [f"verdict: {verdict}\nsuggestions: Beekeeping; Honey"]})
    with pytest.raises(GoalRefused) as refusal:
        ask(gateway, laying_out())
    assert refusal.value.suggestions == ("Beekeeping", "Honey")
    assert len(gateway.asked) == 1


def test_a_plan_without_a_title_is_called_what_was_asked_for() -> None:
    untitled = GOOD.replace("title: Bees\n", "")
    (written,) = ask(ScriptedGateway({"skeleton": [untitled]}), laying_out())
    assert written.content.title == "Keep bees"


def test_a_line_that_broke_is_not_asked_for_twice_at_once() -> None:
    gateway = ScriptedGateway({"skeleton": [TransientError("Gone.")]})
    with pytest.raises(TransientError):
        ask(gateway, laying_out())
    assert len(gateway.asked) == 1


def test_details_come_for_each_concept_of_the_module_in_its_order() -> None:
    (written,) = ask(ScriptedGateway({"details": [writings.details()]}), detailing(FRAME, 2))
    told = written.content.concepts
    assert [concept.key for concept in told] == ["c5", "c6"]
    assert [concept.requires for concept in told] == [["c4"], ["c5"]]
    assert (written.usage, written.prompt_version) == (USAGE, "details-1")


def changed(change: Callable[[dict[str, Any]], None]) -> Callable[[Any], dict[str, Any]]:
    def answer(prompt: Any) -> dict[str, Any]:
        said = writings.details()(prompt)
        change(said)
        return said

    return answer


def drop_last(said: dict[str, Any]) -> None:
    said["concepts"].pop()


def hurry(said: dict[str, Any]) -> None:
    said["concepts"][0]["est_minutes"] = 1


def forget_objectives(said: dict[str, Any]) -> None:
    said["concepts"][1]["objectives"] = []


def change_language(said: dict[str, Any]) -> None:
    for concept in said["concepts"]:
        concept["summary"] = writings.SENTENCES["de"] * 2
        concept["objectives"] = [writings.SENTENCES["de"]] * 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (drop_last, "“c2” is missing"),
        (hurry, "“c1” takes 1 minutes; 5 to 240 are wanted"),
        (forget_objectives, "concepts 2 objectives"),
        (change_language, "it is written in German, not in English"),
    ],
)
def test_what_is_wrong_with_details_goes_back_alone_and_fails_where_it_stays(
    change: Callable[[dict[str, Any]], None], reason: str
) -> None:
    gateway = ScriptedGateway({"details": [changed(change), writings.details()]})
    (written,) = ask(gateway, detailing(FRAME))
    assert reason in gateway.asked[1].user
    assert gateway.asked[1].system.startswith("Task: details\n")
    assert len(written.content.concepts) == 2
    error = refused(ScriptedGateway({"details": [changed(change)]}), detailing(FRAME))
    assert reason.split(";", maxsplit=1)[0] in str(error)


@pytest.mark.parametrize("required", ["c2", "c7", "c99"])
def test_what_cannot_be_required_goes_back_once_and_is_then_left_out(required: str) -> None:
    strange = writings.details(requires=["c1", required])
    gateway = ScriptedGateway({"details": [strange]})
    (written,) = ask(gateway, detailing(FRAME, 1))
    assert len(gateway.asked) == (1 if required == "c2" else 2)
    kept = {key for concept in written.content.concepts for key in concept.requires}
    assert kept == ({"c1", "c2"} if required == "c2" else {"c1"})
    better = ScriptedGateway({"details": [strange, writings.details()]})
    (written,) = ask(better, detailing(FRAME, 1))
    assert [concept.requires for concept in written.content.concepts][-1] == (
        ["c1", "c2"] if required == "c2" else ["c3"]
    )


@pytest.mark.parametrize("named", ["title", "nothing", "reversed"])
def test_concepts_are_known_again_by_title_by_place_and_in_any_order(named: str) -> None:
    def rename(said: dict[str, Any]) -> None:
        for number, concept in enumerate(said["concepts"], start=3):
            concept["summary"] = f"What c{number} is good for in the hive of a bee."
            if named != "reversed":
                concept["key"] = f"The Knot C{number}" if named == "title" else f"{number}."
        if named == "reversed":
            said["concepts"].reverse()

    gateway = ScriptedGateway({"details": [changed(rename)]})
    (written,) = ask(gateway, detailing(FRAME, 1))
    told = [(concept.key, concept.summary[5:7]) for concept in written.content.concepts]
    assert told == [("c3", "c3"), ("c4", "c4")]
    assert len(gateway.asked) == 1


def test_details_too_long_for_the_date_are_made_shorter_if_that_can_be() -> None:
    target = timezone.localdate() + timedelta(days=7)
    request = OutlineRequest("Keep bees", hours_per_week=3, target_date=target, concepts=8)
    gateway = ScriptedGateway({"details": [writings.details(est_minutes=60)]})
    (written,) = ask(gateway, detailing(FRAME, 0, request))
    assert "these concepts take 120 minutes together; 44 fit" in gateway.asked[1].user
    assert written.content.total_minutes() == 120
