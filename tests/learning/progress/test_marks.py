"""Being through with a concept, by a plain form."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from concepts.models import Concept
from learning.models import ConceptMark, Learner
from roadmaps.models import Roadmap
from tests.learning.progress.cast import in_order, make_roadmap, write_tutorial
from tests.visitors import make_visitors

pytestmark = pytest.mark.django_db


@pytest.fixture
def concept() -> Concept:
    return in_order(make_roadmap())[0]


def mark_address(concept: Concept) -> str:
    return reverse("learning:mark", args=[concept.roadmap.slug, concept.slug])


def lesson_address(concept: Concept) -> str:
    return reverse("learning:concept", args=[concept.roadmap.slug, concept.slug])


def set_mark(client: Client, concept: Concept, standing: str, status: int = 302) -> None:
    response = client.post(mark_address(concept), {"standing": standing})
    assert response.status_code == status


def test_done_remembers_the_version_that_was_read_and_the_rest_does_not(
    client: Client, concept: Concept
) -> None:
    write_tutorial(concept, 3)
    told = {}
    for standing in ("known", "done", "skipped"):
        set_mark(client, concept, standing)
        mark = ConceptMark.objects.get()
        told[mark.standing] = mark.completed_version
    assert told == {"known": None, "done": 3, "skipped": None}


def test_done_again_is_done_with_what_there_is_now(client: Client, concept: Concept) -> None:
    write_tutorial(concept, 1)
    set_mark(client, concept, "done")
    write_tutorial(concept, 2)
    set_mark(client, concept, "done")
    assert ConceptMark.objects.get().completed_version == 2


def test_a_mark_is_taken_away_and_its_absence_makes_no_learner(
    client: Client, concept: Concept
) -> None:
    set_mark(client, concept, "none")
    assert not Learner.objects.exists()
    set_mark(client, concept, "done")
    set_mark(client, concept, "none")
    assert not ConceptMark.objects.exists()


def test_without_a_tutorial_one_can_be_through_as_well(client: Client, concept: Concept) -> None:
    set_mark(client, concept, "done")
    assert ConceptMark.objects.get().completed_version is None


@pytest.mark.parametrize("standing", ["", "Done", "finished", "\x00", "d" * 10_000])
def test_a_standing_that_there_is_not_is_refused_in_words(
    client: Client, concept: Concept, standing: str
) -> None:
    response = client.post(mark_address(concept), {"standing": standing})
    assert response.status_code == 400
    assert "could not be read" in response.content.decode()
    assert not Learner.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "is_ours"),
    [
        ("/", True),
        ("/learning/?page=2", True),
        ("//evil.example/", False),
        ("https://evil.example/", False),
        ("/\\evil.example/", False),
        ("javascript:alert(1)", False),
        ("learning/", False),
        ("", False),
        ("/\r\nSet-Cookie: a=b", False),
        ("/" + "a" * 5_000, False),
    ],
)
def test_the_way_back_leads_to_pages_of_ours_alone(
    client: Client, concept: Concept, wanted: str, is_ours: bool
) -> None:
    data = {"standing": "done", "next": wanted}
    response = client.post(mark_address(concept), data)
    assert response.status_code == 302
    assert response["Location"] == (wanted if is_ours else f"{lesson_address(concept)}#through")


def test_whoever_marks_a_lesson_stays_at_its_end(client: Client, concept: Concept) -> None:
    response = client.post(mark_address(concept), {"standing": "done"}, follow=True)
    [(address, _)] = response.redirect_chain
    place = address.partition("#")[2]
    assert f'id="{place}"' in response.content.decode()


def test_who_does_not_see_the_roadmap_cannot_mark_it() -> None:
    visitors = make_visitors()
    concept = in_order(make_roadmap(visibility="private"))[0]
    Roadmap.objects.update(owner=visitors.alice)
    for name, status in {"bob": 404, "anonymous": 404, "alice": 302}.items():
        set_mark(visitors.client(name), concept, "done", status)
    assert ConceptMark.objects.get().learner.user == visitors.alice


def test_signing_up_keeps_what_a_visitor_is_through_with(client: Client, concept: Concept) -> None:
    set_mark(client, concept, "done")
    person = {"email": "new@knots.example", "password1": "rope-and-twine"}
    client.post("/accounts/signup/", person | {"password2": person["password1"]})
    client.post("/accounts/login/", {"username": person["email"], "password": person["password1"]})
    assert ConceptMark.objects.get().learner.user == User.objects.get(email=person["email"])


def test_marks_are_bounded_and_the_page_says_when_to_try_again(
    client: Client, concept: Concept, settings: Settings
) -> None:
    settings.ANSWERS_PER_MINUTE = 1
    for status in (302, 302, 429):
        response = client.post(mark_address(concept), {"standing": "done"})
        assert response.status_code == status
    page = response.content.decode()
    assert "please try again in" in page
    assert "Not just now" in page


def test_looking_at_the_address_of_a_mark_does_nothing(client: Client, concept: Concept) -> None:
    assert client.get(mark_address(concept)).status_code == 405


def test_a_browser_that_was_somebodys_is_another_learner_when_they_have_left() -> None:
    """The learner that became an account's is nobody's else, whatever the browser still sends."""
    concept = in_order(make_roadmap())[0]
    client = Client()
    client.get("/accounts/login/")
    set_mark(client, concept, "done")
    learner = Learner.objects.get()
    learner.user = User.objects.create_user("dora@knots.example", "rope-and-twine")
    learner.save()
    set_mark(client, concept, "skipped")
    assert dict(ConceptMark.objects.values_list("learner__user__email", "standing")) == {
        "dora@knots.example": "done",
        None: "skipped",
    }


def test_a_lesson_shows_how_one_stands_with_it_and_offers_the_rest(
    client: Client, concept: Concept
) -> None:
    def offers() -> set[str]:
        page = client.get(lesson_address(concept)).content.decode()
        form = page.split(f'action="{mark_address(concept)}"')[1].split("</form>")[0]
        return set(re.findall(r'name="standing" value="(\w+)"', form))

    write_tutorial(concept, 1)
    assert offers() == {"done", "known", "skipped"}
    set_mark(client, concept, "done")
    assert offers() == {"none"}
    set_mark(client, concept, "none")
    assert offers() == {"done", "known", "skipped"}
