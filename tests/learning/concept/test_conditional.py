"""A page that somebody has already is not sent again, and anything else is."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from learning.concept import conditional
from roadmaps.models import Roadmap, Visibility
from tests.learning.concept.changes import CHANGES
from tests.learning.library import concept_page, make_ready
from tests.visitors import VISITORS, Visitors, make_visitors

pytestmark = pytest.mark.django_db
QUERIES = {"alice": 3, "bob": 3, "staff": 3, "anonymous": 1}


@pytest.fixture
def visitors() -> Visitors:
    return make_visitors()


def tag_of(client: Client, page: str) -> str:
    """As a browser has it: of the page that came with all its cookies."""
    client.get(page)
    return str(client.get(page).headers["ETag"])


def ask_again(client: Client, page: str, tag: str, **headers: str) -> Any:
    return client.get(page, headers={"if-none-match": tag, **headers})


@pytest.mark.parametrize("visitor", VISITORS)
def test_what_a_visitor_has_already_is_not_sent_again(
    visitors: Visitors, visitor: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page, client = concept_page(make_ready()), visitors.client(visitor)
    tag = tag_of(client, page)
    with django_assert_num_queries(QUERIES[visitor]):
        answer = ask_again(client, page, tag)
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == tag
    for one in (answer, client.get(page)):
        assert set(one.headers["Cache-Control"].split(", ")) == {"private", "no-cache"}
        assert "Cookie" in one.headers["Vary"]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_on_a_page_is_sent(visitors: Visitors, change: str) -> None:
    run = make_ready(owner=visitors.alice, visibility=Visibility.PRIVATE)
    page, client = concept_page(run), visitors.client("alice")
    tag = tag_of(client, page)
    CHANGES[change](visitors)
    assert ask_again(client, page, tag).status_code == 200
    assert ask_again(client, page, tag_of(client, page)).status_code == 304


def test_what_others_do_changes_nothing(visitors: Visitors) -> None:
    page, client = concept_page(make_ready()), visitors.client("bob")
    tag = tag_of(client, page)
    for change in ("a note", "a mark", "a report"):
        CHANGES[change](visitors)
    assert ask_again(client, page, tag).status_code == 304


def test_a_page_is_one_visitors_in_one_language_one_theme_and_one_release(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = concept_page(make_ready())
    alice, nobody = visitors.client("alice"), visitors.client("anonymous")
    tag = tag_of(nobody, page)
    assert ask_again(alice, page, tag).status_code == 200
    assert ask_again(visitors.client("bob"), page, tag_of(alice, page)).status_code == 200
    assert ask_again(nobody, page, tag).status_code == 304
    assert ask_again(nobody, page, tag, **{"accept-language": "zh-hans"}).status_code == 200
    nobody.cookies["theme"] = "dark"
    assert ask_again(nobody, page, tag).status_code == 200
    del nobody.cookies["theme"]
    monkeypatch.setattr(conditional, "release", lambda: "next")
    assert ask_again(nobody, page, tag).status_code == 200


def test_a_form_of_a_page_that_was_kept_can_still_be_sent(visitors: Visitors) -> None:
    """Each time its token is masked anew; the tag knows nothing of that, and need not."""
    page = concept_page(make_ready())
    client = Client(enforce_csrf_checks=True)
    client.force_login(visitors.alice)
    tag = tag_of(client, page)
    form = client.get(page).content.decode().split("data-note")[1]
    token = form.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert ask_again(client, page, tag).status_code == 304
    slug = page.strip("/").split("/")[-1]
    address = f"{page.removesuffix(f'{slug}/')}-/note/{slug}/"
    said = {"markdown": "x", "revision": "0", "csrfmiddlewaretoken": token}
    assert client.post(address, said).status_code == 302
    client.cookies["csrftoken"] = "a" * 32
    assert ask_again(client, page, tag_of(client, page)).status_code == 304
    assert ask_again(client, page, tag).status_code == 200


def test_what_may_not_be_seen_any_more_is_not_found(visitors: Visitors) -> None:
    run = make_ready(owner=visitors.alice)
    page, client = concept_page(run), visitors.client("bob")
    tag = tag_of(client, page)
    Roadmap.objects.update(visibility=Visibility.PRIVATE)
    assert ask_again(client, page, tag).status_code == 404


@pytest.mark.parametrize("headers", [{"x-prefetch": "1"}, {"sec-purpose": "prefetch;prerender"}])
@pytest.mark.parametrize("visitor", VISITORS)
def test_asking_ahead_has_no_effect(
    visitors: Visitors, visitor: str, headers: dict[str, str]
) -> None:
    page, client = concept_page(make_ready()), visitors.client(visitor)

    def rows() -> list[object]:
        return [list(model._default_manager.values().order_by("pk")) for model in apps.get_models()]

    before = rows()
    assert client.get(page, headers=headers).status_code == 200
    assert rows() == before


def test_what_was_asked_for_ahead_is_kept_for_the_page_itself(visitors: Visitors) -> None:
    page, client = concept_page(make_ready()), visitors.client("alice")
    client.get(page)
    ahead = client.get(page, headers={"x-prefetch": "1"})
    assert ask_again(client, page, ahead.headers["ETag"]).status_code == 304


def test_a_release_is_what_its_files_say() -> None:
    conditional.release.cache_clear()
    first = conditional.release()
    conditional.release.cache_clear()
    assert conditional.release() == first
    assert len(first) == 64
