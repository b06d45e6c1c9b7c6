"""No page is without a scene, and no template has words of its own, in whatever state it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.template.base import Lexer, TokenType
from django.test.client import ClientHandler
from django.test.signals import template_rendered
from django.urls import URLPattern, URLResolver, get_resolver

from tests.texts.content import NAMES
from tests.texts.lesson_pages import SCENES
from tests.texts.pages import somebody
from tests.texts.pseudo import CLOSE, OPEN, untranslated
from tests.texts.test_every_text import WITHOUT_REQUEST

ROOT = Path(__file__).resolve().parents[2] / "templates"
# For whoever works on pages, in development alone.
UNTRANSLATED = ROOT / "learning" / "styleguide"
TEMPLATES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("*.html")
    if UNTRANSLATED not in path.parents
)
NO_SCENE = {
    "api/docs.html": "a script draws it",
    "admin/base_site.html": "the admin is Django's",
    "admin/search_form.html": "the admin is Django's",
    "generation/admin/ledger.html": "the admin is Django's",
}
APPS = ("learning", "accounts", "generation", "operations")
NO_PAGE = {
    "learning:check": "a file",
    "generation:run_events": "JSON",
    "accounts:logout": "leads to the first page",
    "learning:resume": "leads to the roadmap",
    "learning:rewriting": "leads to the lesson",
    "operations:board_now": "a part of the board",
    "operations:run_now": "a part of the page of a run",
}


@dataclass
class Looked:
    """What was shown, and at which addresses an answer was found."""

    templates: set[str] = field(default_factory=set)
    routes: set[str] = field(default_factory=set)

    def note_template(self, template: Any, **_: Any) -> None:
        self.templates.add(str(template.name))

    def note_route(self, request: Any, answer: Any) -> None:
        if request.resolver_match and answer.status_code not in {404, 405}:
            self.routes.add(request.resolver_match.view_name)


@pytest.fixture
def looked(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Looked]:
    """At all scenes, each of which finds nothing of the others."""
    looked, real = Looked(), ClientHandler.get_response

    def get_response(handler: ClientHandler, request: Any) -> Any:
        answer = real(handler, request)
        looked.note_route(request, answer)
        return answer

    monkeypatch.setattr(ClientHandler, "get_response", get_response)
    template_rendered.connect(looked.note_template)
    for build in SCENES.values():
        cache.clear()
        with transaction.atomic():
            somebody()
            build()
            transaction.set_rollback(True)
    yield looked
    template_rendered.disconnect(looked.note_template)


def named_routes(resolver: URLResolver, app: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from named_routes(pattern, pattern.namespace or app)
        elif isinstance(pattern, URLPattern) and app in APPS:
            yield f"{app}:{pattern.name}"


def test_every_page_and_every_template_is_in_a_scene(looked: Looked) -> None:
    templates = set(TEMPLATES) - looked.templates - set(WITHOUT_REQUEST)
    routes = set(named_routes(get_resolver())) - looked.routes
    assert templates == set(NO_SCENE)
    assert routes == set(NO_PAGE)


def own_words(source: str) -> str:
    """A template with brackets for all that is put in, whatever the branch."""
    said, quoting = "", False
    for token in Lexer(source).tokenize():
        command = token.contents.partition(" ")[0] if token.token_type is TokenType.BLOCK else ""
        if command in {"blocktranslate", "comment"}:
            quoting = True
        if token.token_type is TokenType.TEXT:
            said += "" if quoting else token.contents
        elif token.token_type is not TokenType.COMMENT:
            said += f"{OPEN}{CLOSE}"
        if command in {"endblocktranslate", "endcomment"}:
            quoting = False
    return said


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_template_has_words_of_its_own_in_any_state(template: str) -> None:
    assert untranslated(own_words((ROOT / template).read_text(encoding="utf-8")), NAMES) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("{% if x %}{% translate 'Saved' %}{% else %}Lost{% endif %}", ["Lost"]),
        ("{% blocktranslate %}{{ n }} left{% endblocktranslate %}{# why #}", []),
        ("<p class='a b' title='{% if x %}Gone{% endif %}'>{{ x }} · %</p>", ["Gone"]),
    ],
)
def test_words_of_a_template_are_found_in_each_branch(source: str, found: list[str]) -> None:
    assert untranslated(own_words(source), ()) == found
