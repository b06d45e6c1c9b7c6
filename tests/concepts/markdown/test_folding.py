"""The grammar of a tutorial as it is shown: what is folded, what is gathered, what stays."""

from __future__ import annotations

import pytest

from concepts.markdown.folding import Check
from concepts.markdown.rendering import find_checks, render_markdown
from concepts.markdown.signs import LEVELS, WORDS, Sign, find_sign
from tests.concepts.page import Page

EXERCISE = """## Exercises

### Exercise 1: Tie it

Do it.

#### Hint

Pull.

#### Solution

```python
pull()
```

#### Check

Run this:

```python
assert tied()
```

### Exercise 2: Untie it

#### Hint

Push.

## Recap

All of it.
"""


def shape(markdown: str) -> list[str]:
    """Tags in their order, with classes of ours, and where they end."""
    found = []
    for part in render_markdown(markdown).split("<")[1:]:
        tag = part.split(">")[0]
        name = tag.split(" ")[0]
        if name.lstrip("/") in {
            "details",
            "section",
            "summary",
            "h2",
            "h3",
            "h4",
            "hr",
            "p",
            "pre",
        }:
            found.append(tag.split('class="')[1].split('"')[0] if "class=" in tag else name)
    return [one for one in found if not one.startswith(("/h", "/p"))]


def test_an_answer_is_folded_under_its_question() -> None:
    html = render_markdown("### Check yourself: Why `x`?\n\nBecause.\n\n## Next\n\nMore.")
    assert html.startswith(
        '<details class="fold question"><summary><h3 id="t-check-yourself-why-x">'
        "Check yourself: Why <code>x</code>?</h3>\n</summary><p>Because.</p>\n</details><h2"
    )


@pytest.mark.parametrize(
    "end", ["## Next", "### Next", "#### Next", "###### Next", "# Next", "Next\n====", "\n---\n"]
)
def test_an_answer_ends_at_the_next_heading_or_line(end: str) -> None:
    html = render_markdown(f"### Check yourself: Why?\n\nBecause.\n\n{end}\n\nNot folded.")
    folded = html.partition("</details>")
    assert "Because." in folded[0]
    assert "Not folded." in folded[2]
    assert "<hr" not in html


def test_a_line_right_under_an_answer_ends_it_and_makes_no_heading_of_it() -> None:
    html = render_markdown("### Check yourself: Why?\n\nBecause.\n---\n\nNot folded.")
    assert "<p>Because.</p>\n</details><p>Not folded.</p>" in html
    assert "<h2" not in html


def test_other_lines_and_other_headings_stay_what_they_are() -> None:
    assert shape("One\n\n---\n\nTwo\n---\n\n### Checks: a\n\nb") == ["p", "hr", "h2", "h3", "p"]


def test_hints_solutions_and_checks_of_an_exercise_are_folded_and_its_parts_gathered() -> None:
    assert shape(EXERCISE) == [
        "h2",
        "exercise", "h3", "p",
        "fold hint", "summary", "h4", "/summary", "p", "/details",
        "fold solution", "summary", "h4", "/summary", "code", "/details",
        "fold check", "summary", "h4", "/summary", "check", "p", "code", "/details",
        "/section",
        "exercise", "h3", "fold hint", "summary", "h4", "/summary", "p", "/details", "/section",
        "recap", "h2", "p", "/section",
    ]  # fmt: skip


def test_a_check_is_known_by_the_place_of_its_exercise() -> None:
    assert find_checks(EXERCISE) == {1: Check("python", "assert tied()\n")}
    assert 'data-check="1"' in render_markdown(EXERCISE)
    assert find_checks(EXERCISE.replace("Exercise 1:", "Exercise 7:")).keys() == {1}
    assert find_checks("#### Check\n\n```python\nx\n```") == {}


@pytest.mark.parametrize(
    "text",
    [
        "#### Hint\n\nOutside of any exercise.",
        "### Check yourself\n\nNo question.",
        "### Check yourself:\n\nNo question.",
        "## Check yourself: Why?\n\nAnother level.",
        "### Check yourself: Why?\n\n### Next\n\nNothing to fold.",
        "### Check yourself: Why?",
        "### Exercise: One\n\nNo number.",
        "### Exercises\n\nAll of them.",
        "### Hint: pull\n\nA title of its own.",
        "- ### Check yourself: Why?\n\n  In a list.",
        "> ### Check yourself: Why?\n>\n> In a quotation.",
        "```\n### Check yourself: Why?\n\nIn code.\n```",
        "## Recap of the war\n\nA title of its own.",
    ],
)
def test_what_only_looks_like_a_sign_is_a_heading(text: str) -> None:
    assert not {"details", "section", "summary"} & set(Page(text).tags())


@pytest.mark.parametrize(
    "heading",
    ["### **Check yourself:** Why?", "### Check yourself : Why?", "### check yourself: why?",
     "### Check yourself： Why?", "### Check yourself: Why? ###", "Check yourself: Why?"],
)  # fmt: skip
def test_a_sign_is_known_however_it_is_set(heading: str) -> None:
    folded = Page(f"{heading}\n\nBecause.").tags().count("details")
    assert folded == int(heading.startswith("#"))


@pytest.mark.parametrize("language", WORDS)
def test_signs_are_known_in_every_language_of_the_table(language: str) -> None:
    question, exercise, hint, solution, check, recap = (
        alternatives.split("|") for alternatives in WORDS[language]
    )
    for word in question:
        assert find_sign(3, f"{word}: X?") is Sign.QUESTION
        assert find_sign(3, f"{word} : X?") is Sign.QUESTION
    for word in exercise:
        assert find_sign(3, f"{word} 1: X") is Sign.EXERCISE
        assert find_sign(3, f"{word}12：X") is Sign.EXERCISE
    for words, sign in ((hint, Sign.HINT), (solution, Sign.SOLUTION), (check, Sign.CHECK),
                        (recap, Sign.RECAP)):  # fmt: skip
        for word in words:
            assert find_sign(LEVELS[sign], word) is sign
            assert find_sign(LEVELS[sign], word.upper()) is sign


@pytest.mark.parametrize("forged", ["<details open>", "<summary>", "<section class=exercise>",
                                    "</details>", '<p data-check="1" class="check">'])  # fmt: skip
def test_what_somebody_writes_never_folds(forged: str) -> None:
    page = Page(f"{forged}\n\nA text {forged} here.\n\n### Check yourself: {forged}?\n\n{forged}")
    assert page.offences() == []
    assert page.tags().count("details") == 1
    assert not page.values("data-check")


def test_a_mark_cannot_be_guessed() -> None:
    """Nor does what is put in get looked through for others."""
    text = "### Check yourself: Why?\n\nmark0x mark1x $mark0x$ " + "mark" + "0" * 32 + "x0x"
    assert render_markdown(text) == render_markdown(text)
    assert "mark0x mark1x" in render_markdown(text)


def test_a_text_of_today_is_shown_as_it_was() -> None:
    text = "Intro\n\n## One\n\nText\n\n- a\n- b\n\n### Two\n\n| a |\n|---|\n| 1 |\n\n---\n\nEnd"
    assert not {"details", "section", "summary", "figure"} & set(Page(text).tags())
