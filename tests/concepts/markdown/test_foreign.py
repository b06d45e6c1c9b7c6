"""Words of another language are marked as such, so that a screen reader speaks them right."""

from __future__ import annotations

import re

import pytest

from concepts.markdown.rendering import render_markdown

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
