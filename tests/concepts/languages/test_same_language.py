"""Whether two tags are one language to a reader."""

from __future__ import annotations

import pytest

from concepts.languages.tags import is_same_language


@pytest.mark.parametrize(
    ("one", "other"),
    [("en", "en-GB"), ("EN", "en_us"), ("zh", "zh-Hans"), ("zh-CN", "zh_hans"), ("nb", "nn"),
     ("zh-TW", "zh-Hant"), ("xx", "XX-yy")],
)  # fmt: skip
def test_regions_and_spellings_of_a_tag_are_one_language(one: str, other: str) -> None:
    assert is_same_language(one, other)
    assert is_same_language(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("en", "de"), ("zh-Hans", "zh-Hant"), ("zh", "zh-TW"), ("xx", "en"), ("es", "pt")],
)
def test_other_languages_and_the_other_chinese_are_not(one: str, other: str) -> None:
    assert not is_same_language(one, other)
    assert not is_same_language(other, one)
