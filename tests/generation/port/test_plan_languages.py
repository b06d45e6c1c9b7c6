"""The language of a plan whose tag is wrong: what the text shows, or the goal."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from concepts.languages.guessing import tell_language
from generation.port.request import OutlineRequest
from generation.providers.openai.judging import judge_outline, settle_language
from generation.providers.openai.schemas import OutlineAnswer
from tests.generation.writings import outline

TODAY = date(2026, 11, 26)
GERMAN = (
    "Wer Bienen hält, muss wissen, was sie im Sommer und im Winter brauchen, und wie man den "
    "Honig so erntet, dass für das Volk genug bleibt."
)

CORSICAN = (
    "Nascinu tutti l'omi libari è pari di dignità è di diritti. Pussedinu a raghjoni è a cuscenza "
    "è li tocca ad agiscia trà elli di modu fraternu. Di tutti i diritti è i libertà scritti in "
    "issa dichjarazioni, si ni pò ghjuvà ugnunu, senza sfarenza varuna di razza, di culori, di "
    "sessu, di lingua, di rilighjoni, d'upinioni, pulitica o altra ch'ella sia."
)


def judged(goal: str = "Keep bees in a garden", **changes: Any) -> Any:
    answer = OutlineAnswer.model_validate(outline() | changes)
    return judge_outline(answer, OutlineRequest(goal, concepts=8), None, TODAY)


@pytest.mark.parametrize(
    "tag", ["BCP 47", "BCP 47 tag", "BCP-47", "", "the goal's", "x", "…" * 900]
)
def test_a_tag_that_names_no_language_fails_no_plan_whose_text_tells_it(tag: str) -> None:
    tried = judged(language=tag)
    assert tried.problems == []
    assert tried.content.language == "en"


def test_a_tag_of_another_language_than_the_text_fails_no_plan() -> None:
    tried = judged(language="fr")
    assert tried.problems == []
    assert tried.content.language == "en"


def test_a_tag_that_fits_stays_as_it_is() -> None:
    assert judged(language="en-GB").content.language == "en-GB"


def test_a_language_we_do_not_know_is_not_taken_for_a_neighbour() -> None:
    said = {"title": "A dichjarazioni", "summary": CORSICAN, "stages": [], "language": "co"}
    answer = OutlineAnswer.model_validate(outline() | said)
    assert tell_language(CORSICAN) == "it"
    assert settle_language(answer, "I diritti") == "co"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (GERMAN, "de"),
        ("怎样在花园里养蜜蜂", "zh"),
        ("Python asyncio", None),
        ("", None),
    ],
)
def test_a_language_is_told_where_a_text_shows_it(text: str, language: str | None) -> None:
    assert tell_language(text) == language


def test_where_nothing_tells_the_tag_goes_back() -> None:
    tried = judged("Python", language="BCP 47", stages=[], title="Python", summary="Python")
    assert tried.usable is None
    assert "“BCP 47” is not a language tag such as en or zh-Hans" in tried.problems
    assert "the plan has no stages" in tried.problems


def test_a_plan_without_modules_goes_back_in_words() -> None:
    plan = outline()
    plan["stages"][1]["modules"] = []
    plan["stages"][0]["modules"][0]["concepts"] = []
    tried = judged(stages=plan["stages"])
    assert tried.problems == ["module 1 of stage 1 has no concepts", "stage 2 has no modules"]
