"""The explanation of a question names no choice as the right one that its key has as wrong."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from concepts.content import QuizContent
from concepts.lint.quiz import quiz_problems
from tests.concepts.lint.reasons import CALLED_RIGHT, complaints, question

NAMED = ["question 1: the explanation says that “PUT” is right, and it is marked wrong"]


@pytest.mark.parametrize(
    "explanation",
    [
        "The correct answer is PUT.",
        "The right answer is “PUT”.",
        "The correct option is **put**",
        "The only correct answer is 'PUT': it reads.",
        "The correct answer is: PUT.",
        "One method reads. The right answer is PUT.",
        "One method reads; correct answer is PUT.",
        "GET writes, so the correct answer is PUT.",
        "Because GET does not read, the correct answer is PUT.",
        "Therefore the right answer here is PUT (it reads).",
        "The correct answer is PUT because it reads.",
        "The correct answer is PUT, not GET.",
        "正确答案是PUT。",
        "正确答案是“PUT”，因为它读取数据。",
        "正确答案为：PUT",
        "本题的正确选项是 PUT。",
        "答案是PUT。",
        "GET会写入，所以答案是PUT。",
        "它只读取数据，因此应选PUT。",
        "应选择 PUT，而不是 GET。",
    ],
)
def test_an_explanation_does_not_name_a_wrong_choice(explanation: str) -> None:
    assert complaints(question(explanation=explanation)) == NAMED
    swapped = ("PUT", "GET", "POST", "PATCH")
    assert complaints(question(explanation=explanation, texts=swapped)) == []


@pytest.mark.parametrize(
    "explanation",
    [
        "The correct answer is not PUT.",
        "The correct answer is PUTTING it off.",
        "The correct answer is PUT or GET.",
        "The correct answer is PUT, if it is to be written.",
        "The correct answer is PUT for writing; for reading it is GET.",
        "The correct answer is PUT; for reading it is GET.",
        "The correct answer is a method.",
        "The correct answers are PUT and GET.",
        "If it were to be written, the right choice is PUT.",
        "For writing, the right choice is PUT.",
        "Many think the right answer is PUT.",
        "It looks as if the correct answer is PUT.",
        "The correct answer would be PUT if it wrote.",
        "The seemingly right answer is PUT.",
        "A wrong answer is PUT.",
        "An upright choice is PUT.",
        "At first sight the right answer is PUT.",
        "The right answer is PUT. The correct answer is GET.",
        "正确答案不是PUT。",
        "正确答案是PUT之外的那个。",
        "正确答案是PUT或GET。",
        "不应选PUT。",
        "错误答案是PUT。",
        "常见的答案是PUT。",
        "很多人认为答案是PUT。",
        "如果要写入，所以应选PUT。",
        "写入时应选PUT；读取时应选GET。",
        "对于写入，因此应选PUT。",
        "答案是读取的那个方法。",
    ],
)
def test_an_explanation_may_speak_of_a_wrong_choice(explanation: str) -> None:
    assert complaints(question(explanation=explanation)) == []


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        (("PUT with a body", "PUT", "A longer POST"), "PUT"),
        (("PUT", "PUT rows", "POST rows"), "PUT rows"),
        (("5", "5 rows", "6 rows"), "5 rows"),
        (("'1'", "1", "0"), "1"),
        (("request.user", "request", "request.path"), "request.user"),
        (("3.11", "3", "3.1"), "3.11"),
        (("1, 2, 3", "1", "2, 3, 4"), "1, 2, 3"),
        (("[1, 2, 3]", "1", "[2, 3]"), "1, 2, 3"),
        (("f()", "f", "g()"), "f()"),
    ],
)
def test_what_may_also_be_the_right_choice_is_no_contradiction(
    texts: Sequence[str], named: str
) -> None:
    asked = question(texts=texts, explanation=f"The correct answer is {named}.")
    assert not [one for one in complaints(asked) if "explanation" in one]


def test_of_choices_that_begin_alike_the_longest_is_meant() -> None:
    texts = ("It reads at once", "It waits", "It waits: then it sends", "It fails")
    asked = question(texts=texts, explanation="The right answer is “It waits: then it sends.”")
    assert complaints(asked) == [NAMED[0].replace("PUT", "It waits: then it sends")]


def test_a_full_stop_makes_no_other_choice() -> None:
    texts = ("It reads.", "It waits.", "It fails.")
    asked = question(texts=texts, explanation="The right answer is “It waits”: it stops.")
    assert complaints(asked) == [NAMED[0].replace("PUT", "It waits.")]


def test_an_explanation_names_the_label_of_a_true_false_question() -> None:
    asked = question(
        stem="PUT reads.",
        texts=("False", "True"),
        explanation="It writes. The correct answer is True.",
        kind="true_false",
    )
    assert complaints(asked) == [NAMED[0].replace("PUT", "True")]


def test_what_a_model_wrote_is_searched_for_contradictions() -> None:
    asked = question(rationale_of_wrong="Correct.", explanation="The right answer is PUT.")
    found = quiz_problems(QuizContent(questions=[asked]), "en")
    assert [*CALLED_RIGHT, *NAMED] == found[:2]
