"""Every address there is, and who gets what there."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from roadmaps.models import Visibility
from tests.learning.library import concept_page, make_ready
from tests.visitors import VISITORS, Visitors, make_visitors

pytestmark = pytest.mark.django_db

SEEN_BY = {
    Visibility.PUBLIC: {"alice", "bob", "anonymous", "staff"},
    Visibility.UNLISTED: {"alice", "bob", "anonymous", "staff"},
    Visibility.PRIVATE: {"alice", "staff"},
}
# What does not depend on whose roadmap it is: address, then status by visitor.
OTHERS = {
    "/": dict.fromkeys(VISITORS, 200),
    "/learning/": dict.fromkeys(VISITORS, 200),
    "/accounts/login/": {"alice": 302, "bob": 302, "anonymous": 200, "staff": 302},
    "/accounts/signup/": dict.fromkeys(VISITORS, 200),
    "/accounts/display/": {"alice": 302, "bob": 302, "anonymous": 200, "staff": 302},
    **{
        f"/accounts/{page}/": dict.fromkeys(VISITORS, 200) | {"anonymous": 302}
        for page in ("settings", "password", "email", "export", "delete")
    },
    **{
        f"/accounts/{page}/": dict.fromkeys(VISITORS, 200)
        for page in ("reset", "reset/asked", "reset/complete", "reset/MQ/no-such", "deleted")
    },
    "/accounts/email/no-such/": dict.fromkeys(VISITORS, 410),
    "/accounts/logout/": dict.fromkeys(VISITORS, 405),
    "/admin/login/": {"alice": 200, "bob": 200, "anonymous": 200, "staff": 302},
    "/admin/password_change/": {"alice": 302, "bob": 302, "anonymous": 302, "staff": 302},
    "/admin/": {"alice": 302, "bob": 302, "anonymous": 302, "staff": 200},
    "/roadmaps/no-such/": dict.fromkeys(VISITORS, 404),
    "/roadmaps/-/": dict.fromkeys(VISITORS, 404),
    "/runs/00000000-0000-4000-8000-000000000000/": dict.fromkeys(VISITORS, 404),
    "/operations/": {"alice": 404, "bob": 404, "anonymous": 302, "staff": 200},
    "/api/v1/docs": dict.fromkeys(VISITORS, 200),
    "/api/v1/openapi.json": dict.fromkeys(VISITORS, 200),
    "/api/v1/": dict.fromkeys(VISITORS, 404),
    "/health": dict.fromkeys(VISITORS, 200),
    "/health/live": dict.fromkeys(VISITORS, 200),
    "/metrics": dict.fromkeys(
        VISITORS, 200
    ),  # in development; see tests/connection_budget/watch/test_health.py
    "/nowhere": dict.fromkeys(VISITORS, 404),
}
ROUTES = {
    "^health/?$",
    "^health/live/?$",
    "^metrics/?$",
    "",
    "learning/",
    "roadmaps/<uslug:slug>/",
    "roadmaps/<uslug:roadmap_slug>/<uslug:slug>/",
    "roadmaps/<uslug:roadmap_slug>/-/note/<uslug:slug>/",
    "roadmaps/<uslug:roadmap_slug>/-/report/<uslug:slug>/",
    "roadmaps/<uslug:roadmap_slug>/-/check/<uslug:slug>/<int:number>/",
    "roadmaps/<uslug:roadmap_slug>/-/quiz/<uslug:slug>/",
    "roadmaps/<uslug:roadmap_slug>/-/mark/<uslug:slug>/",
    "runs/<uuid:run_id>/",
    "runs/<uuid:run_id>/events/",
    # tests/learning/sharing/test_who_may.py
    "runs/<uuid:run_id>/plan/",
    # Who gets what there: tests/generation/operations/test_doors.py
    "operations/",
    "operations/now/",
    "operations/runs/<uuid:run_id>/",
    "operations/runs/<uuid:run_id>/now/",
    "operations/runs/<uuid:run_id>/cancel/",
    "operations/runs/<uuid:run_id>/resume/",
    "operations/runs/<uuid:run_id>/retry/",
    "api/v1/",
    "api/v1/docs",
    "api/v1/openapi.json",
    "api/v1/roadmaps",
    "api/v1/roadmaps/generate",
    "api/v1/roadmaps/<uuidstr:roadmap_id>",
    "api/v1/roadmaps/<uuidstr:roadmap_id>/concepts/<uuidstr:concept_id>",
    "api/v1/runs/<uuidstr:run_id>",
    "api/v1/runs/<uuidstr:run_id>/events",
    "api/v1/runs/<uuidstr:run_id>/cancel",
    "api/v1/runs/<uuidstr:run_id>/resume",
    "api/v1/runs/<uuidstr:run_id>/plan",
    "api/v1/runs/<uuidstr:run_id>/approve",
    "api/v1/runs/<uuidstr:run_id>/discard",
    "accounts/login/",
    "admin/login/",
    "admin/password_change/",
    "accounts/logout/",
    "accounts/signup/",
    "accounts/display/",
    "accounts/settings/",
    "accounts/password/",
    "accounts/email/",
    "accounts/email/<str:token>/",
    "accounts/reset/",
    "accounts/reset/asked/",
    "accounts/reset/complete/",
    "accounts/reset/<uidb64>/<token>/",
    "accounts/export/",
    "accounts/delete/",
    "accounts/deleted/",
    # tests/learning/sharing/test_who_may.py
    "roadmaps/<uslug:slug>/-/visibility/",
    "roadmaps/<uslug:slug>/-/fork/",
    "roadmaps/<uslug:slug>/-/delete/",
    "roadmaps/<uslug:slug>/-/resume/",
    "roadmaps/<uslug:roadmap_slug>/-/rewrite/<uslug:slug>/",
    # tests/learning/concept/test_ends_of_rewriting.py
    "roadmaps/<uslug:roadmap_slug>/-/rewriting/<uslug:slug>/",
}


@pytest.fixture
def visitors() -> Visitors:
    return make_visitors()


@pytest.mark.parametrize("visibility", Visibility)
def test_a_roadmap_is_there_for_those_who_may_see_it_and_for_nobody_else(
    visitors: Visitors, visibility: Visibility
) -> None:
    run = make_ready(owner=visitors.alice, visibility=visibility)
    page = run.get_absolute_url()
    pages = [run.roadmap.get_absolute_url(), concept_page(run), page, f"{page}events/"]
    answers = {
        name: [client.get(page).status_code for page in pages]
        for name, client in visitors.clients().items()
    }
    assert answers == {
        name: [200 if name in SEEN_BY[visibility] else 404] * len(pages) for name in VISITORS
    }


def test_every_other_address_answers_as_it_should(visitors: Visitors) -> None:
    answers = {
        address: {
            name: client.get(address).status_code for name, client in visitors.clients().items()
        }
        for address in OTHERS
    }
    assert answers == OTHERS


def test_no_address_is_missing_from_this_table() -> None:
    assert set(_routes(get_resolver().url_patterns)) == ROUTES


def _routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield route
        elif route != "admin/":
            yield from _routes(pattern.url_patterns, route)


def test_a_private_roadmap_and_none_at_all_look_the_same(visitors: Visitors) -> None:
    run = make_ready(owner=visitors.alice, visibility=Visibility.PRIVATE)
    client = visitors.client("anonymous")  # no token in a form that would differ

    def shown(path: str) -> bytes:
        """But for the way back to it, behind signing in."""
        answer = client.get(path)
        assert answer.status_code == 404
        return answer.content.replace(quote(path, safe="").encode(), b"")

    assert shown(run.roadmap.get_absolute_url()) == shown("/roadmaps/none/")


def test_an_address_may_be_written_in_any_script(visitors: Visitors) -> None:
    run = make_ready()
    run.roadmap.slug = "日本語-入門"
    run.roadmap.save()
    answer = visitors.client("anonymous").get("/roadmaps/日本語-入門/")
    assert answer.status_code == 200
