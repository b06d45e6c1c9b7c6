from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import pytest

from concepts.content import ChoiceContent, QuestionContent, QuizContent
from concepts.lint.quiz_rules import _SHORTCUT, lint_quiz
from concepts.shuffling import shuffle_choices
from roadmaps.text import text_key

QuestionType = Literal["single", "multiple", "true_false"]

STEMS = ("Which method is safe?", "What ends a header?", "Who picks a port?", "Why use caches?")
GOOD = ("It reads from the row", "It locks the table", "It drops the index", "It sends a mail")


def choice(text: str, *, right: bool = False, why: str = "Because.") -> ChoiceContent:
    return ChoiceContent.model_construct(text=text, is_correct=right, rationale=why)


def question(
    texts: Sequence[str] = GOOD,
    *,
    right: Sequence[int] = (0,),
    kind: QuestionType = "single",
    stem: str = STEMS[0],
    explanation: str = "Look it up.",
) -> QuestionContent:
    """A question whose choices at the places `right` are correct."""
    return QuestionContent.model_construct(
        type=kind,
        stem=stem,
        choices=[choice(text, right=place in right) for place, text in enumerate(texts)],
        explanation=explanation,
        objective="Choose a method",
        difficulty=2,
    )


def quiz(*questions: QuestionContent) -> QuizContent:
    return QuizContent.model_construct(questions=list(questions))


def complaints(*questions: QuestionContent) -> str:
    return "\n".join(lint_quiz(quiz(*questions)))


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


@pytest.mark.parametrize(
    "text",
    [
        "All of the above",
        "NONE of the above",
        "Any of these",
        "Neither of them",
        "Both of the others",
        "both A and B",
        "Both 1 and 3",
        "Ｂｏｔｈ A and B",
        "Answers B is right",
        "Only option 2",
        "以上都是",
        "以上都不是",
        "以上皆非",
        "以上全部",
        "A 和 B 都正确",
        "都不对",
        "以上都对",
        "“以上皆是”",
        "以上都可以",
        "以上选项都正确",
        "以上三项都是。",
        "上述全部",
        "上述全部正确",
        "上述说法均错误",
        "D. 以上都对",
        "以上都对，缺一不可",
        "A和B都正确",
        "A、B、C都对",
        "AB都对",
        "A和B都正确，C错误",
        "只有A和B",
        "都正确",
        "两者都对",
        "前两项都正确",
        "所有选项都不对",
        "A and B only",
        "Only A and C.",
        "A and B are correct",
        "A, B, and C",
        "Neither A nor B",
    ],
)
def test_a_choice_must_not_lean_on_the_others(text: str) -> None:
    assert "refers to other choices" in complaints(question([*GOOD[:3], text]))


@pytest.mark.parametrize(
    "text",
    [
        "Above the fold",
        "both methods and headers",
        "All of it is read",
        "An option",
        "C and C++",
        "都在内存中",
        "使用Node和Express",
        "学习Vue和CSS",
        "cache与database",
        "维生素B和E",
        "a和b指向同一个列表",
        "两个事务都对同一行加锁",
        "左右两列都对齐",
        "两个线程都正确释放了锁",
        "两者都对数据加锁",
        "都对外开放",
        "上述所有字段都要索引",
        "上述全表扫描会锁表",
        "18岁以上都可以注册",
        "全是空值",
    ],
)
def test_a_choice_that_only_sounds_alike_passes(text: str) -> None:
    assert not complaints(question([*GOOD[:3], text]))


@pytest.mark.parametrize(
    "texts",
    [
        ("a, b, c", "c, b, a", "a, c, b", "b, c, a"),
        ("a, b, c", "c, b, a", "abc", "[]"),
        ("a, b", "b, a", "It raises an error"),
        ("A and B", "B and C", "A and C", "A, B and C"),
        ("Only A", "Only B", "Both A and B", "Neither A nor B"),
        ("只有A正确", "只有B正确", "A和B都正确", "A和B都错误"),
    ],
)
def test_letters_among_letters_are_answers(texts: Sequence[str]) -> None:
    assert "refers to" not in complaints(question(texts))


@pytest.mark.parametrize(
    ("stem", "texts"),
    [
        ("Which roots?", ("2", "3", "Both 2 and 3", "There is none")),
        ("Which roots?", ("x = 2", "x = 6", "Both 2 and 3", "There is none")),
        ("Which roots?", ("Only 2", "Only 3", "Both 2 and 3", "There is none")),
        ("Which roots?", ("Both 2 and 3", "Both -2 and -3", "Both 1 and 6", "1 and 5")),
        ("Which of 2, 3 and 7 divide it?", ("Both 2 and 3", "Only seven", "None does")),
        ("Which is changed?", ("a", "Both a and b", "It fails", "Nothing")),
        ("Given a and b, which changes?", ("The list", "Both a and b", "It fails", "Nothing")),
    ],
)
def test_values_of_the_question_may_be_named(stem: str, texts: Sequence[str]) -> None:
    assert "refers to" not in complaints(question(texts, stem=stem))


@pytest.mark.parametrize(
    ("stem", "texts"),
    [
        ("Which is a method?", ("GET", "PUT", "HTTP", "Both A and B")),
        ("A server has b rows. Why?", ("GET", "PUT", "HTTP", "Both A and B")),
        ("Which roots?", ("4", "9", "16", "Both 1 and 2")),
        ("Which takes 2 rows?", ("GET", "PUT", "HTTP", "Only option 2")),
    ],
)
def test_names_of_nothing_in_the_question_lean_on_the_others(
    stem: str, texts: Sequence[str]
) -> None:
    assert complaints(question(texts, stem=stem)).count("refers to") == 1


def test_letters_beside_two_others_refer_to_them() -> None:
    found = complaints(question(["a, b", "It reads", "It writes", "Both A and B"]))
    assert found.count("refers to other choices") == 2


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


@pytest.mark.parametrize(
    "text", ["The server answers a request", "It answers 1 request", "It closes all of them"]
)
def test_an_ordinary_sentence_is_no_reference_to_other_choices(text: str) -> None:
    assert not _SHORTCUT.search(text_key(text))


@pytest.mark.parametrize(
    "text",
    ["All the above", "A and B", "Both (a) and (b)", "both A, B and C", "A和B都对", "上述都是"],
)
def test_references_to_other_choices_are_found_in_many_forms(text: str) -> None:
    assert _SHORTCUT.search(text_key(text))
