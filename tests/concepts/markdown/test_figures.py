"""Drawings of built-in tutorials, and what a drawing may never hold."""

from __future__ import annotations

import pytest

from concepts.markdown.figures import FigureRefused, draw_figure
from concepts.markdown.rendering import render_markdown

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">{}</svg>'
DRAWN = SVG.format(
    '<defs><marker id="arrow" orient="auto"><path d="M0 0L5 5"/></marker></defs>'
    '<g class="line"><path d="M 1,2 L3 4" marker-end="url(#arrow)"/><text x="1">a &lt; b</text></g>'
)


def test_a_figure_is_drawn_where_it_is_a_paragraph_of_its_own() -> None:
    figures = {"turns": draw_figure("turns", DRAWN)}
    html = render_markdown('Before.\n\n![Two "turns"](figure:turns "Fig. <1>")\n\nAfter.', figures)
    assert html.startswith(
        '<p>Before.</p>\n<figure class="figure"><svg role="img" aria-label="Two &quot;turns&quot;"'
    )
    assert "<figcaption>Fig. &lt;1&gt;</figcaption></figure><p>After.</p>" in html
    assert "a &lt; b" in html


def test_two_figures_on_a_page_do_not_share_an_id() -> None:
    first, second = draw_figure("one", DRAWN), draw_figure("two", DRAWN)
    assert 'id="figure-one-arrow"' in first
    assert 'marker-end="url(#figure-one-arrow)"' in first
    assert 'id="figure-two-arrow"' in second


@pytest.mark.parametrize(
    "picture",
    ["![A rope](figure:other)", "![A rope](figures:turns)", "![A rope](FIGURE:turns)",
     "![A rope](https://a.example/turns)", "![A rope](figure:../turns)", "![A rope](turns)"],
)  # fmt: skip
def test_any_other_picture_stays_its_description(picture: str) -> None:
    html = render_markdown(picture, {"turns": draw_figure("turns", DRAWN)})
    assert html == "<p>A rope</p>\n"


@pytest.mark.parametrize("form", ["See {} here.", "- {}", "## {}", "> {}", "{}\n{}", "[{}](#x)"])
def test_a_picture_within_a_text_stays_its_description(form: str) -> None:
    figures = {"turns": draw_figure("turns", DRAWN)}
    html = render_markdown(form.replace("{}", "![A rope](figure:turns)"), figures)
    assert "A rope" in html
    assert "<svg" not in html


@pytest.mark.parametrize("silent", ["![](figure:turns)", "![ ](figure:turns)"])
def test_a_figure_that_says_nothing_to_who_cannot_see_it_is_not_drawn(silent: str) -> None:
    assert "<svg" not in render_markdown(silent, {"turns": draw_figure("turns", DRAWN)})


def test_without_drawings_of_ours_nothing_is_drawn() -> None:
    assert render_markdown("![A rope](figure:turns)") == "<p>A rope</p>\n"


@pytest.mark.parametrize(
    "hostile",
    ["<script>x()</script>", "<style>*{}</style>", "<foreignObject/>", '<image href="x"/>',
     '<use href="#a"/>', '<a href="x"><path/></a>', "<animate/>", "<animateTransform/>", "<set/>",
     '<path onclick="x()"/>', '<path onload="x()"/>', '<path href="x"/>', "<svg/>", "<iframe/>",
     '<path xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="x"/>', '<path style="x:y"/>',
     '<path fill="url(https://a.example/x)"/>', '<path fill="url(#a)"/>', '<path class="site"/>',
     '<path marker-end="url(//a.example#x)"/>', '<path id="a&quot;b"/>', "<filter/>", "<mask/>",
     '<path d="M0 0; javascript:x"/>', "<switch/>", "<metadata/>", '<path tabindex="1"/>',
     '<x:script xmlns:x="http://www.w3.org/1999/xhtml">x()</x:script>', "<pattern/>",
     '<path xml:base="x"/>', '<path data-x="y"/>', "<g>" * 40 + "</g>" * 40],
)  # fmt: skip
def test_a_drawing_that_might_run_load_move_or_lead_somewhere_is_refused(hostile: str) -> None:
    with pytest.raises(FigureRefused):
        draw_figure("turns", SVG.format(hostile))


@pytest.mark.parametrize(
    "source",
    ["", "<svg", "<svg viewBox='0 0 1 1'/>", '<svg xmlns="http://www.w3.org/2000/svg"/>',
     '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;"), "<html/>", SVG.format("&nbsp;"),
     SVG.format(" " * 60_001)],
)  # fmt: skip
def test_what_is_no_drawing_is_refused(source: str) -> None:
    with pytest.raises(FigureRefused):
        draw_figure("turns", source)


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", "a b", "-a", "x" * 61, "a.svg", "é"])
def test_a_name_is_no_path(name: str) -> None:
    with pytest.raises(FigureRefused):
        draw_figure(name, DRAWN)


def test_comments_and_instructions_are_left_out() -> None:
    drawn = draw_figure(
        "a", f"<?xml version='1.0'?><!-- <script> -->{SVG.format('<!-- x --><g/>')}"
    )
    assert "<!--" not in drawn
    assert "<?" not in drawn
