"""Which questions are worked out anew, and whose answer counts then."""

from __future__ import annotations

from itertools import product

import pytest

from concepts.content import ChoiceContent, QuestionContent
from generation.providers.openai.majority import (
    asks_for_value,
    has_majority,
    is_value,
    needs_another,
)


@pytest.mark.parametrize(
    "text",
    [
        *("12", "−3", "3.5", "1/2", "10²", "40 ms", "25 %", "7 天", "五", "`12`", "`-0.5`", "12."),
        *("`'abc'`", '`"a, b"`', "`True`", "NULL", "`[1, 2]`", "`{'a': 1, 'b': None}`", "`0xff`"),
        *("`()`", "[1, 2]", "(10, −4, 0)", "`(1, 'x')`", "`1_000`"),
    ],
)
def test_numbers_and_literals_are_values(text: str) -> None:
    assert is_value(text)


@pytest.mark.parametrize(
    "text",
    [
        *("It grows.", "`x`", "`total = 0`", "`print(1)`", "about five", "", "``", "Truely"),
        *('"Where is it?"', "'hola'", "`None of it`", "between the two", "1 is odd", "`1x1y`"),
        *("[1, 2" + ", 3" * 100 + "]", "`b`, `a`", "`'open`"),
    ],
)
def test_wording_and_names_are_none(text: str) -> None:
    assert not is_value(text)


def question(kind: str, *texts: str) -> QuestionContent:
    choices = [
        ChoiceContent(text=text, rationale="Count.", is_correct=not place)
        for place, text in enumerate(texts)
    ]
    return QuestionContent.model_validate(
        {
            "type": kind,
            "stem": "How many?",
            "choices": choices,
            "accepted": [] if texts else ["6"],
            "explanation": "Count them.",
            "objective": "Count",
            "difficulty": 1,
        }
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (question("output"), True),
        (question("single", "4", "5", "`6`"), True),
        (question("single", "4", "5", "more than that"), False),
        (question("multiple", "4", "5", "6"), False),
        (question("true_false", "True", "False"), False),
        (question("order", "1", "2", "3"), False),
        (question("faulty_line", "1", "2", "3"), False),
    ],
)
def test_a_value_is_asked_for_where_every_choice_is_one(
    asked: QuestionContent, expected: bool
) -> None:
    assert asks_for_value(asked) is expected


def test_nobody_is_asked_whose_word_cannot_matter() -> None:
    """Nobody after a first word for the key, and nobody once two have said the same."""
    asked_on = {
        votes for length in range(4) for votes in product((True, False), repeat=length)
        if needs_another(votes)
    }  # fmt: skip
    assert asked_on == {(False,), (False, True)}


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([True], True),
        ([False], False),
        ([False, False], False),
        ([False, True], False),
        ([False, True, True], True),
        ([False, True, False], False),
    ],
)
def test_two_of_three_are_a_majority(votes: list[bool], expected: bool) -> None:
    assert has_majority(votes) is expected
