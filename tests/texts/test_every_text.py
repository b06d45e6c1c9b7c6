"""No text of a page is forgotten by the translators."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from tests.texts.content import read_content
from tests.texts.lesson_pages import SCENES
from tests.texts.pages import somebody
from tests.texts.pseudo import speak_pseudo, untranslated

pytestmark = pytest.mark.django_db
WITHOUT_REQUEST = ["400.html", "403.html", "404.html", "500.html", "503.html"]


@pytest.mark.parametrize("name", SCENES)
def test_every_text_of_every_page_is_translated(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    somebody()
    speak_pseudo(monkeypatch)
    forgotten = {}
    for page, answer in SCENES[name]().items():
        assert answer.headers["Content-Type"].startswith("text/html"), page
        if found := untranslated(answer.content.decode(), read_content()):
            forgotten[page] = found
    assert forgotten == {}


@pytest.mark.parametrize("template", WITHOUT_REQUEST)
def test_pages_without_a_request_are_translated(
    template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak_pseudo(monkeypatch)
    assert untranslated(render_to_string(template), ["Cairn"]) == []


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>⟦Saved⟧</p>", []),
        ("<p>⟦in ⟦3⟧ hours⟧ 12 · %</p>", []),
        ("<p>Saved</p>", ["Saved"]),
        ("<p>⟦Saved⟧ at once</p>", ["at once"]),
        ("<img alt='A cairn'>", ["A cairn"]),
        ("<p>The knot c02</p>", []),
        ("<p>The knot c02 is tied</p>", ["The knot c02 is tied"]),
        ("<code>x = yes</code><script>var y</script>", []),
    ],
)
def test_what_stands_outside_of_brackets_is_found(html: str, found: list[str]) -> None:
    assert untranslated(html, ["The knot c02"]) == found
