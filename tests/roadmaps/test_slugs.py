from time import process_time

import pytest
from django.core.validators import validate_unicode_slug
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmaps.slugs import SLUG_MAX_CHARACTERS, SlugNumbers, make_slug

deterministic = settings(derandomize=True, deadline=None)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Python web development", "python-web-development"),
        ("Größe & Maß", "größe-maß"),
        ("学习 Python", "学习-python"),
        ("Основы языка", "основы-языка"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "full-width"),
        ("  -- C++ / C# --  ", "c-c"),
    ],
)
def test_letters_of_every_script_are_kept(text: str, slug: str) -> None:
    assert make_slug(text, fallback="roadmap") == slug


@pytest.mark.parametrize("text", ["", "   ", "🎉🚀", "?!…", "---", "__", "\N{ZERO WIDTH SPACE}"])
def test_a_text_without_letters_falls_back(text: str) -> None:
    assert make_slug(text, fallback="roadmap") == "roadmap"


def test_a_long_slug_is_cut_and_leaves_room_for_a_number() -> None:
    assert make_slug("a" * 500, fallback="roadmap") == "a" * (SLUG_MAX_CHARACTERS - 20)


def test_a_cut_between_two_words_leaves_no_dash() -> None:
    assert make_slug("a" * 99 + " b", fallback="roadmap") == "a" * 99


@deterministic
@given(text=st.text())
def test_a_slug_is_one_that_the_database_field_takes(text: str) -> None:
    validate_unicode_slug(make_slug(text, fallback="roadmap"))


@deterministic
@given(texts=st.lists(st.text(max_size=3) | st.just("x" * 200), max_size=30))
def test_slugs_never_repeat_and_never_grow_too_long(texts: list[str]) -> None:
    slugs = SlugNumbers()
    taken = {slugs.take(text, fallback="concept") for text in texts}
    assert len(taken) == len(texts)
    assert all(0 < len(slug) <= SLUG_MAX_CHARACTERS for slug in taken)


def test_a_free_slug_is_taken_as_it_is() -> None:
    assert SlugNumbers({"views"}).take("Forms", fallback="concept") == "forms"


def test_the_lowest_free_number_is_added() -> None:
    slugs = SlugNumbers({"forms", "forms-2", "forms-4"})
    assert slugs.take("Forms", fallback="concept") == "forms-3"
    assert slugs.take("Forms", fallback="concept") == "forms-5"


def test_fallbacks_are_numbered_too() -> None:
    assert SlugNumbers({"concept"}).take("🎉", fallback="concept") == "concept-2"


@pytest.mark.parametrize("titles", [["a"] * 20_000, ["a", "a 2", "a 2 2"] * 7_000])
def test_many_texts_of_one_slug_are_numbered_in_a_moment(titles: list[str]) -> None:
    slugs, started = SlugNumbers(), process_time()
    taken = {slugs.take(title, fallback="section") for title in titles}
    assert process_time() - started < 2
    assert len(taken) == len(titles)


def test_of_a_long_text_the_beginning_is_looked_at() -> None:
    started = process_time()
    assert make_slug("\ufdfa" * 1_000_000, fallback="roadmap").startswith("صلى")
    assert process_time() - started < 0.1
