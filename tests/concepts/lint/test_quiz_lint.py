"""What makes a quiz a bad one, rule by rule; and shuffling, which leaves it as good as it was."""

from __future__ import annotations

from collections import Counter

import pytest

from concepts.content import QuestionContent
from concepts.lint.quiz_rules import lint_quiz
from concepts.shuffling import shuffle_choices
from tests.concepts.lint.questions import STEMS, QuestionType, choice, complaints, question, quiz


def test_a_good_quiz_passes() -> None:
    true_or_false = question(["True", "False"], kind="true_false", stem="Is PUT idempotent?")
    several = question(right=[0, 2], kind="multiple", stem="Which of these change something?")
    assert not complaints(question(), true_or_false, several)


def test_a_complaint_names_its_question() -> None:
    broken = question(right=[], stem="And now?")
    assert lint_quiz(quiz(question(), broken)) == [
        "question 2: 0 choices are correct; exactly one must be"
    ]


def test_everything_wrong_is_said_at_once() -> None:
    broken = question(["All of the above", "All of  the above"], right=[0, 1], explanation=" ")
    assert len(lint_quiz(quiz(broken))) == 6


@pytest.mark.parametrize(
    ("kind", "right", "complaint"),
    [
        ("single", [], "0 choices are correct"),
        ("single", [0], ""),
        ("single", [0, 1], "2 choices are correct"),
        ("multiple", [], "0 of 4 choices are correct"),
        ("multiple", [3], ""),
        ("multiple", [0, 1, 2], ""),
        ("multiple", [0, 1, 2, 3], "4 of 4 choices are correct"),
    ],
)
def test_as_many_choices_are_correct_as_the_type_wants(
    kind: QuestionType, right: list[int], complaint: str
) -> None:
    found = complaints(question(kind=kind, right=right))
    assert complaint in found
    assert bool(complaint) == bool(found)


@pytest.mark.parametrize(
    ("kind", "count", "complaint"),
    [
        ("single", 2, "2 choices; 3 to 5 are wanted"),
        ("single", 3, ""),
        ("single", 5, ""),
        ("single", 6, "6 choices; 3 to 5 are wanted"),
        ("multiple", 2, "2 choices; 3 to 5 are wanted"),
        ("true_false", 2, ""),
        ("true_false", 3, "3 choices instead of 2"),
    ],
)
def test_there_are_as_many_choices_as_the_type_wants(
    kind: QuestionType, count: int, complaint: str
) -> None:
    found = complaints(question([f"choice number {n}" for n in range(count)], kind=kind))
    assert complaint in found
    assert bool(complaint) == bool(found)


def test_a_true_or_false_question_has_one_right_answer() -> None:
    both = question(["True", "False"], right=[0, 1], kind="true_false")
    assert "2 choices are correct" in complaints(both)


@pytest.mark.parametrize("twin", ["get a  page", "get  a\tpage", "`get` a page"])
def test_choices_that_read_the_same_are_one_too_many(twin: str) -> None:
    assert "read the same" in complaints(question(["get a page", twin, "put a page"]))


def test_every_choice_gives_a_reason() -> None:
    silent = question().model_copy(update={"choices": [*question().choices, choice("x", why=" ")]})
    assert "the choice “x” gives no reason" in complaints(silent)


def test_every_question_has_an_explanation() -> None:
    assert "no explanation" in complaints(question(explanation="\n"))


@pytest.mark.parametrize(
    ("right", "wrong", "gives_away"),
    [
        (30, 20, False),
        (31, 20, True),
        (300, 200, False),
        (301, 200, True),
        (20, 60, False),
        (16, 8, False),
        (17, 8, True),
    ],
)
def test_a_right_choice_is_at_most_half_as_long_again(
    right: int, wrong: int, gives_away: bool
) -> None:
    texts = ["r" * right, *(letter * wrong for letter in "abc")]
    assert ("times as long as the others" in complaints(question(texts))) == gives_away


@pytest.mark.parametrize(("right", "gives_away"), [(45, False), (46, True)])
def test_length_is_compared_with_the_mean_of_the_wrong_ones(right: int, gives_away: bool) -> None:
    assert bool(complaints(question(["r" * right, "a" * 10, "b" * 50]))) == gives_away


def test_of_several_right_ones_the_longest_counts() -> None:
    texts = ["r" * 10, "s" * 60, "a" * 10, "b" * 10]
    found = complaints(question(texts, right=[0, 1], kind="multiple"))
    assert "6.0 times as long" in found


def test_words_for_true_and_false_are_not_measured() -> None:
    assert not complaints(question(["It is true indeed", "No"], kind="true_false"))


def telling(count: int, *, of: int) -> list[QuestionContent]:
    """Single questions, the first `count` of which have the longest choice as their key."""
    ends = [place < count for place in range(of)]
    return [
        question(["right" + "!" * longest, "wrong", "false"], stem=f"stem{place} x{place}")
        for place, longest in enumerate(ends)
    ]


@pytest.mark.parametrize(
    ("count", "of", "complaint"),
    [
        (2, 4, ""),
        (3, 4, "longest in 3 of 4 questions"),
        (3, 5, ""),
        (4, 5, "longest in 4 of 5 questions"),
        (6, 10, ""),
        (3, 3, ""),
    ],
)
def test_the_key_is_not_the_longest_choice_too_often(count: int, of: int, complaint: str) -> None:
    assert complaints(*telling(count, of=of)) == (
        complaint and f"the correct choice is the {complaint}"
    )


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("which METHOD is safe", True),
        ("Safe is which method?", True),
        ("Which method is not safe?", False),
        ("What is a header?", False),
    ],
)
def test_no_two_questions_ask_the_same(other: str, same: bool) -> None:
    found = lint_quiz(quiz(question(), question(stem="And now?"), question(stem=other)))
    assert found == (["questions 1 and 3 ask the same"] if same else [])


def test_nine_shared_words_of_ten_are_the_same_stem() -> None:
    words = "one two three four five six seven eight nine"
    assert complaints(question(stem=words), question(stem=words + " ten"))
    assert not complaints(question(stem=words), question(stem=words + " ten eleven"))


def test_one_seed_gives_one_order() -> None:
    original = quiz(*(question(stem=stem) for stem in STEMS))
    assert shuffle_choices(original, "forms") == shuffle_choices(original, "forms")
    assert shuffle_choices(original, "forms") != shuffle_choices(original, "views")


def test_questions_stay_in_their_order() -> None:
    shuffled = shuffle_choices(quiz(*(question(stem=stem) for stem in STEMS)), "forms")
    assert tuple(one.stem for one in shuffled.questions) == STEMS


@pytest.mark.parametrize("seed", ["", "forms", "学习", "🎉"])
def test_shuffling_loses_and_doubles_nothing(seed: str) -> None:
    original = question(right=[1, 2], kind="multiple")
    (shuffled,) = shuffle_choices(quiz(original), seed).questions
    assert sorted(shuffled.choices, key=str) == sorted(original.choices, key=str)


def test_the_quiz_that_was_given_stays_as_it_is() -> None:
    original = quiz(question())
    for seed in "abcdef":
        shuffle_choices(original, seed)
    assert original == quiz(question())


def test_true_and_false_stay_in_their_order() -> None:
    original = quiz(question(["True", "False"], kind="true_false"))
    assert all(shuffle_choices(original, str(seed)) == original for seed in range(20))


def test_over_many_seeds_every_position_holds_the_key_equally_often() -> None:
    places: Counter[int] = Counter()
    for seed in range(2_000):
        for one in shuffle_choices(quiz(question(), question()), str(seed)).questions:
            places[[choice.is_correct for choice in one.choices].index(True)] += 1
    assert all(900 < places[place] < 1_100 for place in range(4))
