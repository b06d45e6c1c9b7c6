"""Flaws that show in the form of a question, and what only looks like one."""

from __future__ import annotations

import pytest

from concepts.lint.flaws.finding import find_flaws
from concepts.lint.flaws.item import Choice, Flaw, Item


def item(stem: str, *texts: str, language: str = "en", kind: str = "single") -> Item:
    """The first choice is the right one."""
    choices = [Choice(text, is_correct=place == 0) for place, text in enumerate(texts)]
    return Item(kind, language, stem, tuple(choices))


RIVERS = ("The Elbe", "The Oder", "The Saale")


@pytest.mark.parametrize(
    ("flaw", "asked"),
    [
        (Flaw.NONE_OF_ABOVE, item("Which river?", *RIVERS, "None of the above.")),
        (Flaw.NONE_OF_ABOVE, item("Welcher Fluss?", *RIVERS, "Keine davon", language="de")),
        (Flaw.NONE_OF_ABOVE, item("Quel fleuve ?", *RIVERS, "Aucune de ces réponses")),
        (Flaw.ALL_OF_ABOVE, item("Which river?", *RIVERS, "All of these are correct")),
        (Flaw.ALL_OF_ABOVE, item("¿Qué río?", *RIVERS, "Todas las respuestas anteriores")),
        (Flaw.K_TYPE, item("Which river is long?", *RIVERS, "A and C")),
        (Flaw.K_TYPE, item("Welcher Fluss ist lang?", *RIVERS, "Weder A noch B")),
        (Flaw.BLANK, item("The town lies on the __ river.", *RIVERS)),
        (Flaw.NEGATIVE_STEM, item("Which river doesn't reach the sea?", *RIVERS)),
        (Flaw.NEGATIVE_STEM, item("Quel fleuve n'est pas long ?", *RIVERS, language="fr")),
        (Flaw.LOST_SEQUENCE, item("How long is it?", "1,094 km", "840 km", "2,850 km")),
        (Flaw.EQUAL_VALUES, item("How long is it?", "2 h", "120 minutes", "3 h")),
        (Flaw.EQUAL_VALUES, item("How much?", "1,000", "10^3", "500")),
        (Flaw.OVERLAP, item("How many?", "5 to 10", "8 to 12", "20 to 30")),
        (Flaw.OVERLAP, item("When is it?", "In spring", "In spring or in autumn", "In winter")),
        (Flaw.IMPLAUSIBLE, item("Which river?", *RIVERS, "no idea")),
        (Flaw.IMPLAUSIBLE, item("哪条河？", "长江", "黄河", "随便", language="zh-hans")),
        (Flaw.HIDDEN_TRUE_FALSE, item("Is it long?", "Yes", "No", "Only in spring")),
        (Flaw.UNFOCUSED_STEM, item("Which one is right?", *RIVERS)),
        (Flaw.UNFOCUSED_STEM, item("¿Cuál es correcta?", *RIVERS, language="es")),
        (Flaw.GRAMMATICAL_CUE, item("A piece of land in a river is an", "island", "bank", "lake")),
    ],
)
def test_a_flaw_is_found_by_its_kind(flaw: Flaw, asked: Item) -> None:
    assert find_flaws(asked) == {flaw}


@pytest.mark.parametrize(
    "asked",
    [
        item("Which river does **not** reach the sea?", *RIVERS),
        item("What happens when the dam does not hold?", *RIVERS),
        item("Why is the river not navigable?", *RIVERS),
        item("What does `f()` print?", "`True`", "`False`", "`None`"),
        item("Which method sets up an object?", "`__init__`", "`__str__`", "`__len__`"),
        item("Which notes make the interval?", "C and E", "D and G", "F and B"),
        item("How large is it?", "1 m²", "10 m²", "102 m²"),
        item("How is one half written as a decimal?", "0.5", "1/2", "50 %"),
        item("What is ten squared?", "10²", "102", "1002"),
        item("How many are there?", "Fewer than 5", "5 to 9", "10 or more"),
        item("What is it worth in code: `1.0`?", "1.0", "1", "2"),
        item("Which vitamin is it?", "A", "C", "D"),
        item("What did both of the other kings want?", "Peace", "Land", "Gold"),
        item("What is in the basket?", "All of its apples", "Two pears of five", "One plum of ten"),
        item("选择哪一条河？", "长江", "黄河", "淮河", language="zh-hans"),
        item("18 岁以上都可以做什么？", "投票", "免费乘车", "提前退休", language="zh-hans"),
        item("Which animal is an insect?", "An ant", "A spider", "A crab"),
        item("When was it?", "1848", "1871", "1918"),
        item("Which phrase asks her to go on slowly?", "Más despacio", "De nada", "No sé"),
        item("Which point is it?", "(3, 3)", "(0, 3)", "The origin"),
        item(
            "Which updates are kept?",
            "The first and the third",
            "The second of the three",
            "All three together",
        ),
        item("λ 依次为 5、3、1……前两个占多少？", "80 %", "85 %", "90 %", language="zh-hans"),
        item("为什么不能这样做？", "会泄漏", "太慢", "太贵", language="zh-hans"),
    ],
)
def test_what_only_looks_like_a_flaw_is_none(asked: Item) -> None:
    assert not find_flaws(asked)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Neither A nor B",
            "Both (a) and (b)",
            "Only option 2",
            "Answer B is right",
            "1 and 3 only",
        ),
        *(
            "A和B都正确，C错误",
            "AB都对",
            "前两项都正确",
            "所有选项都不对",
            "上述说法均错误",
            "以上三项都是。",
        ),
    ],
)
def test_a_choice_that_leans_on_others_is_found_in_any_form(text: str) -> None:
    leaning = {Flaw.K_TYPE, Flaw.NONE_OF_ABOVE, Flaw.ALL_OF_ABOVE}
    assert find_flaws(item("Which river is long?", *RIVERS, text)) & leaning


@pytest.mark.parametrize(
    "text",
    [
        "C and C++",
        "两个线程都正确释放了锁",
        "18岁以上都可以注册",
        "都在内存中",
        "All of it is read",
    ],
)
def test_a_choice_that_only_sounds_like_one_of_these_is_none(text: str) -> None:
    leaning = {Flaw.K_TYPE, Flaw.NONE_OF_ABOVE, Flaw.ALL_OF_ABOVE}
    assert not find_flaws(item("Which river is long?", *RIVERS, text)) & leaning


@pytest.mark.parametrize(
    ("asked", "flaw"),
    [
        (item("Which river?", "The Elbe", kind="multiple"), Flaw.KEY_COUNT),
        (item("It is long.", "True", kind="true_false"), None),
        (item("Put these in order.", "First", "Second", kind="order"), None),
        (item("What is printed?", kind="output"), None),
    ],
)
def test_each_type_of_question_is_judged_as_what_it_is(asked: Item, flaw: Flaw | None) -> None:
    assert find_flaws(asked) == ({flaw} if flaw else set())
