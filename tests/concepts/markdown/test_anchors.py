"""Links within a tutorial find their headings, in every script."""

from __future__ import annotations

import unicodedata
from typing import Literal
from urllib.parse import quote, unquote

import pytest

from roadmaps.slugs import make_slug
from tests.concepts.page import Page

HEADINGS = (
    "हिन्दी में जानकारी", "বাংলা ভাষা", "ਪੰਜਾਬੀ ਬੋਲੀ", "ગુજરાતી ભાષા", "தமிழ் மொழி",
    "తెలుగు భాష",
    "ಕನ್ನಡ ಭಾಷೆ", "മലയാളം ഭാഷ", "සිංහල භාෂාව", "ภาษาไทย ที่นี่", "ພາສາລາວ",
    "မြန်မာ ဘာသာ", "ភាសា ខ្មែរ",
    "བོད་སྐད", "ދިވެހި ބަސް", "اللُّغَةُ العَرَبِيَّة", "فارسی می‌نویسم",
    "עִבְרִית קלה", "አማርኛ ቋንቋ", "ქართული ენა",
    "Հայերեն լեզու", "Tiếng Việt", "Ελληνικά μέ τόνους", "Русский язык ё й",
    "中文 标题", "日本語 ガギグ",
    "한국어 제목", "Größe & Maß", "Café crème", "İstanbul'da", "A͟B c̃", "🎉 Party time", "C++ / C#",
    "What's new in 3.12?", "`code` and *stress*", "H<sub>2</sub>O", "x₁ and 10²",
)  # fmt: skip


def _shown(heading: str) -> str:
    return Page(f"## {heading}").text.strip()


def _target(heading: str, fragment: str) -> tuple[str, str]:
    page = Page(f"## {heading}\n\n[there](<#{fragment}>)")
    return page.values("id")[0], unquote(page.values("href")[0].removeprefix("#"))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("heading", HEADINGS)
def test_a_link_finds_its_heading_however_it_is_spelt(
    heading: str, form: Literal["NFC", "NFD"]
) -> None:
    text = _shown(heading)
    slug = make_slug(text, fallback="section")
    for meant in (slug, text, text.replace(" ", "-"), text.lower().replace(" ", "-"), text.upper()):
        if meant == text.upper() and meant.casefold() != text.casefold():
            continue
        written = unicodedata.normalize(form, meant)
        for fragment in (written, quote(written)):
            if set(fragment) & set("<>"):
                continue
            name, found = _target(heading, fragment)
            assert (name, found) == (f"t-{slug}", f"t-{slug}"), fragment


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_heading_keeps_every_letter_and_vowel_sign_in_its_id(heading: str) -> None:
    text = unicodedata.normalize("NFKC", _shown(heading)).lower()
    wanted = [sign for sign in text if unicodedata.category(sign)[0] in "LN"]
    marks = [sign for sign in text if unicodedata.category(sign) in {"Mn", "Mc"}]
    name = Page(f"## {heading}").values("id")[0]
    assert [sign for sign in name[2:] if unicodedata.category(sign)[0] in "LN"] == wanted
    if "\ufe0f" not in heading:
        assert [sign for sign in name if unicodedata.category(sign) in {"Mn", "Mc"}] == marks


def test_words_that_differ_in_a_vowel_sign_alone_have_two_ids() -> None:
    assert Page("## कि\n\n## की").values("id") == ["t-कि", "t-की"]


def test_each_heading_of_emoji_is_found() -> None:
    page = Page("## 🎉\n\n## 🚀\n\n[a](#🚀) [b](#%F0%9F%8E%89) [c](#section-2)")
    assert page.values("href") == ["#t-section-2", "#t-section", "#t-section-2"]


def test_an_id_that_is_there_comes_before_a_heading_that_reads_alike() -> None:
    page = Page("## A\n\n## A\n\n## A 2\n\n[x](#a-2) [y](#a-2-2)")
    assert page.values("href") == ["#t-a-2", "#t-a-2-2"]


def test_a_link_to_no_heading_stays_harmless() -> None:
    assert Page("[x](#nowhere) [y](#%22x) [z](#)").values("href") == [
        "#t-nowhere",
        "#t-%22x",
        "#t-",
    ]


@pytest.mark.parametrize("heading", ["T-tests", "T-SQL", "t-shirt", "T - T", "T", "t-t-t"])
def test_a_heading_that_begins_like_every_id_is_found_and_takes_no_other_s(heading: str) -> None:
    slug = make_slug(heading, fallback="")
    bare = slug.removeprefix("t-")
    page = Page(f"## {heading}\n\n## {bare}\n\n[x](#{slug}) [y](#{bare})")
    ids = page.values("id")
    assert ids == [f"t-{slug}", f"t-{bare}" if bare != slug else f"t-{slug}-2"]
    assert page.values("href") == [f"#t-{slug}", f"#t-{bare}"]


def test_a_repeated_heading_is_found_as_others_number_it_too() -> None:
    page = Page("## A\n\n## A\n\n[x](#a) [y](#a-1) [z](#a-2)")
    assert page.values("href") == ["#t-a", "#t-a-2", "#t-a-2"]
    assert Page("## A\n\n## A\n\n## A 1\n\n[y](#a-1)").values("href") == ["#t-a-1"]
