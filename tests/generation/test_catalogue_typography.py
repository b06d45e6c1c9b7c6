"""What is built in is set as its language and its formulas ask."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from markdown_it.token import Token

from concepts.lint.figures import list_figures
from concepts.markdown.foreign import SPOKEN, without_languages
from concepts.markdown.formulas import render_formula
from concepts.markdown.rendering import parser_for, render_markdown
from generation.providers.catalogue import CatalogueRoadmap
from tests.generation.catalogue_entries import (
    ROADMAPS,
    Entry,
    entries_of,
    every_roadmap,
    find_faults,
)

CHINESE = [one for one in ROADMAPS if one.outline.language.startswith("zh")]
every_chinese = pytest.mark.parametrize("roadmap", CHINESE, ids=lambda one: one.folder.name)
_COMMAND = re.compile(r"\\[A-Za-z]{2,}")
_WRITTEN = re.compile(r' alttext="[^"]*"')
# A sign of Latin print behind an ideograph, or a stop that is followed by one.
_LATIN_PRINT = re.compile(
    r"[\u3400-\u9fff][,;:?!](?!\d)|[\u3400-\u9fff]\.(?=\s|$)|,(?=[\u3400-\u9fff])"
)
# One star at each end: in a lesson emphasis, in a quiz two stars.
_EMPHASIS = re.compile(r"(?<!\*)\*[^\s*](?:[^*\n]*[^\s*])?\*(?!\*)")
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def _inline(entry: Entry, kind: str) -> Iterator[Token]:
    for block in parser_for(entry.markdown).parse(entry.markdown, {}):
        yield from (token for token in block.children or [] if token.type == kind)


def _asked(entry: Entry) -> Iterator[str]:
    for question in entry.quiz.questions:
        yield from (question.stem, question.explanation)
        for choice in question.choices:
            yield from (choice.text, choice.rationale)


def _is_shown(formula: str) -> bool:
    """A command that nobody knows is shown as it is written, with its backslash."""
    made = render_formula(formula)
    return made is not None and "\\" not in _WRITTEN.sub("", made)


@every_roadmap
def test_every_formula_of_a_tutorial_is_shown_as_mathematics(roadmap: CatalogueRoadmap) -> None:
    def judge(entry: Entry) -> object:
        formulas = [token.content for token in _inline(entry, "formula")]
        unread = [formula for formula in formulas if not _is_shown(formula)]
        prose = [token.content for token in _inline(entry, "text")]
        return unread + [text for text in prose if _COMMAND.search(text)]

    assert not find_faults(roadmap, judge)


@every_roadmap
def test_no_quiz_shows_the_stars_of_an_emphasis_that_it_does_not_have(
    roadmap: CatalogueRoadmap,
) -> None:
    def judge(entry: Entry) -> object:
        shown = map(without_languages, _asked(entry))
        return [text for text in shown if _EMPHASIS.search(_CODE.sub("x", text))]

    assert not find_faults(roadmap, judge)


@every_chinese
def test_a_chinese_lesson_has_the_punctuation_of_chinese(roadmap: CatalogueRoadmap) -> None:
    def judge(entry: Entry) -> object:
        prose = [token.content for token in _inline(entry, "text")] + list(_asked(entry))
        return [text for text in prose if _LATIN_PRINT.search(_CODE.sub("x", text))]

    assert not find_faults(roadmap, judge)


def test_there_are_formulas_and_a_chinese_roadmap_to_look_at() -> None:
    entries = [Entry(roadmap, one) for roadmap in CHINESE for one in roadmap.outline.concepts()]
    assert sum(len(list(_inline(entry, "formula"))) for entry in entries) >= 100


SPANISH = next(one for one in ROADMAPS if one.folder.name == "spanish-for-travel")
# What English is not written with, and places that it calls the same.
_SPANISH_SIGN = re.compile(r"[¿¡]|[^\W\d_]*[áéíóúü][^\W\d_]+|[^\W\d_]+[áéíóúü]")
_IN_ENGLISH_TOO = {"Bogotá", "Cádiz", "café"}


def test_what_is_spanish_in_a_quiz_is_spoken_as_spanish() -> None:
    """Signs that English lacks stand for all of it; and nothing English is spoken as Spanish."""

    def judge(entry: Entry) -> object:
        texts = [_CODE.sub("", text) for text in _asked(entry)]
        unsaid = {sign for text in texts for sign in _SPANISH_SIGN.findall(SPOKEN.sub("", text))}
        said = [found["said"] for text in texts for found in SPOKEN.finditer(text)]
        english = [piece for piece in said if re.search(r"\b(?:you|is|are|the|and|I|we)\b", piece)]
        return len(said) < 10 or [*(unsaid - _IN_ENGLISH_TOO), *english]

    assert not find_faults(SPANISH, judge)


def test_what_a_figure_shows_of_spanish_is_spoken_as_spanish() -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'
    shown = [
        render_markdown(entry.markdown, dict.fromkeys(figures, drawing))
        for entry in entries_of(SPANISH)
        if (figures := list_figures(entry.markdown))
    ]
    assert len(shown) == 3
    for html in shown:
        assert '<em lang="es">' in html.partition('<p class="vh">')[2].partition("</p>")[0]


def test_spanish_is_spoken_as_spanish_and_english_as_english() -> None:
    for entry in entries_of(SPANISH):
        html = render_markdown(entry.markdown)
        assert '<em lang="es">' in html, entry.concept.key
        assert not re.findall(r"<em lang[^>]*>(?:you|is|are|the|and|I|we)</em>", html)
        assert ("<th>Spanish</th>" in html) is ('<td lang="es">' in html), entry.concept.key
