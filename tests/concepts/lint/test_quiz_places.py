"""Choices are shuffled: no reason may call one by a letter, a number or its place."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from concepts.content import ChoiceContent, QuestionContent, QuizContent
from concepts.lint.places import names_of_places
from concepts.lint.quiz_rules import lint_quiz

STEM = "Which method is meant for reading?"
METHODS = ("GET", "PUT", "POST", "PATCH")


def question(
    explanation: str, *, stem: str = STEM, texts: Sequence[str] = METHODS, rationale: str = "So."
) -> QuestionContent:
    return QuestionContent(
        type="single",
        stem=stem,
        choices=[
            ChoiceContent(text=text, is_correct=text == texts[0], rationale=rationale)
            for text in texts
        ],
        explanation=explanation,
        objective="Choose a method",
        difficulty=2,
    )


@pytest.mark.parametrize(
    ("reason", "called"),
    [
        ("The correct answer is B.", "answer is B"),
        ("The correct answer is **B**, because it only reads.", "answer is B"),
        ("Correct answer: (b)", "answer: (b)"),
        ("The answer here is A because it reads.", "answer here is A"),
        ("The right choice is “C”.", "choice is C"),
        ("Answer B is right: it reads.", "Answer B"),
        ("Option C is wrong because it writes.", "Option C"),
        ("Option A writes.", "Option A"),
        ("It writes, unlike option c.", "option c"),
        ("It writes (see choice (a)).", "choice (a)"),
        ("Options B and D write.", "Options B"),
        ("Ｏｐｔｉｏｎ Ｂ writes.", "Option B"),
        ("A is incorrect because it writes.", "A is incorrect"),
        ("One method reads. B is the correct one.", "B is the correct"),
        ("It reads, so (C) is right.", "so (C) is right"),
        ("B and C are wrong.", "and C are wrong"),
        ("Option 2 writes.", "Option 2"),
        ("It is the same as in choice #3.", "choice #3"),
        ("Answer 4 is what reads.", "Answer 4"),
        ("The first option reads.", "first option"),
        ("The last choice is the only one that reads.", "last choice"),
        ("It reads, unlike the second option.", "second option"),
        ("The first and third options write.", "first and third options"),
        ("The second answer is wrong.", "second answer is wrong"),
        ("正确答案是B。", "答案是B"),
        ("正确答案是 B，因为它只读取数据。", "答案是 B"),
        ("正确答案为：（C）", "答案为:(C)"),
        ("答案：D", "答案:D"),
        ("它只读取数据，因此应选B。", "选B"),
        ("故选择 C。", "选择 C"),
        ("选项A会写入数据。", "选项A"),
        ("与选项 b 不同，它会写入。", "选项 b"),
        ("选项2会写入数据。", "选项2"),
        ("選項A會寫入資料。", "選項A"),
        ("B选项会写入数据。", "B选项"),
        ("C项会写入数据。", "C项"),
        ("B错误，因为它会写入。", "B错误"),
        ("故選擇B。A不正確。", "選擇B"),
        ("讀取不改變資料。A不正確。", "A不正確"),
        ("第二个选项会写入数据。", "第二个选项"),
        ("最后一个选项才是只读的。", "最后一个选项"),
        ("前两个选项都会写入。", "前两个选项"),
        ("选项三会写入数据。", "选项三"),
    ],
)
def test_no_reason_calls_a_choice_by_its_place(reason: str, called: str) -> None:
    assert [one.split("“")[1].split("”")[0] for one in names_of_places(question(reason))] == [
        called
    ]


@pytest.mark.parametrize(
    "reason",
    [
        "The answer is GET.",
        "The answer is a method that reads.",
        "Answer a request with what was asked for.",
        "The answer is A list of rows.",
        "The option a user chooses is kept.",
        "The choice a server makes is final.",
        "The option -c of a shell takes a command.",
        "With option C++ it would be compiled.",
        "The answer 2 is a number of rows.",
        "A server answers 4 requests at once.",
        "Of 3 options 2% are used.",
        "A is for answer. A right is granted.",
        "Vitamin B is right for nerves, and type B is wrong.",
        "Plan B is wrong; grade A is right.",
        "It keeps the first answer and returns it to the second caller.",
        "Python is the first choice for scripts.",
        "GET is the first choice.",
        "The last option is to restart, and that is a last option.",
        "The last option of a command wins.",
        "An A/B test compares two pages. Answer A/B tests with numbers.",
        "Choice `b` is a variable; so is option `c`.",
        "答案是GET。",
        "答案是C语言。",
        "答案是A类地址。",
        "选A4纸打印。",
        "选择 Go 或者 C++。",
        "选项一样的请求会被合并。",
        "两个选项一般会一起使用。",
        "这个选项2个字节长。",
        "A项目的数据库在B机房。",
        "第一选择是读取。",
        "第二个请求会写入数据。",
        "列表的第二项是一个数。",
        "维生素B是错误的选择。",
    ],
)
def test_what_only_looks_like_a_place_passes(reason: str) -> None:
    assert list(names_of_places(question(reason))) == []


@pytest.mark.parametrize(
    ("stem", "texts", "reason"),
    [
        ("Which is it?", ("A", "B", "C"), "The correct answer is A, not B: option C is wrong."),
        ("Who may give blood?", ("Type B", "Type A", "Type O"), "The answer is B, for B fits B."),
        ("Which index?", ("A B-tree", "A hash", "A heap"), "The answer is B; option B is sorted."),
        ("Server A calls B. Who waits?", ("A", "B", "Both"), "A is right, B is wrong."),
        ("Option A sorts, option B hashes. Why?", ("Speed", "Size"), "Option A keeps an order."),
        ("How many rows?", ("2", "3", "4"), "The statement with choice 2 is what fits: option 2."),
        ("What does `-c` do?", ("Runs `c`", "Copies", "Counts"), "The option c runs it."),
        ("`tar` takes two options. Why?", ("Zip", "Tar"), "The first option is a verb."),
        ("Two ways are a lock and a queue. Why wait?", METHODS, "The second option is slow."),
        ("1) Lock it. 2) Queue it. Which waits?", METHODS, "The second option waits."),
        ("Option 1: a lock. Option 2: a queue. Why?", METHODS, "The second option is slow."),
        ("Lock or queue: is the second one slow?", METHODS, "The second option waits."),
        ("有两种方法：加锁和排队。谁更慢？", METHODS, "第二个选项更慢。"),
        ("Which is kept?", ("The first option", "None"), "The first option is selected."),
        ("哪种血型合适？", ("B型", "A型", "O型"), "答案是B，A错误。"),
        ("A、B两台服务器谁在等待？", ("服务器A", "服务器B"), "答案：A。选项A表示调用方。"),
        ("下拉框有三个选项，默认选中什么？", ("红色", "绿色"), "第一个选项默认被选中。"),
    ],
)
def test_what_the_learner_sees_may_be_called_so(
    stem: str, texts: Sequence[str], reason: str
) -> None:
    assert list(names_of_places(question(reason, stem=stem, texts=texts))) == []


@pytest.mark.parametrize(
    ("stem", "texts"),
    [
        ("A list is changed. Which of these options is right?", ("A copy", "A view", "A row")),
        ("Which option reads?", METHODS),
        ("Which two methods read?", METHODS),
        ("Which of these four methods reads?", METHODS),
        ("A `dict` and a Django view: which options read?", METHODS),
        ("下列选项中，哪一个选项读取数据？", METHODS),
        ("哪个选项正确？", METHODS),
    ],
)
@pytest.mark.parametrize("reason", ["Option A reads.", "The second option reads.", "第二个选项。"])
def test_asking_for_an_option_gives_it_no_name(
    stem: str, texts: Sequence[str], reason: str
) -> None:
    assert len(list(names_of_places(question(reason, stem=stem, texts=texts)))) == 1


def test_rationales_are_searched_too() -> None:
    asked = question("Look it up.", rationale="Unlike option B, it writes.")
    found = lint_quiz(QuizContent(questions=[asked]))
    assert found[0] == (
        "question 1: the rationale of “GET” calls a choice “option B”, and choices are shuffled: "
        "say what it says"
    )
    assert len(found) == len(METHODS)
