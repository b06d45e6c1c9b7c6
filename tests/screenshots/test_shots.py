"""No kind of page is left out of the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from pytest_django import DjangoDbBlocker

from screenshots.cast import Cast, make_cast
from screenshots.shots import Shot, list_shots

SITE = "tests.learning.styleguide.urls"
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
    "roadmaps/<uslug:roadmap_slug>/-/rewriting/<uslug:slug>/": "does something",
    "roadmaps/<uslug:roadmap_slug>/-/check/<uslug:slug>/<int:number>/": "a file",
    "accounts/logout/": "does something",
    "accounts/export/": "a file",
    "admin/login/": "Django's, in front of our own",
    "admin/password_change/": "Django's, in front of our own",
}


# So that the database is made also where only this file is run.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.wide]


@pytest.fixture(scope="module", autouse=True)
def with_style_guide() -> Iterator[None]:
    """As the site that is pictured has it."""
    with override_settings(ROOT_URLCONF=SITE):
        yield


@pytest.fixture(scope="module")
def answers(
    with_style_guide: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> list[tuple[Shot, int]]:
    """Each picture there is, and how its page answers; made once, and nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = make_cast()
        found = [(shot, ask(cast, shot)) for shot in list_shots(cast)]
        transaction.set_rollback(True)
    connection.close()
    return found


def ask(cast: Cast, shot: Shot) -> int:
    client = Client() if shot.visitor == "anonymous" else cast.visitors.client(shot.visitor)
    return client.get(shot.address).status_code


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


@pytest.mark.wide
def test_every_kind_of_page_has_its_picture(answers: list[tuple[Shot, int]]) -> None:
    taken = {route_of(shot) for shot, _ in answers}
    routes = set(list_routes(get_resolver().url_patterns))
    missing = {route for route in routes - taken if not route.startswith("api/")}
    assert missing == set(NO_PAGES) - {"api/"}


def test_every_picture_is_of_a_page_that_answers_as_it_should(
    answers: list[tuple[Shot, int]],
) -> None:
    wrong = [(shot.name, shot.address, is_) for shot, is_ in answers if is_ != shot.status]
    assert wrong == []


def test_no_two_pictures_share_a_name(answers: list[tuple[Shot, int]]) -> None:
    names = [shot.name for shot, _ in answers]
    assert len(names) == len(set(names))
