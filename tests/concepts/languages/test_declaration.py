"""Every language we know against every other: what is in it is right, what is not is found."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from concepts.languages.detecting import share_with_sisters
from concepts.languages.guessing import tell_language
from concepts.languages.judging import find_wrong_language
from concepts.languages.tables import LANGUAGES
from concepts.languages.tags import primary_language

# Four articles of the same declaration in each.
ARTICLES: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "declaration.yaml").read_text(encoding="utf-8")
)
CODE = """```python
for line in the_lines_of(path):  # this is the code of which the text speaks
    if is_not_empty(line) and not is_what_you_have_seen(line):
        print("You can see what it is, and that it is not the end of the file")
```"""


def are_sisters(one: str, other: str) -> bool:
    return one == other or bool(share_with_sisters({one: 1.0}, other))


@pytest.fixture(params=[6, pytest.param(1, marks=pytest.mark.wide)], ids=["some", "all"])
def others(request: pytest.FixtureRequest, tag: str) -> list[str]:
    """All other languages, or every sixth: other ones for each."""
    step: int = request.param
    return others_of(tag)[list(ARTICLES).index(tag) % step :: step]


def others_of(tag: str) -> list[str]:
    return [other for other in ARTICLES if other != tag]


def lesson(tag: str, other: str) -> str:
    """In `tag`, on the language `other`: its sentences in a list and in a table."""
    said, material = ARTICLES[tag], ARTICLES[other]
    listed = "\n".join(f"- {sentence}" for sentence in material)
    return f"{said[0]}\n\n{said[1]}\n\n{listed}\n\n| {material[0]} | {said[2]} |\n\n{said[3]}"


def test_every_language_is_there() -> None:
    assert set(ARTICLES) == set(LANGUAGES)


@pytest.mark.parametrize("tag", ARTICLES)
def test_a_text_is_in_its_own_language(tag: str) -> None:
    assert find_wrong_language("\n\n".join(ARTICLES[tag]), tag) is None
    assert [find_wrong_language(article, tag) for article in ARTICLES[tag]] == [None] * 4


@pytest.mark.parametrize("tag", ARTICLES)
def test_a_text_full_of_code_is_in_its_own_language(tag: str) -> None:
    text = "\n\n".join(f"{article} `is_what_it_is_not()`\n\n{CODE}" for article in ARTICLES[tag])
    assert find_wrong_language(text, tag) is None


@pytest.mark.parametrize("tag", ARTICLES)
def test_a_text_in_any_language_but_a_sister_is_wrong(tag: str, others: list[str]) -> None:
    expected = [other for other in others if not are_sisters(tag, other)]
    found = [other for other in expected if find_wrong_language("\n".join(ARTICLES[other]), tag)]
    assert found == expected


@pytest.mark.parametrize("tag", ARTICLES)
def test_a_lesson_on_any_other_language_is_in_its_own(tag: str, others: list[str]) -> None:
    wrong = {other: find_wrong_language(lesson(tag, other), tag) for other in others}
    assert {other: why for other, why in wrong.items() if why} == {}


@pytest.mark.parametrize("tag", ARTICLES)
def test_quotations_of_any_other_language_are_no_mistake(tag: str, others: list[str]) -> None:
    wrong = {}
    for other in others:
        pairs = zip(ARTICLES[tag], ARTICLES[other], strict=True)
        text = " ".join(f"{said} “{quoted[:190]}”" for said, quoted in pairs)
        wrong[other] = find_wrong_language(text, tag)
    assert {other: why for other, why in wrong.items() if why} == {}


@pytest.mark.parametrize("tag", ARTICLES)
def test_a_language_is_told_or_taken_for_its_sister(tag: str) -> None:
    told = tell_language("\n".join(ARTICLES[tag]))
    assert told is not None
    assert are_sisters(primary_language(tag), primary_language(told))
