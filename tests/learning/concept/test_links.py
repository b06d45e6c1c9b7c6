"""What was found when a link was followed: told by a word and a sign, and never out of date."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.admin import site
from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from concepts.content import ArtifactKind
from concepts.models import LinkState, Resource
from learning.sharing.copying import copy_roadmap
from tests.generation.rewriters import Anew, open_anew
from tests.learning.library import concept_page, make_ready

pytestmark = pytest.mark.django_db

THEN = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)
WORDS = {
    LinkState.UNCHECKED: "link not checked yet",
    LinkState.WORKS: "link works (checked on 3 Nov 2026)",
    LinkState.MOVED: "link has moved, and works (checked on 3 Nov 2026)",
    LinkState.RESTRICTED: "link opens for some only (checked on 3 Nov 2026)",
    LinkState.DEAD: "link does not open any more (checked on 3 Nov 2026)",
}


def found(state: LinkState, **which: object) -> None:
    checked = None if state is LinkState.UNCHECKED else THEN
    Resource.objects.filter(**which).update(state=state, checked_at=checked)


def states() -> list[str]:
    return list(Resource.objects.order_by("pk").values_list("state", flat=True))


def test_that_nobody_has_checked_any_link_is_said_once(client: Client) -> None:
    run = make_ready()
    assert set(states()) == {LinkState.UNCHECKED}
    page = client.get(concept_page(run)).content.decode()
    assert page.count('data-state="unchecked">links not checked yet<') == 1
    assert "link not checked yet" not in page


def test_where_states_differ_each_link_tells_its_own(client: Client) -> None:
    run = make_ready()
    found(LinkState.WORKS, title="c02 first")
    page = client.get(concept_page(run)).content.decode()
    assert page.count('data-state="unchecked">link not checked yet<') == 2
    assert page.count(WORDS[LinkState.WORKS]) == 1
    assert "links not checked yet" not in page


@pytest.mark.parametrize("state", [one for one in LinkState if one != LinkState.UNCHECKED])
def test_each_state_is_told_by_a_word_a_sign_and_its_day(client: Client, state: LinkState) -> None:
    run = make_ready()
    found(state)
    page = client.get(concept_page(run)).content.decode()
    assert page.count(f'<span class="state" data-state="{state}">{WORDS[state]}</span>') == 3


def test_a_page_that_was_read_before_is_not_the_same_once_a_link_is_found_dead(
    client: Client,
) -> None:
    run = make_ready()
    before = client.get(concept_page(run))
    found(LinkState.DEAD, title="c02 first")
    after = client.get(concept_page(run), headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert WORDS[LinkState.DEAD] in after.content.decode()
    assert "link not checked yet" in after.content.decode()
    kept = client.get(concept_page(run), headers={"If-None-Match": after.headers["ETag"]})
    assert kept.status_code == 304


def test_the_day_is_the_same_for_everybody(
    client: Client, admin_client: Client, admin_user: User
) -> None:
    """It is kept for all of them: half past eleven at night in UTC is another day elsewhere."""
    run = make_ready()
    found(LinkState.WORKS)
    admin_user.time_zone = "Asia/Shanghai"
    admin_user.save()
    for reader in (admin_client, client):
        caches["texts"].clear()
        assert WORDS[LinkState.WORKS] in reader.get(concept_page(run)).content.decode()


def test_a_copy_keeps_what_is_known_of_its_links() -> None:
    run = make_ready()
    found(LinkState.MOVED, title="c03 second")
    copy = copy_roadmap(run.roadmap, owner=None)
    copied = Resource.objects.filter(version__artifact__concept__roadmap=copy)
    [moved] = copied.exclude(state=LinkState.UNCHECKED)
    assert (moved.title, moved.state, moved.checked_at) == ("c03 second", LinkState.MOVED, THEN)


def test_a_list_written_anew_keeps_what_is_known_of_a_link_and_of_no_other() -> None:
    run = make_ready()
    found(LinkState.DEAD)
    old = Resource.objects.get(title="c02 first")
    anew = "https://knots.example/c02-anew/"
    Resource.objects.filter(pk=old.pk).update(url=f"{anew}first", url_canonical=f"{anew}first")
    assert Anew(open_anew(run, ArtifactKind.RESOURCES, "Others.")).write()
    new = Resource.objects.filter(version__number=2).order_by("position")
    assert list(new.values_list("state", "checked_at")) == [
        (LinkState.DEAD, THEN),
        (LinkState.UNCHECKED, None),
        (LinkState.UNCHECKED, None),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "fine", "checked_at": THEN},
        {"state": LinkState.WORKS, "checked_at": None},
        {"state": LinkState.UNCHECKED, "checked_at": THEN},
    ],
)
def test_a_state_is_a_known_one_and_has_a_day(wrong: dict[str, object]) -> None:
    make_ready()
    with pytest.raises(IntegrityError), transaction.atomic():
        Resource.objects.update(**wrong)


def test_programs_are_told(client: Client) -> None:
    run = make_ready()
    found(LinkState.RESTRICTED)
    concept = run.roadmap.concepts.get(outline_key="c02")
    address = f"/api/v1/roadmaps/{run.roadmap_id}/concepts/{concept.stable_key}"
    told = client.get(address).json()["resources"]["resources"]
    assert [one["state"] for one in told] == ["restricted"] * 3
    assert told[0]["checked_at"].startswith("2026-11-03T23:30")


def test_the_staff_finds_those_that_are_dead(admin_client: Client) -> None:
    make_ready()
    found(LinkState.DEAD, title="c02 first")
    assert site._registry[Resource].list_filter == ("state",)
    page = admin_client.get("/admin/concepts/resource/?state__exact=dead").content.decode()
    assert "c02 first" in page
    assert "c02 second" not in page
