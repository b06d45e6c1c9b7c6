"""Who signs in, or up, is afterwards where they were before, and never on another site."""

from __future__ import annotations

from html import unescape
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.test import Client

from accounts.models import User
from roadmaps.models import Visibility
from tests.learning.library import Page, concept_page, make_ready
from tests.learning.quiz.cast import Form, make_knots

pytestmark = pytest.mark.django_db

PERSON = {"username": "dan@knots.example", "password": "rope-and-twine"}
NEW = {"email": "erin@knots.example", "password1": "rope-and-twine", "password2": "rope-and-twine"}


@pytest.fixture
def dan() -> User:
    return User.objects.create_user("dan@knots.example", PERSON["password"])


def ways_in(answer: Any) -> dict[str, str]:
    """Of the links to sign in and up where each leads back to."""
    links = [urlsplit(unescape(link)) for link in Page(answer.content.decode()).links()]
    return {
        link.path.split("/")[-2]: parse_qs(link.query).get("next", [""])[0]
        for link in links
        if link.path in {"/accounts/login/", "/accounts/signup/"}
    }


def sign_in(client: Client, following: Any) -> str:
    """By the form of the page that a link leads to."""
    page = client.get(following).content.decode()
    hidden = [tag for name, tag in Page(page).tags if name == "input" and tag["type"] == "hidden"]
    fields = {tag["name"]: tag["value"] for tag in hidden}
    answer = client.post("/accounts/login/", fields | PERSON)
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_from_every_page_the_way_in_leads_back(client: Client) -> None:
    run = make_ready()
    pages = [concept_page(run), run.roadmap.get_absolute_url(), "/learning/", "/?q=knots&page=2"]
    for page in [*pages, run.get_absolute_url(), "/nowhere/at/all"]:
        assert ways_in(client.get(page)) == {"login": page, "signup": page}
    assert ways_in(client.get("/")) == {"login": "", "signup": ""}


def test_who_signs_in_at_a_concept_is_at_the_concept(client: Client, dan: User) -> None:
    page = concept_page(make_ready())
    way = Page(client.get(page).content.decode()).links()
    assert sign_in(client, next(link for link in way if "/login/" in link)) == page


def test_who_signs_up_at_a_concept_and_then_in_is_at_the_concept(client: Client, dan: User) -> None:
    page = concept_page(make_ready())
    way = Page(client.get(page).content.decode()).links()
    form = client.get(next(link for link in way if "/signup/" in link)).content.decode()
    [back] = [tag["value"] for _, tag in Page(form).tags if tag.get("name") == "next"]
    then = client.post("/accounts/signup/", NEW | {"next": back}).headers["Location"]
    assert sign_in(client, then) == page


def test_from_the_result_of_a_quiz_the_way_in_leads_back_to_the_result(client: Client) -> None:
    concept = make_knots()
    address = f"{concept.roadmap.get_absolute_url()}-/quiz/{concept.slug}/"
    form = Form(client.get(address).content.decode())
    result = client.post(address, form.choose("yes: friction")).headers["Location"]
    back = ways_in(client.get(result))["login"]
    assert back == result.split("#")[0]
    assert client.get(back).status_code == 200


def test_where_a_form_was_answered_the_way_in_leads_to_the_page_of_the_form(client: Client) -> None:
    """`/-/resume/` is no page, and a browser says where it comes from."""
    run = make_ready(visibility=Visibility.UNLISTED)
    page = run.roadmap.get_absolute_url()
    door, here = f"{page}-/resume/", f"http://testserver{page}?x=1#part"
    assert ways_in(client.post(door, headers={"Referer": here}))["login"] == f"{page}?x=1"
    for elsewhere in ("", "https://evil.example/roadmaps/", "http://testserver/accounts/login/"):
        assert ways_in(client.post(door, headers={"Referer": elsewhere}))["login"] == ""


def test_a_goal_that_needs_an_account_is_there_again_after_signing_in(
    client: Client, dan: User, settings: Any
) -> None:
    settings.ANONYMOUS_ROADMAPS_PER_DAY = 0
    refused = client.post("/", {"goal": "Python web development"})
    assert refused.status_code == 403
    way = quote(ways_in(refused)["login"])
    back = sign_in(client, f"/accounts/login/?next={way}")
    assert 'value="Python web development"' in client.get(back).content.decode()


@pytest.mark.parametrize("door", ["login", "signup", "reset"])
def test_on_the_way_in_it_is_handed_on(client: Client, door: str) -> None:
    page = client.get(f"/accounts/{door}/?next=/learning/%3Fx%3D1%26y%3D2")
    ways = ways_in(page)
    assert set(ways.values()) == {"/learning/?x=1&y=2"}
    assert set(ways_in(client.get(f"/accounts/{door}/")).values()) == {""}


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "evil",
        "../admin/",
        "/" + "x" * 3_000,
        "http://[",
        "/accounts/login/",
        "/accounts/login/?next=/accounts/login/",
        "http://testserver/accounts/logout/",
        "/accounts/signup/",
        "/accounts/reset/",
    ],
)
def test_no_next_leads_to_another_site_or_round_and_round(
    client: Client, dan: User, page: str
) -> None:
    for door in ("login", "signup", "reset"):
        assert set(ways_in(client.get(f"/accounts/{door}/", {"next": page})).values()) == {""}
    answer = client.post("/accounts/login/", PERSON | {"next": page})
    assert answer.headers["Location"] == "/"
    assert client.get("/accounts/login/", {"next": page}).headers["Location"] == "/"
    there = Client().post("/accounts/signup/", NEW | {"next": page})
    assert there.headers["Location"] == "/accounts/login/?signed_up=1"
