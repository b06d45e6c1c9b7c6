"""Who sees a roadmap is its owner's to say; addresses as `Roadmap` promises."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from accounts.models import User
from learning.sharing.copying import copy_roadmap
from roadmaps.access import get_visible_roadmap
from roadmaps.models import Roadmap, Visibility
from tests.learning.library import make_ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def carol() -> User:
    return User.objects.create_user("carol@knots.example", "rope-and-twine")


@pytest.fixture
def hers(carol: User) -> Client:
    client = Client()
    client.force_login(carol)
    return client


@pytest.fixture
def roadmap(carol: User) -> Roadmap:
    return make_ready(owner=carol, visibility=Visibility.PRIVATE).roadmap


def say(client: Client, roadmap: Roadmap, visibility: str) -> Any:
    roadmap.refresh_from_db()
    page = f"{roadmap.get_absolute_url()}-/visibility/"
    answer = client.post(page, {"visibility": visibility})
    roadmap.refresh_from_db()
    return answer


def test_a_public_one_is_listed_and_a_private_one_is_gone_for_others(
    hers: Client, roadmap: Roadmap
) -> None:
    say(hers, roadmap, "public")
    assert roadmap.get_absolute_url() in Client().get("/").content.decode()
    say(hers, roadmap, "private")
    assert roadmap.get_absolute_url() not in Client().get("/").content.decode()
    assert Client().get(roadmap.get_absolute_url()).status_code == 404
    assert hers.get(roadmap.get_absolute_url()).status_code == 200


def test_an_unlisted_one_moves_to_an_address_that_nobody_can_guess(
    hers: Client, roadmap: Roadmap
) -> None:
    before = roadmap.get_absolute_url()
    answer = say(hers, roadmap, "unlisted")
    assert roadmap.slug.endswith(roadmap.share_token)
    assert answer.headers["Location"] == f"{roadmap.get_absolute_url()}-/visibility/?saved=1"
    assert Client().get(before).status_code == 404
    shown = Client().get(roadmap.get_absolute_url())
    assert shown.headers["X-Robots-Tag"] == "noindex"


def test_made_private_and_unlisted_again_it_has_the_address_it_had(
    hers: Client, roadmap: Roadmap
) -> None:
    say(hers, roadmap, "unlisted")
    shared = roadmap.get_absolute_url()
    say(hers, roadmap, "private")
    assert Client().get(shared).status_code == 404
    say(hers, roadmap, "unlisted")
    assert Client().get(shared).status_code == 200


def test_the_address_to_give_away_is_the_whole_one(hers: Client, roadmap: Roadmap) -> None:
    say(hers, roadmap, "unlisted")
    page = hers.get(f"{roadmap.get_absolute_url()}-/visibility/").content.decode()
    assert f'value="http://127.0.0.1:8000{roadmap.get_absolute_url()}" readonly' in page


@pytest.mark.parametrize("word", ["", "secret", "PUBLIC"])
def test_another_word_changes_nothing(word: str, hers: Client, roadmap: Roadmap) -> None:
    assert say(hers, roadmap, word).status_code == 422
    assert roadmap.visibility == Visibility.PRIVATE


def controls(roadmap: Roadmap, user: Any) -> str:
    request = RequestFactory().get("/")
    request.user = user
    request.session = Client().session
    return render_to_string("learning/sharing/_controls.html", {"roadmap": roadmap}, request)


def test_the_controls_offer_what_may_be_done_and_nothing_else(
    carol: User, roadmap: Roadmap
) -> None:
    bob = User.objects.create_user("bob@knots.example", "rope-and-twine")
    assert all(
        f"/-/{page}/" in controls(roadmap, carol) for page in ("visibility", "fork", "delete")
    )
    theirs = controls(roadmap, bob)
    assert "/-/fork/" in theirs
    assert "/-/visibility/" not in theirs
    assert "/-/delete/" not in theirs


def test_a_copy_says_what_it_was_made_from_and_leads_there_for_those_who_see_it(
    carol: User, roadmap: Roadmap
) -> None:
    copy = copy_roadmap(roadmap, owner=carol)
    Roadmap.objects.filter(pk=copy.pk).update(visibility=Visibility.PUBLIC)
    bob = User.objects.create_user("bob@knots.example", "rope-and-twine")
    hers, his = (controls(get_visible_roadmap(one, copy.slug), one) for one in (carol, bob))
    assert f'href="{roadmap.get_absolute_url()}"' in hers
    assert roadmap.get_absolute_url() not in his
    assert roadmap.title in his
