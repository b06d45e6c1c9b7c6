from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module

import pytest
from django.contrib.admin.sites import site
from django.db import IntegrityError, connection, transaction
from django.test import Client, RequestFactory

from accounts.models import User
from roadmaps.bounds import SLUG_MAX_CHARACTERS
from roadmaps.models import Roadmap, Visibility
from roadmaps.services import create_roadmap

pytestmark = pytest.mark.django_db

MIGRATION = import_module("roadmaps.migrations.0002_unlisted_unguessable")


def make(goal: str, visibility: Visibility) -> Roadmap:
    return create_roadmap(goal=goal, visibility=visibility)


def test_the_address_of_an_unlisted_roadmap_cannot_be_guessed() -> None:
    one, other = (make("Tying knots", Visibility.UNLISTED).slug for _ in range(2))
    assert one != other
    assert len(one.removeprefix("tying-knots-")) * 4 >= 128


@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.PRIVATE])
def test_other_addresses_stay_readable(visibility: Visibility) -> None:
    assert make("Tying knots", visibility).slug == "tying-knots"


@pytest.mark.parametrize("goal", ["knot " * 99, "日" * 500, "🪢"])
def test_a_long_or_nameless_goal_leaves_room_for_the_secret(goal: str) -> None:
    slug = make(goal, Visibility.UNLISTED).slug
    assert len(slug) <= SLUG_MAX_CHARACTERS
    assert len(slug.rpartition("-")[2]) == 32


def by_save(roadmap: Roadmap) -> None:
    roadmap.visibility = Visibility.UNLISTED
    roadmap.save()


def by_one_field(roadmap: Roadmap) -> None:
    roadmap.visibility = Visibility.UNLISTED
    roadmap.save(update_fields=["visibility"])


def of_a_part_that_was_read(roadmap: Roadmap) -> None:
    by_save(Roadmap.objects.only("visibility").get(pk=roadmap.pk))


def by_update_or_create(roadmap: Roadmap) -> None:
    changes = {"visibility": Visibility.UNLISTED}
    Roadmap.objects.update_or_create(pk=roadmap.pk, defaults=changes)


def by_the_admins_form(roadmap: Roadmap) -> None:
    User.objects.create_superuser("staff@knots.example", "rope-and-twine")
    client = Client()
    client.force_login(User.objects.get())
    page = f"/admin/roadmaps/roadmap/{roadmap.pk}/change/"
    inline = {"stages-TOTAL_FORMS": 0, "stages-INITIAL_FORMS": 0}
    form = {"title": roadmap.title, "visibility": "unlisted", **inline}
    assert client.post(page, form).status_code == 302


def by_the_admins_own_way_to_save(roadmap: Roadmap) -> None:
    roadmap.visibility = Visibility.UNLISTED
    site.get_model_admin(Roadmap).save_model(RequestFactory().post("/"), roadmap, None, change=True)


WAYS = [
    by_save,
    by_one_field,
    of_a_part_that_was_read,
    by_update_or_create,
    by_the_admins_form,
    by_the_admins_own_way_to_save,
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("before", [Visibility.PRIVATE, Visibility.PUBLIC])
@pytest.mark.parametrize("goal", ["Tying knots", f"Tying knots {'0' * 32}"])
def test_however_it_became_unlisted_its_address_cannot_be_guessed(
    way: Callable[[Roadmap], None], before: Visibility, goal: str
) -> None:
    roadmap = make(goal, before)
    readable = roadmap.slug
    way(roadmap)
    roadmap.refresh_from_db()
    assert roadmap.visibility == Visibility.UNLISTED
    assert roadmap.slug == f"{readable[:87]}-{roadmap.share_token}"
    assert len(roadmap.share_token) * 4 >= 128


@pytest.mark.parametrize("way", WAYS)
def test_the_address_that_could_be_guessed_leads_nowhere_afterwards(
    way: Callable[[Roadmap], None],
) -> None:
    roadmap = make("Tying knots", Visibility.PUBLIC)
    before = roadmap.get_absolute_url()
    assert Client().get(before).status_code == 200
    way(roadmap)
    roadmap.refresh_from_db()
    pages = [before, f"{before}bowline/", roadmap.get_absolute_url()]
    assert [Client().get(page).status_code for page in pages] == [404, 404, 200]


def test_what_goes_past_saving_is_refused_by_the_database() -> None:
    roadmap = make("Tying knots", Visibility.PRIVATE)
    with pytest.raises(IntegrityError, match="roadmap_unlisted_unguessable"), transaction.atomic():
        Roadmap.objects.update(visibility=Visibility.UNLISTED)
    roadmap.pk, roadmap.slug, roadmap.visibility = None, "knots", Visibility.UNLISTED
    with pytest.raises(IntegrityError, match="roadmap_unlisted_unguessable"), transaction.atomic():
        Roadmap.objects.bulk_create([roadmap])


def test_an_address_that_was_given_away_stays() -> None:
    roadmap = make("Tying knots", Visibility.UNLISTED)
    given_away = roadmap.slug
    for visibility in (Visibility.UNLISTED, Visibility.PRIVATE, Visibility.UNLISTED):
        roadmap.visibility = visibility
        roadmap.save()
    assert roadmap.slug == given_away


def test_those_that_were_unlisted_before_keep_a_secret_or_get_one() -> None:
    given_away = make("Tying knots", Visibility.UNLISTED)
    guessable = make("Splicing ropes", Visibility.PRIVATE)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE roadmaps_roadmap DROP CONSTRAINT roadmap_unlisted_unguessable")
        cursor.execute("UPDATE roadmaps_roadmap SET visibility = 'unlisted', share_token = id")
        cursor.execute(MIGRATION.KEEP_SECRETS)
        cursor.execute("ALTER TABLE roadmaps_roadmap VALIDATE CONSTRAINT roadmap_is_named")
    after = dict(Roadmap.objects.values_list("pk", "slug"))
    assert after[given_away.pk] == given_away.slug
    assert re.fullmatch(r"splicing-ropes-[0-9a-f]{32}", after[guessable.pk])
    for roadmap in Roadmap.objects.all():
        roadmap.save()
    assert after == dict(Roadmap.objects.values_list("pk", "slug"))
