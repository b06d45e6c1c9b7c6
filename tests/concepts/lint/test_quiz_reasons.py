"""No reason calls a choice right that the key has as wrong, or wrong that it has as right."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.concepts.lint.reasons import CALLED_RIGHT, CALLED_WRONG, complaints, question


@pytest.mark.parametrize(
    "rationale",
    [
        "Correct.",
        "correct",
        "**Correct.** It is safe.",
        "✅ Correct. It is safe.",
        "Correct, because it is safe.",
        "Correct because it is safe.",
        "Correct — it is safe.",
        "Correct - it is safe.",
        "Ｃｏｒｒｅｃｔ． It is safe.",
        "Right. A safe method only reads.",
        "Right, this only reads.",
        "Exactly right.",
        "That is correct.",
        "That's right: it is safe.",
        "That’s correct, since it is safe.",
        "This is correct. It is safe.",
        "This is the correct answer, as it is safe.",
        "Yes. It only reads.",
        "Yes, it only reads.",
        "正确。它只读取数据。",
        "正确，因为它只读取数据。",
        "对，它只读取数据。",
        "没错，它只读取数据。",
        "是的，它只读取数据。",
        "这是正确的。它只读取。",
        "该选项正确，因为它只读取。",
        "回答正确。",
    ],
)
def test_a_wrong_choice_is_not_called_right(rationale: str) -> None:
    assert complaints(question(rationale_of_wrong=rationale)) == CALLED_RIGHT
    assert complaints(question(rationale_of_right=rationale)) == []


def test_a_sign_within_longer_words_is_no_verdict_that_is_repeated() -> None:
    """对 is right, and in 对象, an object, and 对比, a comparison, no more than a syllable."""
    texts = ("读取数据", "比较对象", "对比数据", "写入数据")
    asked = question(texts=texts, rationale_of_wrong="对，它只读取数据。")
    (found,) = complaints(asked)
    assert "its rationale says that it is right" in found
    among_verdicts = question(texts=(*texts[:3], "对"), rationale_of_wrong="对，它只读取数据。")
    assert complaints(among_verdicts) == []


@pytest.mark.parametrize(
    "rationale",
    [
        "Incorrect.",
        "Incorrect: it writes.",
        "Incorrect because it writes.",
        "Incorrect, because the safety is missing.",
        "Wrong, it lacks safety.",
        "**Incorrect.** It writes.",
        "Wrong. It writes.",
        "Not correct. It writes.",
        "Not right, since it writes.",
        "That is wrong. It writes.",
        "This is incorrect, as it writes.",
        "This option is not correct.",
        "No, it writes.",
        "No. It writes.",
        "不正确：它会写入数据。",
        "错误：它会写入数据。",
        "错，它会写入数据。",
        "不对，它会写入数据。",
        "这是错误的。它会写入。",
        "该选项不正确。",
    ],
)
def test_a_right_choice_is_not_called_wrong(rationale: str) -> None:
    assert complaints(question(rationale_of_right=rationale)) == CALLED_WRONG
    assert complaints(question(rationale_of_wrong=rationale)) == []


@pytest.mark.parametrize(
    "rationale",
    [
        "Correct, but not what was asked.",
        "Correct, this makes a list. The numbers are missing.",
        "Yes, it is the smallest of all; it drops detail that matters.",
        "Right, it is a method. It does not read.",
        "对，它生成列表，缺少编号。",
        "Correct in itself; however, it reads nothing.",
        "Right. It is a method, though for writing.",
        "Correct. That holds for PUT, yet it writes.",
        "Correctness is not at stake here.",
        "Correct use of it writes.",
        "Correct for a write.",
        "Correct: “she has gone”.",
        "Correct: she has gone.",
        "Correct, well-formed requests can write all the same.",
        "Right after the commit the lock is gone.",
        "Right-hand sides are read first.",
        "Right, left and full joins differ in what they keep.",
        "Right idea, wrong method.",
        "That is correct of a form only.",
        "That is right up to the first write.",
        "That would be right. It writes.",
        "Yes and no.",
        "True. A method it is.",
        "It is correct.",
        "Whoever writes is not right.",
        "正确的做法是读取，而它会写入。",
        "正确：她已经走了。",
        "正确，但与所问无关。",
        "对，不过这里要读取。",
        "对于读取来说，它太重了。",
        "对象会被改写。",
        "对数据的写入由它负责。",
        "是写入的方法。",
        "是否写入要看参数。",
    ],
)
def test_a_reason_against_a_choice_may_grant_it_something(rationale: str) -> None:
    assert complaints(question(rationale_of_wrong=rationale)) == []


@pytest.mark.parametrize(
    "rationale",
    [
        "No connection is held while it reads.",
        "No, or hardly any, locks are taken.",
        "No. 1 of all methods, it reads.",
        "No-one writes with it.",
        "Nothing is written.",
        "Not correctness but safety is what it promises.",
        "Wrong answers come from taking writing for reading.",
        "Wrong, missing or extra fields are refused.",
        "Wrong as a habit, it is what reads here.",
        "Incorrect input is refused.",
        "Incorrect, outdated data is never read by it.",
        "Wrong: “I am go”.",
        "Wrong for writing, however good for reading.",
        "错误信息会告诉你读取失败。",
        "错误、异常和警告都会被读取。",
        "不对外写入，只读取。",
        "不正确的参数会被拒绝。",
        "错过它就读不到数据。",
        "不，只读取，但很慢。",
    ],
)
def test_a_reason_for_a_choice_may_start_with_a_no(rationale: str) -> None:
    assert complaints(question(rationale_of_right=rationale)) == []


@pytest.mark.parametrize(
    "stem",
    [
        "Which of these is NOT meant for reading?",
        "Which statement is false?",
        "Which of these doesn’t read?",
        "All of these read, except:",
        "Which line has the bug?",
        "Which line must be changed?",
        "A form is lost. Which statement is wrong here?",
        "Which claim is a myth?",
        "Is a method for reading safe?",
        "A page is read twice. Does that change it?",
        "Ada says that PUT reads. What is true?",
        "A colleague suggests PUT. Which is the best method?",
        "What do you answer to somebody who needs a method?",
        "下列哪项说法不正确？",
        "下列说法错误的是：",
        "除了哪一项，其余都读取数据？",
        "这个方法是读取数据的吗？",
        "小王认为它会读取数据。哪一项成立？",
        "哪一行代码有问题？",
    ],
)
def test_a_verdict_may_be_on_what_the_stem_asks_about(stem: str) -> None:
    asked = question(
        stem=stem,
        rationale_of_wrong="Correct. It is one of them.",
        rationale_of_right="No, it is none of them.",
    )
    assert complaints(asked) == []


@pytest.mark.parametrize(
    "stem",
    [
        "What reads?",
        "Choose the method for reading.",
        "The cache is wrong and the write fails. Which method reads?",
        "```python\nassert not wrong\n```\nWhich method reads?",
        "After `not x`, which method reads?",
        "哪种方法用于读取数据？",
        "HTTP 用什么方法读取数据？",
        "下列说法正确的是：",
        "写入失败了。哪种方法用于读取数据？",
    ],
)
def test_what_goes_wrong_before_the_question_is_no_excuse(stem: str) -> None:
    assert complaints(question(stem=stem, rationale_of_wrong="Correct. It reads.")) == CALLED_RIGHT


@pytest.mark.parametrize(
    ("texts", "of_wrong", "of_right"),
    [
        (("No, it waits", "Yes, at once", "Yes, in time"), "Yes, it does.", "No, it waits."),
        (("Left", "Right", "Top"), "Right. There it starts.", "It starts there."),
        (("Wrong is kept", "Right is kept", "It is lost"), "Right, it is kept.", "Wrong, it is."),
        (("错误被抛出", "值被返回", "没有结果"), "返回一个值。", "错误：除数为零。"),
        (("不对外写", "对，外写", "只读取"), "对，外写。", "不对，外写。"),
    ],
)
def test_a_word_of_the_choices_is_no_verdict(
    texts: Sequence[str], of_wrong: str, of_right: str
) -> None:
    asked = question(texts=texts, rationale_of_wrong=of_wrong, rationale_of_right=of_right)
    assert complaints(asked) == []


@pytest.mark.parametrize(
    ("labels", "of_right", "of_wrong"),
    [
        (("False", "True"), "Wrong: it writes.", "Correct. It is a method."),
        (("错误", "正确"), "不对，它会写入数据。", "没错，它是一种方法。"),
    ],
)
def test_the_reasons_of_a_true_false_question_judge_its_statement(
    labels: Sequence[str], of_right: str, of_wrong: str
) -> None:
    asked = question(
        stem="PUT reads.",
        texts=labels,
        rationale_of_right=of_right,
        rationale_of_wrong=of_wrong,
        kind="true_false",
    )
    assert complaints(asked) == []


def test_each_contradiction_is_named() -> None:
    asked = question(rationale_of_right="Wrong.", rationale_of_wrong="Correct.", kind="multiple")
    assert complaints(asked) == CALLED_WRONG + CALLED_RIGHT
