"""No kind of page is left out of the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from screenshots.cast import Cast, make_cast
from screenshots.shots import Shot, list_shots

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
# What is no page of its own, and why.
NO_PAGES = {
    "^health/?$": "for machines",
    "^health/live/?$": "for machines",
    "^metrics/?$": "for machines",
    "api/": "for programs",
    "runs/<uuid:run_id>/events/": "for the page of the run",
    "operations/now/": "a part of the page before it",
    "operations/runs/<uuid:run_id>/now/": "a part of the page before it",
    "operations/runs/<uuid:run_id>/cancel/": "does something",
    "operations/runs/<uuid:run_id>/resume/": "does something",
    "operations/runs/<uuid:run_id>/retry/": "does something",
    "roadmaps/<uslug:roadmap_slug>/-/mark/<uslug:slug>/": "does something",
    "roadmaps/<uslug:slug>/-/resume/": "does something",
    "roadmaps/<uslug:roadmap_slug>/-/check/<uslug:slug>/<int:number>/": "a file",
    "accounts/logout/": "does something",
    "accounts/display/": "does something",
    "accounts/export/": "a file",
    "accounts/email/<str:token>/": "needs a link from a mail",
    "admin/login/": "Django's, in front of our own",
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def list_routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield route
        elif route != "admin/":
            yield from list_routes(pattern.url_patterns, route)


def route_of(shot: Shot) -> str:
    try:
        return resolve(urlsplit(shot.address).path).route
    except Resolver404:
        return ""


def test_every_kind_of_page_has_its_picture(cast: Cast) -> None:
    taken = {route_of(shot) for shot in list_shots(cast)}
    routes = set(list_routes(get_resolver().url_patterns))
    missing = {route for route in routes - taken if not route.startswith("api/")}
    assert missing == set(NO_PAGES) - {"api/"}


def test_every_picture_is_of_a_page_that_answers_as_it_should(cast: Cast) -> None:
    wrong = []
    for shot in list_shots(cast):
        client = Client() if shot.visitor == "anonymous" else cast.visitors.client(shot.visitor)
        status = client.get(shot.address).status_code
        if status != shot.status:
            wrong.append((shot.name, shot.address, status))
    assert wrong == []


def test_no_two_pictures_share_a_name(cast: Cast) -> None:
    names = [shot.name for shot in list_shots(cast)]
    assert len(names) == len(set(names))
