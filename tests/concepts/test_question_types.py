"""What each type of question holds, and what it must not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from concepts.content import QuestionContent

LINES = ("turn = 1", "`    turn += 1`", "print(turn)")


def make(kind: str, texts: tuple[str, ...] = LINES, **fields: Any) -> QuestionContent:
    data: dict[str, Any] = {
        "type": kind,
        "stem": "What does it do?",
        "choices": [{"text": text, "rationale": "So it is."} for text in texts],
        "explanation": "Run it.",
        "objective": "Read code",
        "difficulty": 2,
    }
    return QuestionContent.model_validate(data | fields)


def refused(*args: Any, **fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        make(*args, **fields)
    return str(caught.value)


def test_lines_to_be_ordered_are_neither_right_nor_wrong_whatever_they_say() -> None:
    told = [{"text": text, "rationale": "So.", "is_correct": True} for text in LINES]
    assert [one.is_correct for one in make("order", choices=told).choices] == [False] * 3
    assert [one.is_correct for one in make("faulty_line", choices=told).choices] == [True] * 3


def test_a_line_of_code_keeps_the_spaces_it_begins_with() -> None:
    texts = ("`    return  x`", "\t`\tif x:` ", " so   it\nis ")
    assert [one.text for one in make("order", texts).choices] == [
        "`    return  x`",
        "`    if x:`",
        "so it is",
    ]


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [("order", 3, 8), ("faulty_line", 3, 12), ("single", 2, 5), ("multiple", 2, 5)],
)
def test_there_are_as_many_lines_as_a_page_can_ask_for(kind: str, least: int, most: int) -> None:
    texts = tuple(f"line {number}" for number in range(most + 1))
    for count in (least, most):
        assert len(make(kind, texts[:count]).choices) == count
    for count in (0, least - 1, most + 1):
        assert f"{least} to {most} fit" in refused(kind, texts[:count])


def test_an_output_has_accepted_texts_and_no_choices_and_nothing_else_has_any() -> None:
    assert make("output", (), accepted=["3"]).accepted == ["3"]
    assert "0 to 0 fit" in refused("output", accepted=["3"])
    assert "has accepted texts" in refused("output", ())
    for kind in ("single", "multiple", "order", "faulty_line"):
        assert "no other question has any" in refused(kind, accepted=["3"])


@pytest.mark.parametrize("text", ["", " ", "\r\n \n", "a\x00", "\x1b[0m", "a\tb", "x" * 1_001])
def test_an_output_that_nobody_can_type_is_refused(text: str) -> None:
    assert refused("output", (), accepted=[text])


def test_accepted_outputs_differ_when_they_are_compared() -> None:
    assert "are the same" in refused("output", (), accepted=["3", "3 \r\n"])
    assert "are the same" in refused("output", (), accepted=["３", "3"])
    assert make("output", (), accepted=["a", "A", " a"])
    assert refused("output", (), accepted=[str(number) for number in range(6)])


def test_an_output_is_kept_with_its_spaces_and_lines_that_end_alike() -> None:
    assert make("output", (), accepted=["  a\r\nb "]).accepted == ["  a\nb "]


def test_questions_of_before_are_what_they_were() -> None:
    told = [{"text": "GET", "rationale": "It reads.", "is_correct": True}]
    told.append({"text": "PUT", "rationale": "It writes.", "is_correct": False})
    old = make("single", choices=told)
    assert old.accepted == []
    assert [one.is_correct for one in old.choices] == [True, False]
