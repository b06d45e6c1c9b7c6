"""A quiz that is solved once more without its key: the two must agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from concepts.content import ArtifactKind, QuizContent
from generation.providers.dialogue import Prompt
from tests.generation import writings
from tests.generation.asking import BRIEF, QUIZ, ask, refused, solve_with_nectar, writing
from tests.generation.providers.gateway import writings as server
from tests.generation.providers.gateway.writings import data_in
from tests.generation.scripted_gateway import ScriptedGateway


@pytest.fixture(autouse=True)
def blind(settings: Settings) -> None:
    settings.LLM_BLIND_SOLVE = True


def solved(*choices: int, is_sound: bool = True) -> dict[str, Any]:
    return {
        "answers": [
            {"question": number, "choices": list(choices), "is_sound": is_sound}
            for number in (1, 2, 3)
        ]
    }


def test_a_quiz_is_not_solved_blind_unless_asked(settings: Settings) -> None:
    settings.LLM_BLIND_SOLVE = False
    gateway = ScriptedGateway({"quiz": [writings.quiz()]})
    ask(gateway, QUIZ)
    assert gateway.purposes() == ["quiz"]


def test_a_key_that_nobody_can_confirm_fails_the_quiz() -> None:
    gateway = ScriptedGateway({"quiz": [writings.quiz()], "blind_solve": [solved(2)]})
    error = refused(gateway, QUIZ)
    assert "solved without the key" in str(error)
    assert error.usage.calls == len(gateway.asked)
    assert "is_correct" not in gateway.asked[1].user


def test_a_confirmed_key_costs_one_more_call() -> None:
    gateway = ScriptedGateway({"quiz": [writings.quiz()], "blind_solve": [solve_with_nectar]})
    (written,) = ask(gateway, QUIZ)
    assert gateway.purposes() == ["quiz", "blind_solve"]
    assert written.usage.calls == 2


def produced() -> dict[str, Any]:
    """Two that are typed or put in order, and one line to be found."""
    return {"questions": [server.question("a1", number) for number in (1, 2, 3)]}


def solve(**wrong: dict[str, Any]) -> Callable[[Prompt], dict[str, Any]]:
    """As whoever knows bees, but for what is said of a type."""

    def answer(prompt: Prompt) -> dict[str, Any]:
        asked = data_in(prompt.user)["questions"]
        return {"answers": [server.solve(one) | wrong.get(one["type"], {}) for one in asked]}

    return answer


def test_what_is_typed_put_in_order_or_found_is_confirmed_as_well() -> None:
    gateway = ScriptedGateway({"quiz": [produced()], "blind_solve": [solve()]})
    (written,) = ask(gateway, QUIZ)
    assert isinstance(written.content, QuizContent)
    kinds = [one.type for one in written.content.questions]
    assert kinds == ["output", "order", "faulty_line"]
    assert '"accepted"' not in gateway.asked[1].user


def test_whoever_solves_it_sees_lines_in_another_order_than_the_right_one() -> None:
    seen = []
    for name in "abcdefgh":
        brief = replace(BRIEF, key=name)
        gateway = ScriptedGateway({"quiz": [produced()], "blind_solve": [solve()]})
        ask(gateway, writing(ArtifactKind.QUIZ, brief))
        shown = data_in(gateway.asked[1].user)["questions"][1]["choices"]
        seen.append(tuple(one["text"] for one in shown))
    assert len(set(seen)) > 1
    assert {tuple(sorted(texts)) for texts in seen} == {tuple(sorted(server.STEPS))}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"output": {"output": "7"}}, "the answers were “7” and “7”, and the key says “6”"),
        ({"output": {"output": ""}}, "question 1: solved twice without the key"),
        ({"order": {"choices": [1, 2]}}, "question 2: solved without the key"),
        ({"order": {"choices": [1, 1, 1, 99]}}, "“Light the smoker.”, then “Smoke the entrance.”"),
        ({"faulty_line": {"choices": [1]}}, "the answer was “`total = 0`”"),
        ({"faulty_line": {"is_sound": False}}, "question 3: whoever solved it found"),
    ],
)
def test_a_key_of_a_produced_answer_that_nobody_confirms_is_sent_back(
    wrong: dict[str, dict[str, Any]], told: str
) -> None:
    gateway = ScriptedGateway({"quiz": [produced()], "blind_solve": [solve(**wrong)]})
    assert told in str(refused(gateway, QUIZ))


def test_a_question_that_was_left_out_is_not_confirmed(settings: Settings) -> None:
    def leave_one_out(prompt: Prompt) -> dict[str, Any]:
        return {"answers": solve_with_nectar(prompt)["answers"][1:]}

    settings.LLM_BLIND_SOLVE = True
    gateway = ScriptedGateway({"quiz": [writings.quiz()], "blind_solve": [leave_one_out]})
    assert "question 1: whoever solved it gave no answer" in str(refused(gateway, QUIZ))


def values(**fields: Any) -> dict[str, Any]:
    """One question whose choices are numbers, between two that are wording."""
    asked = [server.choose_one("a1", number) for number in (0, 1, 2)]
    texts = ("4", "5", "`6`", "7")
    choices = [
        {"text": text, "is_correct": text == "`6`", "rationale": f"Count {text} once more."}
        for text in texts
    ]
    asked[1] |= {"stem": "How many frames are in two boxes of three?", "choices": choices} | fields
    return {"questions": asked}


def saying(*said: str) -> list[Callable[[Prompt], dict[str, Any]]]:
    """One opinion after the other on question 2; on the rest as whoever knows bees."""

    def opinion(text: str) -> Callable[[Prompt], dict[str, Any]]:
        def answer(prompt: Prompt) -> dict[str, Any]:
            asked = data_in(prompt.user)["questions"]
            return {"answers": [count(text, one) for one in asked if text or one["number"] != 2]}

        return answer

    return [opinion(text) for text in said]


def count(text: str, asked: dict[str, Any]) -> dict[str, Any]:
    if asked["number"] != 2:
        return server.solve(asked)
    places = [one["number"] for one in asked["choices"] if one["text"].strip("`") == text]
    return {"question": 2, "choices": places, "output": text}


SIX_IN_OUTPUT = {"type": "output", "choices": [], "accepted": ["6"]}
KINDS = [pytest.param({}, id="choices"), pytest.param(SIX_IN_OUTPUT, id="output")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_slip_in_a_value_is_outvoted(kind: dict[str, Any]) -> None:
    gateway = ScriptedGateway({"quiz": [values(**kind)], "blind_solve": saying("7", "6", "6")})
    (written,) = ask(gateway, QUIZ)
    assert gateway.purposes() == ["quiz", *["blind_solve"] * 3]
    assert written.usage.calls == 4
    asked_again = [data_in(prompt.user)["questions"] for prompt in gateway.asked[2:]]
    assert [[one["number"] for one in asked] for asked in asked_again] == [[2], [2]]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("7", "7"), "question 2: solved twice without the key, the answers were “7” and “7”, and"),
        (
            ("7", "6", "5"),
            "solved three times without the key, the answers were “7”, “`6`” and “5”",
        ),
        (("7", "6", ""), "the answers were “7”, “`6`” and none, and the key says “`6`”"),
        (("7", ""), "the answers were “7” and none, and"),
        (("",), "question 2: whoever solved it gave no answer"),
    ],
)
def test_a_key_that_the_majority_does_not_find_is_sent_back(
    said: tuple[str, ...], told: str
) -> None:
    gateway = ScriptedGateway({"quiz": [values()], "blind_solve": saying(*said, *said, *said)})
    assert told in str(refused(gateway, QUIZ))
    first = gateway.purposes()[: len(said) + 2]
    assert first == ["quiz", *["blind_solve"] * len(said), "repair"]


def test_whoever_is_asked_again_sees_the_choices_in_another_order() -> None:
    seen = []
    for name in "abcdefgh":
        brief = replace(BRIEF, key=name)
        gateway = ScriptedGateway({"quiz": [values()], "blind_solve": saying("7", "6", "6")})
        ask(gateway, writing(ArtifactKind.QUIZ, brief))
        asked = [data_in(prompt.user)["questions"] for prompt in gateway.asked[1:]]
        shown = [[one for one in questions if one["number"] == 2] for questions in asked]
        orders = {tuple(choice["text"] for choice in one["choices"]) for [one] in shown}
        seen.append(len(orders))
    assert max(seen) > 1


def test_two_who_find_it_unsound_outvote_the_third() -> None:
    def doubting(prompt: Prompt) -> dict[str, Any]:
        said = saying("6")[0](prompt)
        return {"answers": [one | {"is_sound": False} for one in said["answers"]]}

    opinions = [*saying("7"), doubting, doubting]
    gateway = ScriptedGateway({"quiz": [values()], "blind_solve": opinions * 3})
    assert "question 2: whoever solved it found" in str(refused(gateway, QUIZ))
