"""Judged on real text: Django's own translations, some ninety languages of them."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import django
import pytest

from concepts.languages.guessing import guess_language
from concepts.languages.judging import find_wrong_language
from concepts.languages.tables import LANGUAGES
from concepts.languages.tags import (
    describe_language,
    find_language,
    find_tag,
    means_true,
    request_language,
    true_and_false,
)

LOCALES = Path(django.__file__).parent / "conf" / "locale"
ENGLISH = (
    "A variable is a name for a value. When you assign to it, the name refers to that value from "
    "then on, and what it referred to before is forgotten unless something else still knows it. "
    "This is why two names can share one list, and why a change made through one of them is seen "
    "through the other."
)
CHINESE = (
    "变量是一个值的名字。给它赋值以后，这个名字就指向那个值；它原来指向的值如果没有别的名字，就会被遗忘。"
    "所以两个名字可以共用同一个列表，通过其中一个名字所做的修改，从另一个名字也能看到。"
    "在 Python 里，list 和 dict 都是可变对象，而 int、str 与 tuple 是不可变对象。请记住这个区别。"
)


def prose_of(locale: str) -> str:
    """The translated sentences of Django's core messages."""
    catalogue = LOCALES / locale / "LC_MESSAGES" / "django.mo"
    if not catalogue.exists():
        return ""
    with catalogue.open("rb") as file:
        translation = gettext.GNUTranslations(file)
    messages = {k: v for k, v in translation._catalog.items() if isinstance(k, str)}  # type: ignore[attr-defined]  # no public way
    sentences = [text for key, text in messages.items() if key.count(" ") > 4 and text != key]
    return re.sub(r"%\(?\w*\)?s|[<>{}]|https?://\S+", " ", " ".join(sentences))


PROSE = {
    path.name.replace("_", "-"): prose
    for path in sorted(LOCALES.iterdir())
    if len(prose := prose_of(path.name)) > 1_500
}


def test_there_is_enough_real_text() -> None:
    assert len(PROSE) > 60


@pytest.mark.parametrize("tag", PROSE)
def test_a_text_in_its_own_language_is_never_called_wrong(tag: str) -> None:
    prose = PROSE[tag]
    pieces = [prose[start : start + 400] for start in range(0, 4_000, 400)]
    assert [why for piece in pieces if (why := find_wrong_language(piece, tag))] == []


@pytest.mark.parametrize("tag", [tag for tag in PROSE if not tag.startswith("en")])
def test_english_instead_of_another_language_is_found(tag: str) -> None:
    assert "written in English" in (find_wrong_language(ENGLISH, tag) or "")


@pytest.mark.parametrize("tag", ["de", "fr", "es", "it", "pl", "nl", "sv", "ru", "zh-Hans", "ja"])
def test_another_language_instead_of_english_is_found(tag: str) -> None:
    assert find_wrong_language(PROSE[tag][:800], "en")


@pytest.mark.parametrize(
    ("written", "wanted"), [("ja", "zh"), ("zh-Hans", "ja"), ("uk", "ru"), ("es", "it")]
)
def test_neighbours_are_told_apart(written: str, wanted: str) -> None:
    assert find_wrong_language(PROSE[written][:1_500], wanted)


def test_a_technical_chinese_text_is_chinese() -> None:
    assert find_wrong_language(CHINESE, "zh-Hans") is None


def test_a_german_lesson_about_english_is_german() -> None:
    lesson = (
        "Im Englischen steht das Verb an zweiter Stelle, und die Frage wird mit einer Form von do "
        "gebildet: Do you like tea? What does it mean? Merke dir: Nach does steht das Verb ohne s, "
        "denn das s ist schon in does enthalten. Sage also nicht: Does he likes it?"
    )
    assert find_wrong_language(lesson, "de") is None


@pytest.mark.parametrize(
    "text",
    [
        "The Django ORM",
        "```python\n"
        + "for the name in the list of the names: is it in that or not\n" * 20
        + "```",
        " ".join(["`the value of the name is in it`"] * 30),
        "",
    ],
    ids=["title", "code block", "code in lines", "nothing"],
)
def test_titles_and_code_are_never_wrong(text: str) -> None:
    assert find_wrong_language(text, "zh") is None


def test_letters_in_figures_and_names_are_no_words() -> None:
    scraps = "\n".join(f"smoke calms a{n}e1o and turns a o e to {n}" for n in range(20))
    assert find_wrong_language(scraps, "en") is None


@pytest.mark.parametrize(
    ("goal", "tag"),
    [
        ("我想系统学习机器学习，每周8小时", "zh"),
        ("学习 Python 和 Django 开发", "zh"),
        ("データサイエンスを学びたい", "ja"),
        ("머신러닝 배우기", "ko"),
        ("Machine learning", None),
        ("Learn 汉字", None),
        ("Выучить Python", None),
        ("12 + 34", None),
    ],
)
def test_a_goals_language_is_guessed_by_its_script_or_not_at_all(
    goal: str, tag: str | None
) -> None:
    assert guess_language(goal) == tag


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_has_two_labels_that_are_understood(tag: str) -> None:
    labels = true_and_false(tag)
    assert labels
    assert [means_true(label) for label in labels] == [True, False]


def test_labels_of_a_script_or_region_are_found() -> None:
    assert true_and_false("zh-Hans-CN") == ("正确", "错误")
    assert true_and_false("zh-TW") == ("正確", "錯誤")
    assert true_and_false("pt-BR") == ("Verdadeiro", "Falso")
    assert true_and_false("tlh") is None


def test_a_choice_that_says_neither_is_neither() -> None:
    assert means_true("It depends") is None


def test_a_language_is_asked_for_in_itself() -> None:
    assert request_language("zh-Hans") == "请用简体中文撰写全部内容。"
    assert request_language("eo") == "Write everything in the language of the BCP 47 tag “eo”."
    assert find_language("eo") is None


@pytest.mark.parametrize(
    ("said", "tag"), [("Chinese", "zh"), ("中文", "zh"), ("zh_CN", "zh-CN"), ("all of them!", None)]
)
def test_what_a_model_calls_a_language_becomes_a_tag(said: str, tag: str | None) -> None:
    assert find_tag(said) == tag


@pytest.mark.parametrize(
    ("goals", "tag"),
    [
        (
            "我想系统学习机器学习，每周8小时 学习编程 数据库 人工智能 算法 怎么做饭",
            "zh",
        ),
        (
            "微积分 英语 摄影 投资 烹饪 围棋 临床医学 弹吉他 操作系统 太极拳 学习镕铸",
            "zh",
        ),
        ("學習網頁開發 台灣歷史 我想學習機器學習 統計學 程式設計 資料庫 網路安全 攝影", "zh-Hant"),
        ("我想寫小說 股票投資與理財 烹飪 學日文 邏輯 佢哋點樣學英文", "zh-Hant"),
        ("機械学習入門 線形代数 日本語能力試験 会計 英会話 基本情報技術者試験合格 漢字検定", "ja"),
        # Everybody's, or not to be told apart: the model names the language.
        ("日本史 世界史 数学 物理 心理学 量子力学 茶道 金融 書道 簿記二級合格 Python入門", None),
    ],
)
def test_ideographs_are_told_by_who_writes_them(goals: str, tag: str | None) -> None:
    assert {goal: guess_language(goal) for goal in goals.split()} == dict.fromkeys(
        goals.split(), tag
    )


@pytest.mark.parametrize("tag", ["zh", "zh-Hans", "zh-CN", "zh-Hans-SG"])
def test_traditional_instead_of_simplified_is_found_with_its_tag(tag: str) -> None:
    for start in range(0, 1_500, 300):
        piece = PROSE["zh-Hant"][start : start + 300]
        assert "written in Traditional Chinese (zh-Hant)" in (find_wrong_language(piece, tag) or "")
        assert find_wrong_language(PROSE["zh-Hans"][start : start + 300], tag) is None


@pytest.mark.parametrize("tag", ["zh-Hant", "zh-TW", "zh-HK", "zh-Hant-HK"])
def test_simplified_instead_of_traditional_is_found_with_its_tag(tag: str) -> None:
    for start in range(0, 1_500, 300):
        piece = PROSE["zh-Hans"][start : start + 300]
        assert "written in Simplified Chinese (zh-Hans)" in (find_wrong_language(piece, tag) or "")
        assert find_wrong_language(PROSE["zh-Hant"][start : start + 300], tag) is None


def test_a_few_words_in_the_other_chinese_script_are_not_wrong() -> None:
    simplified, traditional = PROSE["zh-Hans"], PROSE["zh-Hant"]
    assert find_wrong_language(traditional[:150], "zh") is None
    # A lesson on Traditional characters, half of it examples.
    assert find_wrong_language(simplified[:300] + traditional[:300], "zh") is None
    assert find_wrong_language(simplified[:300] + traditional[:300], "zh-Hant") is None
    # On Japanese, whose characters are often the traditional ones.
    assert (
        find_wrong_language(CHINESE + "機械、時間、勉強、電車、書道、開発、結婚、飲食。" * 3, "zh")
        is None
    )


PARAGRAPHS = {
    "en": "The bees in a hive know what the weather will be, and they tell each other by a dance "
    "that any keeper can learn to read with some patience. What they say is where the flowers are, "
    "how far it is to them and whether the way is worth the trouble of flying there at all.",
    "de": "Die Bienen in einem Stock wissen, wie das Wetter wird, und sie sagen es sich im Tanz, "
    "den jeder Imker mit etwas Geduld zu lesen lernt. Was sie sagen, ist, wo die Blumen sind, wie "
    "weit es zu ihnen ist und ob der Weg die Mühe des Fliegens überhaupt lohnt.",
    "zh": "蜂箱里的蜜蜂知道天气会怎样变化，并且用舞蹈互相转告，养蜂人只要有一点耐心就能学会看懂。"
    "它们说的是花在哪里、离得有多远，以及值不值得飞这一趟。有经验的人一看就明白，初学者要多看几次。",
}


@pytest.mark.parametrize(("tag", "other"), [("zh", "en"), ("de", "en"), ("en", "de")])
@pytest.mark.parametrize(
    ("foreign", "is_wrong"), [(0, False), (1, False), (2, False), (5, True), (7, True), (9, True)]
)
def test_paragraphs_in_another_language_are_few(
    tag: str, other: str, foreign: int, is_wrong: bool
) -> None:
    """Of ten, mixed; the whole may look right all the same."""
    kinds = [other if number < foreign else tag for number in range(10)]
    parts = [f"{PARAGRAPHS[kind]} ({number})" for number, kind in enumerate(kinds)]
    text = "\n\n".join(f"## {number}\n\n{part}" for number, part in enumerate(parts))
    wrong = find_wrong_language(text, tag)
    assert bool(wrong) is is_wrong, wrong
    if wrong:
        assert f"not in {describe_language(tag)}" in wrong
