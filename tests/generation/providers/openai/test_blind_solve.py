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
        ({"output": {"output": "7"}}, "the answer was “7”, and the key says “6”"),
        ({"output": {"output": ""}}, "question 1: solved without the key"),
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
