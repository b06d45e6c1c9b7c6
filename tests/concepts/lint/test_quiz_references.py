"""Choices are shuffled and stand for themselves: none may speak of the others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from concepts.lint.flaws.references import find_reference
from roadmaps.text import text_key
from tests.concepts.lint.questions import GOOD, complaints, question


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


@pytest.mark.parametrize(
    "text", ["The server answers a request", "It answers 1 request", "It closes all of them"]
)
def test_an_ordinary_sentence_is_no_reference_to_other_choices(text: str) -> None:
    assert not find_reference(text_key(text))


@pytest.mark.parametrize(
    "text",
    ["All the above", "A and B", "Both (a) and (b)", "both A, B and C", "A和B都对", "上述都是"],
)
def test_references_to_other_choices_are_found_in_many_forms(text: str) -> None:
    assert find_reference(text_key(text))
