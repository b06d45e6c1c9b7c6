"""What holds for every page and state, whoever made it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.learning.library import Page
from tests.texts.lesson_pages import SCENES

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
STYLES = sorted((ROOT / "static/css").glob("*.css"))
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Sides that stay where they are when a page is read from right to left.
_PHYSICAL = re.compile(
    r"(?:margin|padding|border)-(?:left|right)\b|text-align:\s*(?:left|right)\b"
    r"|float:\s*(?:left|right)\b|(?<![-\w])(?:left|right)\s*:|border-(?:top|bottom)-(?:left|right)"
)
# Code is read from left to right everywhere.
_CODE = re.compile(r"^\s*(?:pre|code)\b[^{]*\{[^}]*direction: ltr[^}]*\}", re.MULTILINE)


@pytest.mark.parametrize("name", SCENES)
def test_no_page_holds_anything_inline(name: str) -> None:
    offences = {
        page: found
        for page, answer in SCENES[name]().items()
        if (found := Page(answer.content.decode()).offences)
    }
    assert offences == {}


@pytest.mark.parametrize("name", SCENES)
def test_every_page_has_one_heading_a_title_and_a_language(name: str) -> None:
    for page, answer in SCENES[name]().items():
        html = answer.content.decode()
        tags = Page(html).tags
        assert [tag for tag, _ in tags].count("h1") == 1, page
        assert any(tag == "html" and attributes.get("lang") for tag, attributes in tags), page
        assert re.search(r"<title>\s*\S[^<]*</title>", html), page


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_know_no_left_and_right(path: Path) -> None:
    css = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert _PHYSICAL.findall(_CODE.sub("", css)) == []
