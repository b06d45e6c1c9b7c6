"""What stands in a quiz is what its readers see."""

from __future__ import annotations

import asyncio
from itertools import combinations

import pytest

from concepts.content import ArtifactKind, ChoiceContent, QuizContent
from concepts.lint.quiz import quiz_problems
from concepts.lint.quiz_rules import lint_quiz
from concepts.markdown.quiz_text import render_choice, render_stem, visible_choice
from generation.port.briefs import ConceptBrief
from generation.providers.catalogue import CatalogueProvider, load_catalogue
from tests.concepts.page import Html
from tests.generation.cast import make_question

AS_WRITTEN = (
    "__init__", "_init_", "**kwargs", "*args", "f(*args, **kwargs)", "a_b_c", "2 * 3 * 4", "*",
    r"\d+\.\d+", r"\d+.\d+", r"\*", "\\", "a\\", r"C:\new\*", "<div>", "<b>bold</b>", "<!-- x -->",
    "&amp;", "&", "&lt;", "&copy", "&#42;", "~~x~~", "~x~", "$x", "$x$", "[a](b)", "![a](b)", "[a]",
    "[x](https://a.example)", "<https://a.example>", "https://a.example", "- 5", "-5", "+ 1", "* x",
    "1. one", "1) one", "# one", "## one", "> 1", "| a | b |", "---", "===", "~~~", "a`b",
    "x^2^", "==x==", ":smile:", "{% x %}", "{{ x }}", "H<sub>2</sub>O", "10²", "x₁", "①", "ﬁ",
    "(c)", "--", "...", "it's", "**left** operand", "中文*强调*", "a  \\", "%s",
)  # fmt: skip
# What questions show another way.
CODE_OR_STRESS = ("~~~", "a`b", "**left** operand")


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_a_choice_is_shown_as_it_was_written(text: str) -> None:
    page = Html(render_choice(text))
    assert (page.tags(), page.text.strip()) == (["p"], text.strip())


@pytest.mark.parametrize("text", ["C++", "-5", "f(x)", "a <b>", "x = 1;", "++", "中文", "`a`-"])
def test_a_choice_without_such_letters_keeps_its_order_among_right_to_left_ones(text: str) -> None:
    assert Html(render_choice(text)).values("dir") == ["ltr"]


@pytest.mark.parametrize("text", ["لغة C++", "C++ هي لغة", "שפה", "`x` قيمة"])
def test_a_choice_with_right_to_left_letters_runs_as_its_page_does(text: str) -> None:
    assert Html(render_choice(text)).values("dir") == []


@pytest.mark.parametrize("text", [text for text in AS_WRITTEN if text != "**left** operand"])
def test_what_a_question_names_is_shown_as_it_was_written(text: str) -> None:
    page = Html(render_stem(f"What does {text} mean?"))
    assert (page.tags(), page.text.strip()) == (["p"], f"What does {text} mean?")


@pytest.mark.parametrize("text", [text for text in AS_WRITTEN if text not in CODE_OR_STRESS])
def test_a_question_may_begin_with_any_sign(text: str) -> None:
    page = Html(render_stem(f"{text}\n{text} is what?"))
    assert page.text.split() == [*text.split(), *text.split(), "is", "what?"]
    assert not {"ul", "ol", "li", "h1", "h2", "hr", "blockquote", "em", "s", "a"} & set(page.tags())


@pytest.mark.parametrize(
    ("text", "code"), [("use `__init__`", "__init__"), ("`` a`b ``", "a`b"), ("`*`", "*")]
)
def test_code_in_a_choice_is_set_as_code(text: str, code: str) -> None:
    assert f"<code>{code}</code>" in render_choice(text)


def test_a_question_shows_code_paragraphs_and_stress() -> None:
    html = render_stem("```python\nx = *a, *b\n```\n\nWhich is **not** so,\n`*a`?")
    assert Html(html).tags()[:2] == ["pre", "code"]
    assert "<p>Which is <strong>not</strong> so,\n<code>*a</code>?</p>" in html


def test_code_in_a_question_reads_as_it_was_written() -> None:
    code = 'print("&amp;", *a, "<b>")\n'
    assert Html(render_stem(f"```python\n{code}```")).text.strip() == code.strip()
    assert Html(render_stem(f"What?\n\n    {code}")).text.split() == ["What?", *code.split()]


def test_lines_that_were_meant_to_stand_alone_do() -> None:
    html = render_stem("Which is right?\n1. one\n2. two\n- three\nand so\non")
    assert html.count("<br>") == 3


@pytest.mark.parametrize("hostile", ["<script>x()</script>", "<img src=x onerror=x()>", "`<b>`"])
def test_no_markup_gets_through_a_quiz(hostile: str) -> None:
    for html in (render_choice(hostile), render_stem(hostile), render_stem(f"```\n{hostile}\n```")):
        assert not {"script", "img", "b"} & set(Html(html).tags())


DIFFERENT = (
    ("True", "true", "TRUE", "tRUE"),
    ("10²", "102", "10₂", "10^2"),
    ("x₁", "x1", "x¹"),
    ("①", "1", "１", "➀", "I", "Ⅰ"),
    ("file", "ﬁle", "FILE", "ｆｉｌｅ"),
    ("ss", "ß", "SS", "ẞ"),
    ("__init__", "_init_", "init"),
    (r"\d+\.\d+", r"\d+.\d+"),
    ("&amp;", "&"),
    ("*args", "**args", "args"),
    ("½", "1/2", "1⁄2"),
    ("㎏", "kg"),
    ("µ", "u"),
    ("می‌خواهم", "میخواهم"),
    ("résumé", "resume"),
    ("ガ", "カ", "ｶﾞ"),
    ("❤", "❤️", "♥"),
    ("-5", "–5", "—5", "5"),
    ("'a'", "‘a’", '"a"', "`a`"),
    ("क्ष", "क्‍ष", "क्‌ष"),
    ("тип", "tип", "тyп"),
    ("Δ", "δ", "▲"),
    ("l", "1", "I", "|"),
    ("O", "0", "°"),
    ("a.b", "a·b", "a…b"),
    ("&lt;", "<", "‹"),
)
SAME = (
    ("get a page", "get  a\tpage "),
    ("a b", "a\N{NO-BREAK SPACE}b"),
    ("café", "cafe\N{COMBINING ACUTE ACCENT}"),
    ("True", "True\N{ZERO WIDTH SPACE}"),
    ("True", "Tr\N{ZERO WIDTH JOINER}ue"),
    ("True", "\N{RIGHT-TO-LEFT OVERRIDE}True"),
    ("`True`", "True"),
    ("``x``", "`x`"),
    ("soft", "so\N{SOFT HYPHEN}ft"),
    ("True", "Tru\N{CYRILLIC SMALL LETTER IE}"),
    ("COPY", "СОРY"),
    ("AXE", "ΑΧΕ"),
    ("5 µm", "5 μm"),
    ("K", "\N{KELVIN SIGN}"),
    ("-5", "\N{MINUS SIGN}5"),
    ("non-empty", "non\N{NON-BREAKING HYPHEN}empty"),
    ("a b", "a\N{BRAILLE PATTERN BLANK}b"),
    ("True", "Tr\N{VARIATION SELECTOR-1}ue"),
    ("学习", "学\N{ZERO WIDTH SPACE}习"),
    ("学习", "学\N{ZERO WIDTH JOINER}习"),
    ("ภาษาไทย", "ภาษา\N{ZERO WIDTH SPACE}ไทย"),
    ("سلام", "سلام\N{RIGHT-TO-LEFT MARK}"),
    ("سلام", "\N{ARABIC LETTER MARK}سلام"),
)


@pytest.mark.parametrize("texts", DIFFERENT)
def test_choices_that_look_different_are_different_answers(texts: tuple[str, ...]) -> None:
    assert len({visible_choice(text) for text in texts}) == len(texts)
    assert not [text for text in _complaints(*texts[:3], "something else") if "the same" in text]


@pytest.mark.parametrize("texts", SAME)
def test_choices_that_look_the_same_are_one_too_many(texts: tuple[str, str]) -> None:
    one, other = texts
    assert visible_choice(one) == visible_choice(other)
    assert any("two choices read the same" in text for text in _complaints(one, other, "else"))


def test_a_quiz_about_case_is_accepted() -> None:
    texts = ("True", "true", "TRUE", "tRUE")
    stems = ("Which name is a value?", "What does JSON write?", "How is a boolean spelt in SQL?")
    questions = [
        make_question("case").model_copy(
            update={"stem": stem, "choices": [_choice(text, texts[place]) for text in texts]}
        )
        for place, stem in enumerate(stems)
    ]
    assert quiz_problems(QuizContent(questions=questions), "en") == []


NOT_IN_BRIEF = {"requires", "objectives", "keywords", "practice_minutes", "reading_minutes"}


def test_no_two_choices_of_the_built_in_quizzes_look_alike() -> None:
    provider = CatalogueProvider()
    for quiz in _catalogue_quizzes(provider):
        for question in quiz.questions:
            shown = [Html(render_choice(choice.text)).text.strip() for choice in question.choices]
            assert all(one != other for one, other in combinations(shown, 2)), question.stem


def _catalogue_quizzes(provider: CatalogueProvider) -> list[QuizContent]:
    found = []
    for roadmap in load_catalogue():
        for concept in roadmap.outline.concepts():
            brief = ConceptBrief(
                goal=roadmap.goals[0],
                roadmap_title=roadmap.outline.title,
                language=roadmap.outline.language,
                level=roadmap.outline.level,
                **concept.model_dump(exclude=NOT_IN_BRIEF),
                objectives=tuple(concept.objectives),
                keywords=tuple(concept.keywords),
            )
            content = asyncio.run(provider.write(ArtifactKind.QUIZ, brief)).content
            assert isinstance(content, QuizContent)
            found.append(content)
    return found


def _choice(text: str, right: str) -> ChoiceContent:
    return ChoiceContent.model_construct(
        text=text, is_correct=text == right, rationale="Case tells them apart."
    )


def _complaints(*texts: str) -> list[str]:
    question = make_question("x").model_copy(
        update={"choices": [_choice(text, texts[0]) for text in texts]}
    )
    return lint_quiz(QuizContent.model_construct(questions=[question]))
