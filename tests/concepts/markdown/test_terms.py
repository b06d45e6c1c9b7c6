"""Which words of a tutorial lead to the concept that introduces them."""

from __future__ import annotations

import re

import pytest

from concepts.markdown.rendering import render_markdown
from concepts.markdown.terms import (
    LONGEST_TERM,
    MOST_LINKS,
    Introducing,
    find_terms,
    link_terms,
)

LINK = re.compile(r'<a class="term" href="([^"]*)">(.*?)</a>', re.DOTALL)


def linked(text: str, *terms: str) -> list[str]:
    """What becomes a link of a paragraph, where these terms are known."""
    html = link_terms(render_markdown(text), {term: f"../{number}/" for number, term in
                                              enumerate(terms)})  # fmt: skip
    return [said for _, said in LINK.findall(html)]


def test_the_first_use_of_a_term_leads_to_where_it_is_introduced_and_no_other_does() -> None:
    html = link_terms("<p>A bowline is no hitch.</p><p>A bowline!</p>", {"bowline": "../b/"})
    assert html == '<p>A <a class="term" href="../b/">bowline</a> is no hitch.</p><p>A bowline!</p>'


def test_a_term_is_introduced_by_the_first_concept_that_has_it_and_only_before_this_one() -> None:
    concepts = [
        Introducing("ropes", "Knots", ["Rope", "bight"]),
        Introducing("knots", "Knots", ["rope", "bowline"]),
        Introducing("here", "Knots", ["bowline", "hitch"]),
        Introducing("later", "Knots", ["splice", "bight"]),
    ]
    assert find_terms(concepts, "here") == {
        "Rope": "ropes", "bight": "ropes", "bowline": "knots", "hitch": "", "splice": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    "keywords",
    [None, "rope", {"rope": 1}, [1, None, ["rope"], {"rope": "x"}], ["", " ", "x", "42", "--"],
     ["r" * (LONGEST_TERM + 1)]],
)  # fmt: skip
def test_what_is_no_term_introduces_nothing(keywords: object) -> None:
    assert find_terms([Introducing("ropes", "Knots", keywords)], "here") == {}


def test_a_word_of_every_day_is_a_term_where_a_concept_is_named_after_it_and_nowhere_else() -> None:
    concepts = [
        Introducing("ends", "Working ends", ["form", "Views", "REST", "running bowline", "hitch"]),
        Introducing("forms", "Forms, and what they are for", ["form", "view"]),
    ]
    terms = find_terms(concepts, "here")
    assert terms == {
        "REST": "ends", "running bowline": "ends", "hitch": "ends", "form": "forms",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["`bowline`", "```\nbowline\n```", "    bowline", "## bowline", "bowline\n=======",
     "[bowline](https://a.example/)", "[a **bowline**](https://a.example/)", "$bowline$",
     "### Check yourself: A bowline?\n\nYes.", "### Exercise 1: bowline", "https://bowline.example"],
)  # fmt: skip
def test_code_headings_links_and_formulas_are_left_alone(text: str) -> None:
    assert linked(text, "bowline") == []
    assert linked(f"{text}\n\n---\n\nThen a bowline.", "bowline") == ["bowline"]


def test_a_drawing_and_its_caption_are_left_alone() -> None:
    figures = {"turns": '<svg><text x="1">bowline</text></svg>'}
    html = render_markdown('![A bowline](figure:turns "The bowline")\n\nA bowline.', figures)
    made = link_terms(html, {"bowline": "../b/"})
    assert made == html.replace("<p>A bowline", '<p>A <a class="term" href="../b/">bowline</a>')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Two bowlines hold.", ["bowlines"]),
        ("Bowline first.", ["Bowline"]),
        ("(bowline)", ["bowline"]),
        ("The bowline's loop.", ["bowline"]),
        ("**bowline**, *bowline*", ["bowline"]),
        ("- a bowline", ["bowline"]),
        ("| a bowline |\n|---|\n| b |", ["bowline"]),
        ("bowlined, rebowline, my_bowline, bowline2", []),
        ("bowline-like, half-bowline, bowline.py, a/bowline, @bowline #bowline", ["bowline"]),
    ],
)
def test_a_term_is_a_word_of_its_own(text: str, said: list[str]) -> None:
    assert linked(text, "bowline")[: len(said)] == said
    assert len(linked(text, "bowline")) == len(said)


def test_a_name_is_told_from_a_word_that_looks_like_it() -> None:
    assert linked("Now rest. A REST is one.", "REST") == ["REST"]
    assert linked("a httprequest, an HttpRequest", "HttpRequest") == ["HttpRequest"]
    assert linked("with docker", "Docker") == ["docker"]


def test_the_longer_of_two_terms_is_meant_and_a_line_may_end_in_it() -> None:
    said = linked("A running\nbowline, and a bowline.", "bowline", "running bowline")
    assert said == ["running\nbowline", "bowline"]


def test_a_longer_term_of_this_lesson_hides_the_shorter_within() -> None:
    terms = {"bowline": "../b/", "running bowline": ""}
    html = link_terms("<p>A running bowline.</p><p>A bowline.</p>", terms)
    assert LINK.findall(html) == [("../b/", "bowline")]
    assert html.startswith("<p>A running bowline.</p>")


@pytest.mark.parametrize(
    ("text", "term"),
    [("我们用梯度下降来训练。", "梯度下降"), ("함수는 값을 돌려준다.", "함수"),
     ("ใช้ตัวแปรเก็บค่า", "ตัวแปร"), ("関数を呼ぶ。", "関数"), ("Сохрани переменную.", "переменную"),
     ("استخدم متغير هنا", "متغير")],
)  # fmt: skip
def test_terms_are_found_in_scripts_without_spaces_too(text: str, term: str) -> None:
    assert linked(text, term) == [term]


@pytest.mark.parametrize(
    "term",
    ["<script>x()</script>", '"><img src=x onerror=x()>', "a&b", "amp", "lt", "<b>", "(a+)+$", "[",
     "\\", "](x)", "C++", "x' onclick='y", "&lt;", "\U0001f600 knot"],
)  # fmt: skip
def test_a_hostile_keyword_is_text(term: str) -> None:
    """Linked as it is said where somebody says it, and nothing else becomes of it."""
    before = "<p>Fish &amp; chips &lt; 3</p>"
    assert link_terms(before, {term: "../a/"}) == before
    said = "".join(f"&#{ord(sign)};" for sign in term)
    html = link_terms(f"<p>See {said} here.</p>", {term: '../"a/'})
    href, shown = LINK.findall(html)[0]
    assert href == "../&quot;a/"
    assert "<" not in shown
    assert re.sub(LINK, "", html) == "<p>See  here.</p>"


def test_what_tags_hold_is_no_text() -> None:
    html = '<p title="a > bowline">x</p><ol start="2"><li>y</li></ol>'
    assert link_terms(html, {"bowline": "../b/", "ol": "../o/", "start": "../s/"}) == html


def test_a_text_gets_so_many_links_and_no_more() -> None:
    terms = [f"knot{number:03}" for number in range(MOST_LINKS + 5)]
    assert linked(" ".join(terms), *terms) == terms[:MOST_LINKS]
