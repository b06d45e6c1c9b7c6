from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concepts.content import ChoiceContent, QuestionContent, QuizContent, ResourceContent
from concepts.lint.quiz import quiz_problems, settle_quiz
from concepts.lint.resources import settle_resources
from concepts.lint.tutorial import tutorial_problems
from concepts.markdown.blocks import split_blocks
from generation.providers.openai.schemas import NamedResource, ResourcesAnswer, read_resources
from generation.providers.openai.unwrapping import clean_tutorial
from generation.providers.thoughts.stripping import strip_thoughts
from tests.generation.cast import make_question

CODE = "```python\nprint('<think>kept</think>')\n```"
BODY = f"## Names\n\nA name refers to a value.\n\n{CODE}\n\n## Practice\n\nTry it."
LONG = (
    "## Names\n\n" + "A name refers to a value, and to nothing else. " * 20 + "\n\n## Try it\n\nDo."
)
CHINESE = (
    "## 变量\n\n"
    + "变量是一个值的名字，赋值以后名字就指向那个值。" * 10
    + "\n\n## 练习\n\n试一试。"
)

deterministic = settings(derandomize=True, deadline=None)


@pytest.mark.parametrize(
    "said",
    [
        BODY,
        f"<think>What to say?\n\n## Not this</think>\n\n{BODY}",
        f"<THINKING>{CODE}</THINKING><think>more</think>{BODY}",
        f"the beginning of this thought was lost</think>\n{BODY}",
        f"```markdown\n{BODY}\n```",
        f"````md\n{BODY}\n````\n",
        f"```\n{BODY}\n```",
        f"Sure! Here is the tutorial:\n\n```markdown\n{BODY}\n```\n\nI hope this helps!",
        f"Here it is.\n=== tutorial ===\n{BODY}\n=== end ===\nI hope this helps!",
        f"# Names and values\n\n{BODY}",
        f"## Names and Values\n\n{BODY}",
        f"{BODY}\r\n".replace("\n", "\r\n").replace("\r\r", "\r"),
        f"{BODY}\n\n<think>was that enough?</think>",
        f"{BODY}\n\n<think>cut off in the middle of",
    ],
)
def test_the_tutorial_is_what_is_left_when_its_wrapping_is_gone(said: str) -> None:
    assert clean_tutorial(said, "Names and values") == BODY


@pytest.mark.parametrize(
    "markdown",
    [
        "First `code`, in a word of warning that matters.\n\n- a list\n\n## Names\n\nText.",
        f"{CODE}\n\n## Names\n\nText.",
        "## Thoughts\n\nA model writes `<think>` before it thinks, `</think>` after.",
        f"## A fence at the end\n\nText.\n\n{CODE}",
        "No heading at all, but prose.",
        "## Feelings\n\nText.\n\n- Let me know what you think: how to say it politely",
    ],
)
def test_what_is_no_wrapping_is_left_alone(markdown: str) -> None:
    if markdown.startswith("## Feelings"):
        markdown += "\n- Feel free to, in German: gern"
    assert clean_tutorial(markdown) == markdown


def test_nothing_but_thoughts_is_nothing() -> None:
    assert clean_tutorial("<think>I could go on for ever, and so I") == ""


@pytest.mark.slow
def test_thousands_of_open_thoughts_do_not_stop_the_loop() -> None:
    assert strip_thoughts("a" + "<think>" * 100_000) == "a"


@deterministic
@given(st.lists(st.sampled_from(["<think>", "</think>", "```", "## A", "word", "", "---"])))
def test_no_thought_is_left_outside_of_code(lines: list[str]) -> None:
    blocks = split_blocks(clean_tutorial("\n".join(lines)))
    assert not [block for block in blocks if not block[0] and "<think>" in block[1]]


def test_a_tutorial_with_substance_passes() -> None:
    assert tutorial_problems(LONG, "en") == []
    assert tutorial_problems(CHINESE, "zh") == []


@pytest.mark.parametrize(
    ("markdown", "complaint"),
    [
        ("", "0 words of prose"),
        (BODY, "words of prose; 120 are the least"),
        (LONG.replace("## Try it", "Try it"), "1 headings; 2 are the least"),
        (f"{LONG}\n\n```python\nprint(1)", "ends inside a code block"),
        (f"{LONG}\n\n[Insert an example here]", "is a placeholder"),
        (f"{LONG}\n\nTODO: say why.", "“TODO” is a placeholder"),
        (f"{LONG}\n\n- **TBD**", "is a placeholder"),
        ("## A\n\n```\n" + "word " * 500 + "\n```\n\n## B", "words of prose"),
    ],
)
def test_what_is_wrong_with_a_tutorial_is_said(markdown: str, complaint: str) -> None:
    assert complaint in "\n".join(tutorial_problems(markdown, "en"))


@pytest.mark.parametrize(
    "words", ["You write a todo list.", "A TODO app.", "Search for `TODO: later` comments."]
)
def test_a_todo_list_is_no_placeholder(words: str) -> None:
    assert tutorial_problems(f"{LONG}\n\n{words}", "en") == []


def test_a_link_is_no_placeholder() -> None:
    assert tutorial_problems(f"{LONG}\n\n[your own shell](https://a.example)", "en") == []


def test_a_tutorial_in_english_is_not_chinese() -> None:
    (complaint,) = tutorial_problems(LONG, "zh")
    assert complaint == "it is written in English, not in Chinese (中文, zh)"


def link(url: str, **fields: Any) -> ResourceContent:
    return ResourceContent(**{"title": "A", "url": url, "kind": "docs", "why": "B.", **fields})


def test_a_link_is_listed_once_however_it_is_spelt() -> None:
    links = [
        link("https://docs.python.org/3/"),
        link("http://DOCS.python.org/3?utm_source=x#top"),
        link("https://docs.python.org/3/tutorial/"),
    ]
    content, problems = settle_resources(links, "en")
    assert content
    assert [one.url for one in content.resources] == [links[0].url, links[2].url]
    assert problems == ["“http://DOCS.python.org/3?utm_source=x#top” is listed twice"]


@pytest.mark.parametrize(
    "url", ["http://localhost/x", "http://127.0.0.1/", "http://[::1]/", "https://printer.local/"]
)
def test_a_private_address_is_dropped(url: str) -> None:
    addresses = ["https://a.example/1", url, "https://a.example/2"]
    named = [NamedResource(title="A", url=one, kind="docs", why="B.") for one in addresses]
    good, problems = read_resources(ResourcesAnswer(resources=named))
    content, _ = settle_resources(good, "en")
    assert content
    assert len(content.resources) == 2
    assert problems == ["resource 2: url: Value error, is no public web address"]


def test_too_few_links_are_none() -> None:
    content, problems = settle_resources([link("https://a.example/1")], "en")
    assert content is None
    assert problems == ["1 usable links; 2 are the least"]


def test_reasons_in_another_language_are_refused() -> None:
    why = "It is the official reference, and it tells you how the parts of it are put together."
    links = [link(f"https://a.example/{n}", why=why) for n in range(4)]
    content, problems = settle_resources(links, "zh")
    assert content is None
    assert "written in English" in problems[0]


def true_false(*texts: str) -> QuestionContent:
    return QuestionContent(
        type="true_false",
        stem="变量是值的名字吗？",
        choices=[
            ChoiceContent(text=text, is_correct=text == texts[0], rationale="因为名字指向值。")
            for text in texts
        ],
        explanation="名字指向值。",
        objective="说明变量",
        difficulty=1,
    )


@pytest.mark.parametrize(
    "texts", [("True", "False"), ("对", "错"), ("正确", "错误"), ("Vrai", "Faux")]
)
def test_true_and_false_are_said_in_the_content_language(texts: tuple[str, str]) -> None:
    quiz = settle_quiz(QuizContent(questions=[true_false(*texts)]), "zh-Hans")
    choices = quiz.questions[0].choices
    assert [(one.text, one.is_correct) for one in choices] == [("正确", True), ("错误", False)]


def test_the_key_stays_where_it_was_meant() -> None:
    quiz = settle_quiz(QuizContent(questions=[true_false("False", "True")]), "de")
    choices = quiz.questions[0].choices
    assert [(one.text, one.is_correct) for one in choices] == [("Richtig", False), ("Falsch", True)]


def test_other_words_for_true_and_false_are_complained_of() -> None:
    quiz = settle_quiz(QuizContent(questions=[true_false("也许", "错")] * 3), "zh")
    assert "question 1: the choices must be “正确” and “错误”" in quiz_problems(quiz, "zh")


def test_a_quiz_is_linted_and_must_be_long_enough() -> None:
    quiz = QuizContent(questions=[make_question("a knot")])
    assert quiz_problems(quiz, "en") == ["1 questions; 3 are the least"]


def test_english_reasons_under_chinese_questions_are_found() -> None:
    rationale = "That is what the documentation says, and it is how the interpreter works for you."
    choices = [
        ChoiceContent(text=text, is_correct=text == "名字", rationale=rationale)
        for text in ("名字", "数字", "文件", "函数")
    ]
    question = true_false("对", "错").model_copy(update={"type": "single", "choices": choices})
    quiz = QuizContent(
        questions=[question.model_copy(update={"stem": f"第{n}题：它是什么？"}) for n in "一二三"]
    )
    found = [one for one in quiz_problems(quiz, "zh") if "written in" in one]
    assert found == [
        "the reasons and explanations: it is written in English, not in Chinese (中文, zh)"
    ]


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        ("en", "en"),
        ("zh_CN", "zh-CN"),
        ("German", "de"),
        ("English (with subtitles in French, Spanish, German and Italian)", "en"),
        ("Deutsch, Englisch", "de"),
        ("whatever the reader prefers to read it in", "und"),
        ("", "und"),
        ("en-" + "abcdefgh-" * 10 + "x1", "en"),
        ("x" * 5_000, "und"),
    ],
)
def test_whatever_a_model_calls_a_language_no_link_is_lost(said: str, tag: str) -> None:
    named = NamedResource(title="A", url="https://a.example/", kind="docs", why="B.", language=said)
    good, problems = read_resources(ResourcesAnswer(resources=[named]))
    assert problems == []
    assert good[0].language == tag
