"""Formulas become MathML of ours: what of LaTeX is understood, and what never gets through."""

from __future__ import annotations

import pytest

from concepts.markdown.formulas import (
    LONGEST,
    MOST_CHARACTERS,
    MOST_FORMULAS,
    FormulaBudget,
    render_formula,
)
from concepts.markdown.rendering import render_markdown
from tests.concepts.page import Page


def test_a_formula_is_mathml_with_what_was_written_beside_it() -> None:
    assert render_markdown("So $x^2$.") == (
        '<p>So <math alttext="x^2"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>.</p>\n'
    )


@pytest.mark.parametrize("written", ["$$x$$", r"\[x\]", r"\begin{align} x &= y \end{align}"])
def test_a_formula_that_is_set_apart_is_displayed_as_a_block(written: str) -> None:
    assert Page(written).values("display") == ["block"]
    assert Page(written).values("tabindex") == ["0"], "keys move what is wider than its page"
    assert Page(f"{written}.").text.strip().endswith(".")


@pytest.mark.parametrize("written", ["$x$", r"\(x\)"])
def test_a_formula_in_a_line_stays_in_it(written: str) -> None:
    assert Page(written).values("display") == Page(written).values("tabindex") == []


HOSTILE = [
    r"\href{javascript:alert(1)}{x}", r"\href{https://evil.example}{x}", r"\class{a}{x}",
    r"\style{color:red}{x}", r"\text{<script>alert(1)</script>}", r"\text{</math><img src=x>}",
    r"\text{&lt;script&gt;}", r"\color{red;url(x)}{x}", r"\html{<b>}", r"\require{x}",
    r"\unicode{x3c}script", r'\text{" onclick="x}', r"\mathbf{<}", r"\cssId{x}{y}",
    r"\xrightarrow[<b>]{<i>}", r"\begin{array}{c|onclick} a \end{array}", r"\hspace{1px;x:y}",
    r"\bbox[url(x)]{y}", r"\tag{<b>}", r"\label{<b>}", r"\operatorname{<svg onload=x>}",
    r"\def\x{\x}\x", r"\newcommand{\x}{\x\x}\x",
]  # fmt: skip


@pytest.mark.parametrize("latex", HOSTILE)
@pytest.mark.parametrize("signs", ["${}$", "$${}$$", "\\({}\\)"])
def test_nothing_but_mathml_comes_of_what_somebody_writes(signs: str, latex: str) -> None:
    page = Page(signs.replace("{}", latex, 1))
    assert page.offences() == []
    for attribute in ("href", "class", "style", "onclick", "src", "id", "xlink:href"):
        assert page.values(attribute) == []


@pytest.mark.parametrize(
    "latex",
    ["{" * 300, "{" * 200 + "x" + "}" * 200, r"\left(" * 90, r"\sqrt{" * 120 + "x" + "}" * 120,
     r"\frac" * 100, "x^x^x", r"\begin{align}" * 50, "}", "x" * (LONGEST + 1), "\\", "_", "^", "&"],
)  # fmt: skip
def test_what_cannot_be_read_is_shown_as_it_was_written(latex: str) -> None:
    made = render_formula(f"${latex}$")
    assert made is None or made.startswith("<math")
    page = Page(f"$${latex}$$")
    assert page.offences() == []
    assert latex.strip() in page.text


def test_a_text_has_only_so_many_formulas_converted() -> None:
    html = render_markdown("$x$ " * (MOST_FORMULAS + 5))
    assert html.count("<math") == MOST_FORMULAS
    assert html.count("$x$") == 5
    budget = FormulaBudget()
    taken = [budget.take("$" + "x" * 898 + "$") for _ in range(MOST_CHARACTERS // 900 + 3)]
    assert taken.count(True) == MOST_CHARACTERS // 900


@pytest.mark.parametrize("text", ["5$ and 10$", "$5 and $10", "`$x$`", "    $x$", r"\$x\$"])
def test_prices_and_code_are_no_formulas(text: str) -> None:
    assert "<math" not in render_markdown(text)


def test_a_formula_may_stand_in_a_heading_and_does_not_change_its_address() -> None:
    page = Page("## Of $x^2$ and more\n\n[there](#of-x2-and-more)")
    assert page.values("id") == ["t-of-x2-and-more"]
    assert page.values("href") == ["#t-of-x2-and-more"]
    assert "math" in dict(page.elements)
