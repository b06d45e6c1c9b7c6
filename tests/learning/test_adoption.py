"""Whoever signs in keeps what was made before."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from roadmaps.models import Roadmap, Visibility

pytestmark = pytest.mark.django_db

GOAL = {"goal": "Python web development"}
FORM = {"email": "dora@knots.example", "password1": "rope-and-twine", "password2": "rope-and-twine"}
SIGN_IN = {"username": "dora@knots.example", "password": "rope-and-twine"}


def make(client: Client, **wishes: str) -> Roadmap:
    client.post("/", GOAL | wishes)
    return Roadmap.objects.latest("created_at")


def sign_up_and_in(client: Client) -> User:
    client.post("/accounts/signup/", FORM)
    client.post("/accounts/login/", SIGN_IN)
    return User.objects.get()


def test_signing_up_adopts_the_roadmaps_made_before_it(client: Client) -> None:
    made = {make(client, hours_per_week="1").pk, make(client, hours_per_week="2").pk}
    dora = sign_up_and_in(client)
    assert {roadmap.pk for roadmap in Roadmap.objects.filter(owner=dora)} == made
    page = client.get("/").content.decode()
    assert "Your roadmaps" in page
    for roadmap in Roadmap.objects.all():
        assert roadmap.get_absolute_url() in page


def test_an_adopted_roadmap_stays_where_it_was_for_all_who_know_its_address(
    client: Client,
) -> None:
    before = make(client)
    sign_up_and_in(client)
    after = Roadmap.objects.get()
    assert (after.slug, after.visibility) == (before.slug, Visibility.UNLISTED)
    for visitor in (client, Client()):
        assert visitor.get(before.get_absolute_url()).status_code == 200


def test_signing_in_to_an_old_account_adopts_as_well(client: Client) -> None:
    dora = User.objects.create_user("dora@knots.example", "rope-and-twine")
    make(client)
    client.post("/accounts/login/", SIGN_IN)
    assert Roadmap.objects.get().owner == dora


def test_what_is_adopted_once_is_nobody_elses(client: Client) -> None:
    make(client)
    dora = sign_up_and_in(client)
    client.post("/accounts/logout/")
    assert "Made in this browser" not in client.get("/").content.decode()
    eve = User.objects.create_user("eve@knots.example", "rope-and-twine")
    client.force_login(eve)
    assert Roadmap.objects.get().owner == dora


def test_roadmaps_of_other_browsers_are_not_adopted(client: Client) -> None:
    roadmap = make(Client())
    make(client, hours_per_week="3")
    sign_up_and_in(client)
    assert Roadmap.objects.get(pk=roadmap.pk).owner is None


def test_adopted_runs_count_as_the_accounts_own(client: Client, settings: Settings) -> None:
    settings.OPEN_RUNS_PER_PERSON = 2
    for hours in ("1", "2"):
        make(client, hours_per_week=hours)
    sign_up_and_in(client)
    elsewhere = client.post("/", GOAL | {"hours_per_week": "3"}, REMOTE_ADDR="192.0.2.1")
    assert elsewhere.status_code == 429
