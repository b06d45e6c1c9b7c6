"""What a model makes of questions that are typed, put in order or found, and what is made of it."""

from __future__ import annotations

from typing import Any

import pytest

from generation.providers.openai.schemas import QuizAnswer, read_quiz
from tests.generation.providers.gateway.writings import FAULTY, STEPS, question

OUTPUT, ORDER, FAULTY_LINE = (question("a1", number) for number in (1, 2, 3))


def read(*asked: dict[str, Any]) -> list[Any]:
    quiz, problems = read_quiz(QuizAnswer.model_validate({"questions": asked}))
    assert quiz is not None, problems
    return quiz.questions


def test_each_kind_is_read_as_it_was_written() -> None:
    output, order, faulty = read(OUTPUT, ORDER, FAULTY_LINE)
    assert output.accepted == ["6"]
    assert tuple(line.text for line in order.choices) == STEPS
    assert [line.text for line in faulty.choices if line.is_correct] == [FAULTY]


@pytest.mark.parametrize("said", [[6], ["6"], '["6"]'])
def test_a_number_that_is_printed_may_be_written_as_one(said: Any) -> None:
    assert read(OUTPUT | {"accepted": said})[0].accepted == ["6"]


def test_what_belongs_to_another_kind_is_left_out() -> None:
    output, order = read(
        OUTPUT | {"choices": ORDER["choices"]}, ORDER | {"accepted": ["Light the smoker."]}
    )
    assert output.choices == []
    assert order.accepted == []


def test_where_one_line_is_indented_all_are_code_and_none_loses_its_spaces() -> None:
    (faulty,) = read(FAULTY_LINE)
    assert [line.text for line in faulty.choices] == [
        "`total = 0`",
        "`for frame in frames:`",
        FAULTY,
        "`print(total)`",
    ]
