import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmaps.text import text_key, word_overlap, words

deterministic = settings(derandomize=True, deadline=None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Learn Django", "LEARN  django"),
        ("Straße", "STRASSE"),
        ("Ｐｙｔｈｏｎ", "python"),
        ("ﬁle", "file"),
        ("cafe\N{COMBINING ACUTE ACCENT}", "café"),
        ("\tone\ntwo ", "one\N{NO-BREAK SPACE}two"),
    ],
)
def test_what_reads_the_same_has_one_key(one: str, other: str) -> None:
    assert text_key(one) == text_key(other)


@pytest.mark.parametrize(("one", "other"), [("C", "C++"), ("resume", "résumé"), ("学习", "学")])
def test_what_reads_differently_has_two(one: str, other: str) -> None:
    assert text_key(one) != text_key(other)


@deterministic
@given(text=st.text())
def test_the_way_a_text_is_encoded_does_not_matter(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert text_key(decomposed) == text_key(text)


def test_words_are_folded_and_counted_once() -> None:
    assert words("Is it a list, or is it a LIST?") == {"is", "it", "a", "list", "or"}


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("a b c", "C, b, a!", 1.0),
        ("a b", "c d", 0.0),
        ("a b c", "b c d", 0.5),
        ("a", "", 0.0),
        ("?!", "…", 1.0),
        ("学习 python", "python", 1 / 3),
    ],
)
def test_overlap_is_shared_words_over_all_words(one: str, other: str, overlap: float) -> None:
    assert word_overlap(one, other) == overlap


@deterministic
@given(one=st.text(), other=st.text())
def test_overlap_is_symmetric_and_between_none_and_all(one: str, other: str) -> None:
    assert 0 <= word_overlap(one, other) == word_overlap(other, one) <= 1


@deterministic
@given(text=st.text())
def test_a_text_overlaps_itself_entirely(text: str) -> None:
    assert word_overlap(text, text) == 1
