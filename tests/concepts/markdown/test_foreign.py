"""Words of another language are marked as such, so that a screen reader speaks them right."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from concepts.content import ChoiceContent, QuizContent
from concepts.lint.flaws.item import item_of
from concepts.lint.quiz_rules import without_marks
from concepts.markdown.figures import draw_figure
from concepts.markdown.foreign import name_language, without_languages
from concepts.markdown.quiz_text import render_choice, render_stem
from concepts.markdown.rendering import render_markdown
from tests.concepts.page import Html
from tests.generation.cast import make_question

LANG = re.compile(r'<(\w+) lang="([^"]*)">(.*?)</\1>')


def marked(markdown: str) -> list[tuple[str, str, str]]:
    return LANG.findall(render_markdown(markdown))


def test_a_column_is_in_the_language_that_its_head_names() -> None:
    table = "| Spanish | English | Note |\n|---|---|---|\n| **Tú:** Hola. | Hello. | both |\n"
    said = [("td", "es", "<strong>Tú:</strong> Hola."), ("td", "en", "Hello.")]
    assert marked(table) == said
    assert marked(f"{table}\nThen:\n\n| Spanishness | a |\n|---|---|\n| x | y |\n") == said


@pytest.mark.parametrize(
    ("head", "tag"),
    [("español", "es"), (" ESPAÑOL ", "es"), ("西班牙语", "es"), ("Français", "fr"),
     ("日本語", "ja")],
)  # fmt: skip
def test_a_language_is_known_by_its_names(head: str, tag: str) -> None:
    assert [lang for _, lang, _ in marked(f"| a | {head} |\n|---|---|\n| x | y |\n")] == [tag]


def test_emphasis_is_in_the_language_that_the_text_says_it_is_and_underscores_are_not() -> None:
    text = '*Hola*, ***buenas*** and _not_ this, `*nor*` this.\n\n### *¿Qué?*\n\n[emphasis]: # "es"'
    said = [(tag, lang) for tag, lang, _ in marked(text)]
    assert said == [("em", "es")] * 3
    assert "<em>not</em>" in render_markdown(text)
    assert "emphasis" not in render_markdown(text)


@pytest.mark.parametrize(
    "said",
    ["", '[emphasis]: # ""', '[emphasis]: # "es\\" onclick=x"', "[emphasis]: # 'a b'",
     '[emphasis]: # "&quot;><b>"', '[emphasis]: # "spanish-of-the-whole-world"', "[emphasis]: es"],
)  # fmt: skip
def test_what_is_no_tag_of_a_language_marks_nothing(said: str) -> None:
    html = render_markdown(f"*Hola*\n\n{said}")
    assert "<em>Hola</em>" in html
    assert "lang=" not in html


MARKED = [
    ("*es:Me duelen los pies*", "<span>Me duelen los pies</span>"),
    ('What does "*es:A mi hija*" say?', 'What does "<span>A mi hija</span>" say?'),
    ("*es:Soy*, *es:eres*.", "<span>Soy</span>, <span>eres</span>."),
    ("*es:a < b*", "<span>a &lt; b</span>"),
]


@pytest.mark.parametrize(("text", "shown"), MARKED)
@pytest.mark.parametrize("render", [render_choice, render_stem])
def test_a_piece_of_a_quiz_names_its_language(
    render: Callable[[str], str], text: str, shown: str
) -> None:
    html = render(text)
    assert shown in html.replace('<span lang="es">', "<span>")
    assert 'lang="es"' in html
    assert "*" not in html + without_languages(text)
    assert without_languages(text) == Html(html).text.strip()


@pytest.mark.parametrize(
    "text",
    ["*es: hola*", "*es:hola *", "*es:*", "a*es:b*", "*es:b*c", "*xx:hola*", "*hola*",
     "*args: int*", "*es:" + "a" * 500 + "*"],
)  # fmt: skip
def test_every_other_asterisk_of_a_quiz_is_shown_as_it_was_written(text: str) -> None:
    for html in (render_choice(text), render_stem(text)):
        assert "lang=" not in html
        assert Html(html).text.strip() == text


def test_code_of_a_quiz_is_in_no_language() -> None:
    assert "<code>*es:hola*</code>" in render_choice("`*es:hola*`")


def test_a_quiz_is_judged_as_it_reads() -> None:
    texts = ("Duelo", "Me duele", "Me duelen", "Duelen")
    question = make_question("feet").model_copy(
        update={
            "choices": [
                ChoiceContent(text=f"*es:{text}*", rationale="*es:Pies*.", is_correct=not place)
                for place, text in enumerate(texts)
            ]
        }
    )
    (read,) = without_marks(QuizContent(questions=[question])).questions
    assert tuple(choice.text for choice in read.choices) == texts
    assert {choice.rationale for choice in read.choices} == {"Pies."}
    assert [one.text for one in item_of(question, "en").choices] == list(texts)


def test_what_a_file_says_once_each_piece_of_its_quiz_says() -> None:
    told = name_language('*Soy*, "*¿Y usted?*", not 2 * 3 * 4 nor _this_', "es")
    assert told == '*es:Soy*, "*es:¿Y usted?*", not 2 * 3 * 4 nor _this_'


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"></svg>'


def test_what_a_figure_shows_is_told_in_its_languages() -> None:
    """Beside the drawing, for the name of an element is in one language."""
    figures = {"map": draw_figure("map", SVG)}
    text = '![On *Calle < Mayor* you\nstand, _so_.](figure:map "A map")'
    html = render_markdown(f'{text}\n\n[emphasis]: # "es"', figures)
    said = 'On <em lang="es">Calle &lt; Mayor</em> you\nstand, <em>so</em>.'
    assert f'</svg><p class="vh">{said}</p><figcaption>A map</figcaption>' in html
    assert '<svg aria-hidden="true"' in html
    assert "aria-label" not in html
    assert 'aria-label="On *this*."' in render_markdown("![On *this*.](figure:map)", figures)
    assert render_markdown("![On *Calle\nMayor*.](figure:map)") == "<p>On Calle\nMayor.</p>\n"
