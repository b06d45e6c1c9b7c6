"""What lint asks of questions that make people produce, and what it leaves to them."""

from __future__ import annotations

import pytest

from concepts.content import QuestionContent
from concepts.lint.flaws.finding import find_flaws
from concepts.lint.flaws.item import item_of
from concepts.lint.quiz import quiz_problems, settle_quiz
from concepts.shuffling import shuffle_choices
from tests.concepts.lint.questions import complaints, question, quiz

LINES = ("`total = 0`", "`for n in numbers:`", "`    total += n`", "`print(total)`")
PRINT = "What is printed?\n\n```python\nprint(7 // 2)\n```"


def output(*accepted: str, stem: str = PRINT) -> QuestionContent:
    asked = question([], kind="output", stem=stem)
    return asked.model_copy(update={"accepted": list(accepted)})


def order(*lines: str) -> QuestionContent:
    return question(lines or LINES, right=(), kind="order", stem="Put these lines in order.")


def faulty(*lines: str, right: tuple[int, ...] = (2,)) -> QuestionContent:
    return question(lines or LINES, right=right, kind="faulty_line", stem="Which line is faulty?")


def test_a_good_one_of_each_kind_passes_alone_and_in_a_quiz() -> None:
    asked = (output("3"), order(), faulty())
    assert not complaints(*asked)
    assert not quiz_problems(settle_quiz(quiz(*asked), "en"), "en")


def test_in_several_any_number_may_be_right_but_none_and_all() -> None:
    texts = [f"choice number {n}" for n in range(5)]
    stems = ("Which of these hold?", "What may be sent?", "Who may ask?", "When is it kept?")
    asked = [
        question(texts, kind="multiple", right=range(count), stem=stem)
        for count, stem in enumerate(stems, start=1)
    ]
    assert not complaints(*asked)
    for right in (range(0), range(5)):
        assert "some must be, not all" in complaints(question(texts, kind="multiple", right=right))


@pytest.mark.parametrize("right", [(), (1, 2), (0, 1, 2, 3)])
def test_one_line_is_faulty_and_no_other(right: tuple[int, ...]) -> None:
    assert "exactly one must be" in complaints(faulty(right=right))
    assert len(find_flaws(item_of(faulty(right=right), "en"))) == 1


def test_lines_that_read_the_same_cannot_be_put_in_order_or_found() -> None:
    twins = ("`x = 1`", "`x  =  1`", "`y = 2`", "`print(x)`")
    assert "read the same" in complaints(order(*twins))
    assert "read the same" in complaints(faulty(*twins))


def test_a_line_may_be_long_and_say_that_it_is_right_or_name_others() -> None:
    lines = ("`a = 1`", "`b = sum(x for x in range(10) if x % 2 == 0) + a`", "Both A and B")
    assert not complaints(order(*lines))
    assert not complaints(faulty(*lines, right=(1,)))
    said = [one.model_copy(update={"rationale": "Correct."}) for one in faulty().choices]
    assert not complaints(faulty().model_copy(update={"choices": said}))


def test_every_line_says_why_it_stands_there() -> None:
    silent = [one.model_copy(update={"rationale": " "}) for one in order().choices]
    found = complaints(order().model_copy(update={"choices": silent}))
    assert found.count("gives no reason") == len(LINES)


@pytest.mark.parametrize(
    "line",
    ["print(7 // 2)  # -> 3", "print(7 // 2)  #3", "SELECT 7 / 2;  -- 3", "f(7); // => 3"],
)
def test_code_does_not_tell_in_a_comment_what_it_prints(line: str) -> None:
    stem = f"What is printed?\n\n```text\n{line}\n```"
    assert "tells the output in a comment" in complaints(output("3", stem=stem))
    assert not complaints(output("4", stem=stem))


@pytest.mark.parametrize(
    "line", ["x = 6 // 3", "colour = '#2'", "i--", "x = 2", "# prints 2 twice"]
)
def test_what_only_looks_like_such_a_comment_is_let_pass(line: str) -> None:
    stem = f"What is printed?\n\n```text\n{line}\nprint(x)\n```"
    assert not complaints(output("2", stem=stem))


def test_an_output_is_short_enough_to_be_typed() -> None:
    assert "too long to be typed" in complaints(output("x\n" * 9))
    assert "too long to be typed" in complaints(output("3", "x" * 241))
    assert not complaints(output("\n".join("x" * 8)))


def test_lines_keep_their_order_where_choices_are_shuffled() -> None:
    asked = quiz(order(), faulty(), output("3"))
    assert all(shuffle_choices(asked, str(seed)) == asked for seed in range(20))
