"""The three tags a tutorial may hold, and formulas, of which Markdown makes nothing else."""

from __future__ import annotations

import re

import pytest

from tests.concepts.page import Page

CELL = "| a |\n|---|\n| {} |"


@pytest.mark.parametrize("tag", ["<br>", "<br/>", "<br />", "<BR>", "<Br  />"])
@pytest.mark.parametrize(
    "form", ["one {} two", CELL, "- {} x", "> {} x", "## a {} b", "**a {} b**"]
)
def test_a_line_break_in_html_is_one(form: str, tag: str) -> None:
    page = Page(form.replace("{}", tag))
    assert page.tags().count("br") == 1
    assert "<" not in page.text


@pytest.mark.parametrize(
    ("markdown", "tags", "text"),
    [
        ("H<sub>2</sub>O", ["sub"], "H2O"),
        ("x<sup>2</sup> + y<SUP>2</SUP>", ["sup", "sup"], "x2 + y2"),
        ("a<sub>i<sup>2</sup></sub>", ["sub", "sup"], "ai2"),
        ("x<sup>**2**</sup>", ["sup", "strong"], "x2"),
        ("*x<sub>1</sub>*", ["em", "sub"], "x1"),
        ("[H<sub>2</sub>O](https://a.example)", ["a", "sub"], "H2O"),
        ("x<sub>1</sub >", ["sub"], "x1"),
    ],
)
def test_what_is_lowered_or_raised_stays_so(markdown: str, tags: list[str], text: str) -> None:
    page = Page(markdown)
    assert (page.tags()[1:], page.text.strip()) == (tags, text)


def test_a_cell_of_a_table_may_hold_them() -> None:
    assert Page(CELL.replace("{}", "H<sub>2</sub>O<br>x")).tags()[-2:] == ["sub", "br"]


@pytest.mark.parametrize(
    "text",
    [
        "open <sub>2",
        "closed 2</sup>",
        "mixed <sub>2</sup>",
        "a <sub",
        "</br>",
        "<sub onclick=x()>2",
        "<br class=x>",
        "<sub/>2",
        "<b>2</b>",
        "<subject>",
        "<sub>2</ sub>",
    ],
)
def test_a_tag_without_its_partner_is_text(text: str) -> None:
    page = Page(text)
    assert (page.tags(), page.text.strip()) == (["p"], text)


def test_the_partner_of_a_tag_is_the_nearest() -> None:
    page = Page("<sub>a <sub>1</sub> b")
    assert (page.tags(), page.text.strip()) == (["p", "sub"], "<sub>a 1 b")


@pytest.mark.parametrize(
    "code", ["`<br>`", "`H<sub>2</sub>O`", "```\na<br>b<sup>2</sup>\n```", "    <br>"]
)
def test_tags_in_code_are_code(code: str) -> None:
    assert not {"br", "sub", "sup"} & set(Page(code).tags())


def test_code_between_tags_is_not_torn() -> None:
    assert Page("<sub>`</sub>`").text.strip() == "<sub></sub>"


FORMULAS = (
    r"\(x\)", r"\(a_1 * b_2 * c_3\)", r"\[x_1 *y* z_2\]", r"\(\{x \mid x > 0\}\)", r"\(a \\ b\)",
    "$a_1 * b_2 * c$", "$x$", r"$\{a\}$", r"$\alpha_{1}*\beta_{2}*$", "$a < b$", "$$a_1 *b* c_2$$",
    r"$$\begin{pmatrix} a & b \\ c & d \end{pmatrix}$$", r"$f(x)=\_x\_$", r"$5 \times 3$",
    r"\begin{align} a &= b_1 * c \\ &= d_2 * e \end{align}", r"\(\text{a~~b~~}\)", r"$x^*y^*$",
    r"\(a_{i}\) and \(b_{i}\)", "$p(a|b)$", "$[a](b)$", r"\[ \sqrt[3]{x} \]", "$&lt;$",
    "$2 (a_1 * b_1 * c)$",
    "$3 mod *x*$", "$1, *a*, 2$", "$2 *a*$",
)  # fmt: skip


def without_signs(formula: str) -> str:
    return re.sub(r"\$\$?|\\[()\[\]]", "", formula).strip()


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("form", ["{}", "so {} is", "- {}", "> {}", "## x {}", "**so {} is**"])
def test_a_formula_is_read_as_it_is_written(form: str, formula: str) -> None:
    page = Page(form.replace("{}", formula))
    assert without_signs(formula) in page.text
    assert "math" in dict(page.elements)
    assert not {"em", "s", "a", "code", "sub", "sup"} & set(page.tags())


@pytest.mark.parametrize(
    ("begin", "end"), [("$$", "$$"), (r"\[", r"\]"), (r"\begin{x}", r"\end{x}")]
)
@pytest.mark.parametrize(
    "body", ["a\n=\nb", "- c_1 * d_1 *\n+ e", "a\n\n# b", "1. x", "> 0", "x\\\\\ny", "---"]
)
def test_the_lines_of_a_formula_are_no_headings_and_no_lists(
    body: str, begin: str, end: str
) -> None:
    page = Page(f"Before:\n{begin}\n{body}\n{end}\nand *after*.")
    assert page.tags() == ["p", "p", "p", "em"]
    written = f"{begin}\n{body}\n{end}"
    assert written in page.text or without_signs(written) in page.text


@pytest.mark.parametrize(
    "prose",
    [
        "$5 and $10 are *prices*",
        "from $5 to $10, *not* $20",
        "5$ *a* day",
        "`$HOME` and `$x`: *code*",
        r"\$5 and \$6 are *prices*",
        "US$5–$10 *here*",
        "5$, *then* 6$.",
        "5$/month *or* 50$/year",
        "(5$) *or* (6$)",
        "US$5 *today* (or 5$)",
        "R$5, *not* R$6 (A$2)",
        "$5 *each*, or 6$",
        "$5 (or *six*, 5$)",
        "$1.5M *more* than 2$",
        "$10/month, *not* 9$",
        "$5 per *user*$",
    ],
)
def test_prices_are_prose(prose: str) -> None:
    assert "em" in Page(prose).tags()


@pytest.mark.parametrize("formula", ["2$a_1 *b* c$", "n$a_1 *b* c$", "中$a_1 *b* c$文"])
def test_a_formula_may_stand_right_behind_what_it_belongs_to(formula: str) -> None:
    assert "em" not in Page(formula).tags()


def test_code_with_dollars_stays_code() -> None:
    page = Page("Use `$a` and `$b`.\n\n```sh\necho $x_1 $$ \\(\n```\n\n    $$\n    x")
    assert page.tags().count("code") == 4
    assert "echo $x_1 $$ \\(" in page.text


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>x()</script>",
        "<img src=x onerror=x()>",
        "[x](javascript:x)",
        "<a href='//evil.example'>",
        "&lt;b onclick=x>",
        "https://a@evil.example/",
    ],
)
def test_a_formula_is_no_way_around_the_sanitiser(hostile: str) -> None:
    for form in (
        "${}$",
        "$${}$$",
        "\\({}\\)",
        "\\[\n{}\n\\]",
        "$$\n{}\n$$",
        "<sub>{}</sub>",
        "<br>{}",
    ):
        assert Page(form.replace("{}", hostile)).offences() == []


def test_a_formula_without_end_is_prose() -> None:
    page = Page("$$\na *b* c\n\n\\[ x *y*\n\n\\( z *w*")
    assert page.tags().count("em") == 3


def test_an_escaped_bracket_before_code_is_only_a_bracket() -> None:
    assert Page(r"a \* b \_c\_ \\(x\\) \# d").text.strip() == r"a * b _c_ \(x\) # d"
