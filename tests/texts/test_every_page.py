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


def faults(html: str) -> list[str]:
    page = Page(html)
    tags = [tag for tag, _ in page.tags]
    spoken = any(tag == "html" and attributes.get("lang") for tag, attributes in page.tags)
    titled = re.search(r"<title>\s*\S[^<]*</title>", html)
    wanted = {"one h1": tags.count("h1") == 1, "a language": spoken, "a title": titled}
    return [*page.offences, *(what for what, there in wanted.items() if not there)]


@pytest.mark.parametrize("name", SCENES)
def test_every_page_has_one_heading_a_title_a_language_and_nothing_inline(name: str) -> None:
    found = {page: faults(answer.content.decode()) for page, answer in SCENES[name]().items()}
    assert {page: what for page, what in found.items() if what} == {}


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_know_no_left_and_right(path: Path) -> None:
    css = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert _PHYSICAL.findall(_CODE.sub("", css)) == []
