"""Which part of a tutorial to read again."""

from __future__ import annotations

import pytest

from learning.quiz.sections import find_section, split_sections

TUTORIAL = """
<p>Before all sections a rope is a rope.</p>
<h2 id="t-friction">What <code>friction</code> does</h2>
<p>Friction holds a knot: hemp grips hemp, and silk slips. A rope holds.</p>
<h2 id="t-bights">Bights &amp; loops</h2>
<p>A bight crosses nothing; a loop crosses itself. A rope holds.</p>
<h3 id="t-unties">Untying</h3>
<p>Push the collar of the bowline back over its standing part. A rope holds.</p>
"""


def found(question: str, tutorial: str = TUTORIAL) -> str:
    section = find_section(split_sections(tutorial), question)
    return "" if section is None else section.anchor


def test_sections_are_told_apart_by_their_headings() -> None:
    sections = split_sections(TUTORIAL)
    assert [(one.anchor, one.title) for one in sections] == [
        ("t-friction", "What friction does"),
        ("t-bights", "Bights & loops"),
        ("t-unties", "Untying"),
    ]


@pytest.mark.parametrize(
    ("question", "anchor"),
    [
        ("Why does hemp grip while silk slips? Friction", "t-friction"),
        ("A loop crosses itself, a bight crosses nothing", "t-bights"),
        ("Which way does one push the collar of a bowline? Its standing part", "t-unties"),
    ],
)
def test_the_section_that_shares_a_questions_rare_words_is_named(
    question: str, anchor: str
) -> None:
    assert found(question) == anchor


@pytest.mark.parametrize("question", ["", "A rope holds.", "What is the capital of France?"])
def test_where_none_stands_out_none_is_named(question: str) -> None:
    assert found(question) == ""


def test_a_tutorial_without_sections_names_none() -> None:
    assert found("Friction holds hemp", "<p>Friction holds hemp and silk.</p>") == ""


def test_words_of_other_scripts_count() -> None:
    tutorial = (
        '<h2 id="t-a">摩擦</h2><p>绳子靠摩擦固定。</p><h2 id="t-b">绳圈</h2><p>绳圈交叉。</p>'
    )
    assert found("为什么靠摩擦固定?", tutorial) == "t-a"
