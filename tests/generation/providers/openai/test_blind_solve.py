"""A quiz that is solved once more without its key: the two must agree."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from generation.providers.dialogue import Prompt
from tests.generation import writings
from tests.generation.asking import QUIZ, ask, refused, solve_with_nectar
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


def test_a_question_that_was_left_out_is_not_confirmed(settings: Settings) -> None:
    def leave_one_out(prompt: Prompt) -> dict[str, Any]:
        return {"answers": solve_with_nectar(prompt)["answers"][1:]}

    settings.LLM_BLIND_SOLVE = True
    gateway = ScriptedGateway({"quiz": [writings.quiz()], "blind_solve": [leave_one_out]})
    assert "question 1: whoever solved it gave no answer" in str(refused(gateway, QUIZ))
