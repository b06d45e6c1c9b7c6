"""Whoever sees the choices alone should do no better than chance."""

from __future__ import annotations

from math import comb

import pytest

from concepts.lint.flaws.item import Choice, Item, item_of
from generation.audit.guesser import LEAST_QUESTIONS, guess_all, tail
from generation.providers.catalogue import CatalogueRoadmap
from tests.generation.catalogue_entries import ENTRIES, every_roadmap


def question(number: int, *, key: str, place: int) -> Item:
    """Three wrong choices that are alike, and a key of any shape at any place."""
    texts = [f"wrong {name} of {number}" for name in ("one", "two", "six")]
    choices = [Choice(text) for text in texts]
    choices.insert(place, Choice(key, is_correct=True))
    return Item("single", "en", f"Question {number}?", tuple(choices))


def ways_that_give_away(items: list[Item]) -> set[str]:
    return {guess.way for guess in guess_all(items) if guess.gives_away}


@every_roadmap
def test_no_built_in_roadmap_is_guessed_by_its_shape(roadmap: CatalogueRoadmap) -> None:
    entries = [entry for entry in ENTRIES if entry.roadmap is roadmap]
    language = roadmap.outline.language
    items = [item_of(one, language) for entry in entries for one in entry.quiz.questions]
    if sum(item.type == "single" for item in items) < LEAST_QUESTIONS:
        pytest.skip("it asks too few questions to tell")
    given_away = [str(guess) for guess in guess_all(items) if guess.gives_away]
    assert not given_away


@pytest.mark.parametrize(
    ("way", "key"),
    [
        ("the longest", "the right one {n}, told at much greater length than any of the others"),
        ("the shortest", "r {n}"),
        ("the most qualified", "if {n}, so be it"),
        ("the odd one out", "quite another {n}"),
    ],
)
def test_a_key_that_its_form_gives_away_is_found(way: str, key: str) -> None:
    items = [question(n, key=key.format(n=n), place=n % 4) for n in range(80)]
    assert way in ways_that_give_away(items)


def test_a_key_that_is_made_of_the_others_is_found() -> None:
    key = "wrong one two six of {n}"
    items = [question(n, key=key.format(n=n), place=n % 4) for n in range(80)]
    assert "the one most like the others" in ways_that_give_away(items)


def test_a_place_that_is_favoured_is_found() -> None:
    items = [question(n, key=f"wrong ten of {n}", place=1 if n % 2 else n % 4) for n in range(80)]
    assert ways_that_give_away(items) == {"number 2"}


def test_questions_without_a_shape_give_nothing_away() -> None:
    items = [question(n, key=f"wrong ten of {n}", place=n % 4) for n in range(120)]
    assert not ways_that_give_away(items)


def test_too_few_questions_prove_nothing() -> None:
    with pytest.raises(ValueError, match="79 questions; 80 are the least"):
        guess_all([question(n, key=f"wrong ten of {n}", place=0) for n in range(79)])


@pytest.mark.parametrize(("count", "hits"), [(10, 0), (10, 5), (80, 33), (305, 107)])
def test_the_test_is_the_exact_binomial_one_where_all_chances_are_alike(
    count: int, hits: int
) -> None:
    exactly = sum(comb(count, k) * 0.25**k * 0.75 ** (count - k) for k in range(hits, count + 1))
    assert tail([0.25] * count, hits) == pytest.approx(exactly)
