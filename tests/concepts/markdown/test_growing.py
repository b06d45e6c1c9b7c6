"""A tutorial while it is being written: wherever it breaks off, what is shown is whole and safe."""

from __future__ import annotations

import random
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from concepts.markdown import growing
from concepts.markdown.formulas import render_formula
from concepts.markdown.growing import GrowingText
from concepts.markdown.rendering import render_markdown, render_part
from generation.providers.catalogue import load_catalogue, read_tutorial
from tests.concepts.markdown.test_hostile_markdown import (
    ADDRESSES,
    BEFORE,
    IMAGES,
    LINKS,
    MARKUP,
    SCRAPS,
)
from tests.concepts.page import Html

CUTS = 10_000
TEXTS = 50
VOID = {"br", "hr"}
GRAMMAR = (
    "### Check yourself: is `a` < b?\n\nYes,\n**both**\n\n---\n\n",
    "### Exercise 1: try\n\nDo it.\n\n#### Hint\n\nSo\n\n#### Solution\n\n```py\nx = [1]\n```\n\n",
    "### Exercise 2: try\n\nDo it.\n\n#### Check\n\n```py\nassert x\n```\n\n",
    "## Recap\n\n- one\n- two\n\n",
    "| a | b |\n|---|---|\n| [x](https://a.example) | `y` |\n\n",
    "$$\n\\frac{a}{b}\n$$\n\n",
    "1. one\n\n   ```sh\n   ls\n   ```\n2. two\n\n",
    "> quoted **bold\n> on** and ~~on~~\n\n",
    "| a<sub>1</sub> | $x|y$ |\n|:-:|--:|\n| \\| `|` | <br> | ~~c |\n|\n| </td> **b\n\n",
    "- a\n  - b\n    1. c\n\n       > d\n       > - e\n\n  - $$\n    f\n\n    g\n    $$\n\n",
    "### Exercise 3: in\n\n- x\n\n#### Hint\n\n### Check yourself: out?\n\n> Yes\n\n</details>\n\n",
    "<details open><summary>More</summary>\n\n## In\n\n</details></section><section>\n\n",
    '![a](figure:a "<b>") ![<svg>](figure:x)\n\n![A clove hitch](figure:hitch "Two turns")\n\n',
    "H<sub>2</sub>O, x<sup>2<sub>i</sup></sub>, <sub>, </sup> and <SUB >**b</SUB>**<br/>x\n\n",
    (
        "\\[\nx < y\n\n\\text{<b>$a$</b>}\n\\]\n\n$$ a $$ b $$\n\n"
        "\\begin{align}\na &= \\\\\n\n# b\n\\end{align}\n\n"
    ),
    "$\\href{javascript:x()}{a}$ \\(\\class{x}{</math>}\\) $5 $$x\n\n$$\nno end\n\n<b>\n\n",
    "a \u202e[txt](https://a.example/\u202egpj.exe)\u202c \u2067שלום **ab\u2066c** `\u202ex`\n\n",
    "# \u202eeltit\n\n| \u2067a | \u202eb |\n|---|---|\n| ![\u202ex](y) | <\u202eb> |\n\n",
    f"{'long ' * 150}[{'x' * 400}]({'https://a.example/' + 'y' * 400}) `{'z' * 400}` $"
    + "a^" * 200,
    f"| {'w' * 900} | <b\n|---|---|\n| {'**a ' * 150} |\n\n- {'[' * 150}{'](' * 150}\n\n",
)
A = str(render_formula("$a$"))


class Balance(HTMLParser):
    """What is opened and not closed, or closed and not opened."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(html)
        self.close()
        self.faults += self.open

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, _tag: str, _attributes: object) -> None:
        """Nothing is left open."""

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1:] == [tag]:
            self.open.pop()
        else:
            self.faults.append(f"/{tag}")


def hostile_tutorial(seed: int) -> str:
    """Whatever else is in them, together they hold one of each of the grammar."""
    chance = random.Random(seed)
    parts = [GRAMMAR[seed % len(GRAMMAR)]]
    while sum(map(len, parts[1:])) < 500:
        address = chance.choice(ADDRESSES)
        parts.append(
            chance.choice(
                (
                    chance.choice(MARKUP),
                    chance.choice(LINKS).replace("{}", address),
                    chance.choice(IMAGES).replace("{}", address),
                    "".join(chance.choices(SCRAPS, k=4)),
                    chance.choice(GRAMMAR),
                    chance.choice(("## Title\n\n", "Wörter 词 🐝 ", "\n\n", "\n")),
                )
            )
        )
        parts.append(chance.choice((*BEFORE, "\n\n", "\n\n", " ")))
    return "".join(parts)


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed",
    [*range(10), *(pytest.param(seed, marks=pytest.mark.wide) for seed in range(10, TEXTS))],
)
def test_no_fragment_cut_at_any_byte_is_unsafe_or_unbalanced(seed: int) -> None:
    """Ten thousand cuts: each block and each tail is put into the page by itself."""
    raw = hostile_tutorial(seed).encode("utf-8", "replace")
    chance = random.Random(seed)
    cuts = sorted(chance.choices(range(len(raw) + 1), k=CUTS // TEXTS))
    text = GrowingText()
    for cut in cuts:
        growth = text.grow(raw[:cut].decode("utf-8", "replace"))
        for html in (*growth.blocks, growth.tail):
            page = Html(html)
            assert page.offences() == [], (cut, html)
            assert Balance(html).faults == [], (cut, html)


def test_the_last_fragment_is_the_text_as_it_will_be_stored() -> None:
    """One of each built-in roadmap, in pieces of a few words; closed blocks never change. (Which
    language a lesson emphasises is said in its last line.)"""
    for roadmap in load_catalogue():
        markdown = read_tutorial(min((roadmap.folder / "concepts").glob("*.md"))).markdown + "\n"
        text = GrowingText()
        shown: list[str] = []
        for cut in (*range(0, len(markdown), 97), len(markdown)):
            growth = text.grow(markdown[:cut])
            assert (growth.is_anew, growth.known) == (False, len(shown))
            shown += growth.blocks
        assert _unmarked("".join(shown) + growth.tail) == _unmarked(render_markdown(markdown))


def _unmarked(html: str) -> str:
    return re.sub(r'<em lang="[a-z]+">', "<em>", html)


def test_a_closed_block_is_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[str] = []

    def render(markdown: str, *others: Any) -> str:
        rendered.append(markdown)
        return str(render_part(markdown, *others))

    monkeypatch.setattr(growing, "render_part", render)
    markdown = "".join(f"Words of part {number}.\n\n" for number in range(50))
    text, closed = GrowingText(), 0
    for cut in range(0, len(markdown), 3):
        before = len(rendered)
        growth = text.grow(markdown[:cut])
        closed += len(growth.blocks)
        assert len(rendered) - before <= len(growth.blocks) + 1
    assert closed >= 48
    assert max(map(len, rendered)) < 2 * len("Words of part 10.\n\n")


@pytest.mark.parametrize(
    ("so_far", "shown"),
    [
        ("Look at [the manual](https://docs.ex", "<p>Look at</p>\n"),
        ("Look at [the man", "<p>Look at</p>\n"),
        ("Look at ![a pic](x", "<p>Look at</p>\n"),
        ("See <https://docs.exam", "<p>See</p>\n"),
        ("A heading comes\n#", "<p>A heading comes</p>\n"),
        ("No heading\n-", "<p>No heading</p>\n"),
        ("No heading\n==", "<p>No heading</p>\n"),
        ("A list comes\n\n1", "<p>A list comes</p>\n"),
        ("Code comes\n\n```pyth", "<p>Code comes</p>\n"),
        ("a < b, and [so on", "<p>a &lt; b, and</p>\n"),
        ("A formula comes\n$$\n\\frac{a}{b", "<p>A formula comes</p>\n"),
        ("A formula comes\n$$\n\\frac{a}{b}\n$", "<p>A formula comes</p>\n"),
        ("A formula comes\n\n$$\na\n\nb\n\nc", "<p>A formula comes</p>\n"),
        ("A formula comes\n\n\\[ a\n\nb", "<p>A formula comes</p>\n"),
        ("A formula comes\n\n\\begin{al", "<p>A formula comes</p>\n"),
        ("A formula comes\n\n\\begin{align}\na\n\n- b", "<p>A formula comes</p>\n"),
        ("A formula comes: \\(a + (b \\cdot", "<p>A formula comes:</p>\n"),
        ("A formula comes: $a + b", "<p>A formula comes:</p>\n"),
        ("A formula comes: $$a + b$", "<p>A formula comes:</p>\n"),
        ("A formula comes: $", "<p>A formula comes:</p>\n"),
        ("A formula comes: \\", "<p>A formula comes:</p>\n"),
        ("Water is H<sub>2</su", "<p>Water is H</p>\n"),
        ("$a$ is, and `$HOME` is", f"<p>{A} is, and <code>$HOME</code> is</p>\n"),
        ("$$ is one's own number,\n\nwhich", ""),
        (
            "> $$ is one's own\n\nin sh",
            "<blockquote>\n<p>$$ is one's own</p>\n</blockquote>\n<p>in sh</p>\n",
        ),
        ("It costs $$5 a", "<p>It costs $$5 a</p>\n"),
        ("[1] is not held", "<p>[1] is not held</p>\n"),
    ],
)
def test_what_is_half_written_is_held_back(so_far: str, shown: str) -> None:
    assert GrowingText().grow(so_far).tail == shown


FORMULAS = (
    "$$\na\n\nb\n$$",
    "$$\na\n\n# b\n\n- c\n\n```\nd\n$$.",
    "$$a\n\nb$$",
    "\\[\na\n\nb\n\\]",
    "\\begin{align}\na &= b \\\\\n\n&= c\n\\end{align}",
    "- one\n\n  $$\n  a\n\n  b\n  $$\n- two",
    "> $$\n> a\n>\n> b\n> $$\n>\n> on",
    "### Check yourself: how?\n\n$$\na\n\nb\n$$\n\nSo.\n\n---",
    "so $x + y$, \\(z^2\\) and $$w$$ are",
)


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_comes_whole_and_what_stands_there_never_changes(formula: str) -> None:
    """Also with a blank line in it: no sign of LaTeX is seen, and what was closed is stored so."""
    markdown = f"Before.\n\n{formula}\n\nBehind it.\n\nEnd.\n"
    stored, text, shown = render_markdown(markdown), GrowingText(), ""
    for cut in range(len(markdown) + 1):
        growth = text.grow(markdown[:cut])
        shown += "".join(growth.blocks)
        assert stored.startswith(shown), cut
        words = re.sub("<math.*?</math>", "", growth.tail, flags=re.DOTALL)
        assert not re.search(r"[$\\]|begin", words), cut
    assert shown + growth.tail == stored


def test_what_is_no_formula_is_shown_after_as_many_lines_as_one_may_have() -> None:
    markdown = "$$ is a number.\n\n" + "Words.\n\n" * 30
    text, shown = GrowingText(), ""
    for cut in (*range(0, len(markdown), 9), len(markdown)):
        growth = text.grow(markdown[:cut])
        shown += "".join(growth.blocks)
    assert shown + growth.tail == render_markdown(markdown)


def test_code_is_shown_while_it_is_written() -> None:
    tail = GrowingText().grow("```\nnumbers = [1, 2\n``").tail
    assert Html(tail).text == "numbers = [1, 2\n"


def test_a_text_that_begins_anew_is_told_so() -> None:
    text = GrowingText()
    assert text.grow("One.\n\n## Two\n\nThree").blocks
    growth = text.grow("Other.\n\n## Two\n\n")
    assert (growth.is_anew, growth.known, growth.blocks) == (True, 0, ("<p>Other.</p>\n",))


def test_two_headings_that_are_the_same_have_two_ids() -> None:
    """Also where the first one is closed long before."""
    text = GrowingText()
    text.grow("## Why\n\nSo.\n\n## How\n\nThus.\n\n")
    growth = text.grow("## Why\n\nSo.\n\n## How\n\nThus.\n\n## Why\n\nSo.\n\n## Who\n")
    assert Html("".join(growth.blocks)).values("id") == ["t-why-2"]
