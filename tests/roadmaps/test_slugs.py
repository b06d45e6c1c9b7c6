import unicodedata
from time import process_time

import pytest
from django.urls import Resolver404, resolve
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmaps.bounds import SLUG_MAX_CHARACTERS
from roadmaps.slugs import SlugNumbers, make_slug

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
def test_a_slug_is_part_of_an_address(text: str) -> None:
    slug = make_slug(text, fallback="roadmap")
    assert resolve(f"/roadmaps/{slug}/").kwargs == {"slug": slug}
    assert resolve(f"/roadmaps/x/{slug}/").kwargs == {"roadmap_slug": "x", "slug": slug}


@pytest.mark.parametrize(
    "address", ["/roadmaps/-/", "/roadmaps/a/-/", "/roadmaps/a/b.c/", "/roadmaps/a b/"]
)
def test_what_is_no_slug_is_no_address(address: str) -> None:
    with pytest.raises(Resolver404):
        resolve(address)


def test_an_address_finds_its_slug_in_either_form_of_unicode() -> None:
    slug = make_slug("Café हिन्दी ガ", fallback="roadmap")
    taken_apart = unicodedata.normalize("NFD", slug)
    assert taken_apart != slug
    assert resolve(f"/roadmaps/{taken_apart}/").kwargs == {"slug": slug}


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("हिन्दी में जानकारी", "हिन्दी-में-जानकारी"),
        ("தமிழ் மொழி", "தமிழ்-மொழி"),
        ("မြန်မာ", "မြန်မာ"),
        ("ภาษาไทย ที่นี่", "ภาษาไทย-ที่นี่".replace("ำ", "ํา")),
        ("עִבְרִית", "עִבְרִית"),
        ("e\u0301te\u0301", "été"),
        ("\u0301 a", "a"),
        ("❤\ufe0f 1\ufe0f\u20e3 love", "1-love"),
        ("a\u200bb", "ab"),
    ],
)
def test_marks_stay_on_their_letters(text: str, slug: str) -> None:
    assert make_slug(text, fallback="roadmap") == slug


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


@pytest.mark.parametrize(
    "text",
    ["\u03aa\u0301 Greek", "\u1fbc\u0301 Greek", "\u1100!\u1161 Hangul", "\u1100.\u1161.\u11a8"],
)
def test_a_slug_is_written_as_addresses_are_asked_for(text: str) -> None:
    """`UnicodeSlugConverter` reads every address in NFKC."""
    slug = make_slug(text, fallback="roadmap")
    assert unicodedata.is_normalized("NFKC", slug)
    assert resolve(f"/roadmaps/{slug}/").kwargs == {"slug": slug}
