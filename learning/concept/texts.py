"""What a version of an artifact says, ready to be shown, kept by version: its rows never change,
but for how its links were found to be, and for the terms that other concepts introduce. By these it
is kept, too.

It is kept in the process and ends with it, so a new release renders all anew. Nothing of whoever
reads goes in: what is made here knows no request.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import caches
from django.db.models import Case, F, OuterRef, QuerySet, When
from django.db.models.functions import JSONObject
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from concepts.markdown.rendering import RENDERER_VERSION, render_markdown
from concepts.markdown.terms import Introducing, find_terms, link_terms
from concepts.models import ArtifactVersion, Choice, Concept, Question, Resource
from learning.concept.figures import figures_of
from learning.concept.outlines import Heading, list_headings
from learning.concept.prepared import NUMBER_SLOTS, PreparedQuery
from learning.quiz import grading

_RESOURCE = (
    "title", "url", "kind", "language", "why", "minutes", "is_free", "state", "checked_at",
)  # fmt: skip
_NO_VERSION = 0
_NOTHING = SafeString("")


@dataclass(frozen=True)
class Text:
    """One version; what it is not stays empty."""

    html: SafeString = _NOTHING
    headings: tuple[Heading, ...] = ()
    minutes: int = 0
    resources: SafeString = _NOTHING
    questions: tuple[grading.Question, ...] = ()

    @property
    def has_code(self) -> bool:
        return "<pre" in self.html


def get_texts(
    versions: Collection[ArtifactVersion], links: Mapping[int, str], terms: str
) -> dict[int, Text]:
    """By version, in the language of the interface; what is not kept yet is asked for in one
    query. `links` tells how those of a version were found to be; `terms` changes with those of the
    roadmap."""
    store = caches["texts"]
    keys = {
        version.pk: _key(version.pk, f"{terms}{links.get(version.pk, '')}") for version in versions
    }
    kept: dict[str, Text] = store.get_many(keys.values())
    made = {
        keys[one["id"]]: _make(one)
        for one in _ask([version for version, key in keys.items() if key not in kept])
    }
    store.set_many(made)
    return {version: (kept | made).get(key, Text()) for version, key in keys.items()}


def _key(version_id: int, changing: str) -> str:
    found = hashlib.sha256(changing.encode()).hexdigest()[:32]
    return f"{get_language()}-{version_id}-{found}"


def _ask(ids: list[int]) -> Iterable[dict[str, Any]]:
    if not ids:
        return []
    wanted = [*ids, _NO_VERSION, _NO_VERSION, _NO_VERSION]
    return map(json.loads, _QUERY.ask(dict(zip(NUMBER_SLOTS, wanted, strict=False))))


def _build() -> QuerySet[Any, Any]:
    """Never `is_correct`, `accepted`, a reason or an explanation: what is not read cannot leak."""
    resources = Resource.objects.filter(version=OuterRef("pk")).order_by("position")
    choices = Choice.objects.filter(question=OuterRef("pk")).order_by("position")
    questions = Question.objects.filter(quiz=OuterRef("pk")).order_by("position")
    offered = choices.values_list(JSONObject(position=F("position"), text=F("text")))
    asked = JSONObject(
        position=F("position"), stem=F("stem"), type=F("type"), choices=ArraySubquery(offered)
    )
    said = JSONObject(
        id=F("id"),
        provider=F("provider"),
        content_hash=F("content_hash"),
        markdown=F("tutorial__markdown"),
        html=F("tutorial__html"),
        renderer=F("tutorial__renderer_version"),
        minutes=F("tutorial__reading_minutes"),
        concept=F("artifact__concept__slug"),
        introducing=Case(
            When(tutorial__isnull=False, then=ArraySubquery(_introducing())), default=None
        ),
        resources=ArraySubquery(
            resources.values_list(JSONObject(**{name: F(name) for name in _RESOURCE}))
        ),
        questions=ArraySubquery(questions.values_list(asked)),
    )
    return ArtifactVersion.objects.filter(pk__in=NUMBER_SLOTS).order_by().values_list(said)


def _introducing() -> QuerySet[Any, Any]:
    concepts = Concept.objects.filter(roadmap=OuterRef("artifact__concept__roadmap"))
    said = JSONObject(slug=F("slug"), title=F("title"), keywords=F("keywords"))
    return concepts.order_by("position").values_list(said)


_QUERY = PreparedQuery(_build)


def _make(said: dict[str, Any]) -> Text:
    html = _link(_render(said), said) if said["markdown"] else _NOTHING
    return Text(
        html=html,
        headings=tuple(list_headings(html)),
        minutes=said["minutes"] or 0,
        resources=_list_resources(said["resources"]),
        questions=tuple(grading.read_question(one) for one in said["questions"]),
    )


def _render(said: dict[str, Any]) -> SafeString:
    """As it was stored. What another renderer let through may be forbidden now, and drawings are
    never stored: then it is rendered anew."""
    figures = figures_of(said["provider"], said["content_hash"])
    if said["renderer"] == RENDERER_VERSION and not figures:
        return SafeString(said["html"])
    return SafeString(render_markdown(said["markdown"], figures))


def _link(html: SafeString, said: dict[str, Any]) -> SafeString:
    """An address beside the page's own, for a roadmap's may change."""
    concepts = (Introducing(**one) for one in said["introducing"])
    terms = find_terms(concepts, said["concept"])
    addresses = {term: slug and f"../{quote(slug)}/" for term, slug in terms.items()}
    return SafeString(link_terms(html, addresses))


def _list_resources(said: list[dict[str, Any]]) -> SafeString:
    resources = [Resource(**one | {"checked_at": _moment(one["checked_at"])}) for one in said]
    return render_to_string("learning/_resources.html", {"resources": resources})


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
