"""A learner's own page: what is in work, what is next, and when they have learned."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from concepts.models import Concept
from learning.models import ConceptMark, Learner, QuestionAnswer
from roadmaps.models import Roadmap, Visibility
from tests.learning.library import Page
from tests.learning.progress.cast import in_order, make_roadmap, mark, write_tutorial
from tests.learning.quiz.cast import make_knots, make_quiz, open_form, quiz_address, send
from tests.visitors import make_visitors

pytestmark = pytest.mark.django_db


@pytest.fixture
def dora() -> User:
    return User.objects.create_user("dora@knots.example", "rope-and-twine", time_zone="Asia/Tokyo")


@pytest.fixture
def learner(dora: User) -> Learner:
    return Learner.objects.create(user=dora)


@pytest.fixture
def client(dora: User) -> Client:
    client = Client()
    client.force_login(dora)
    return client


def read(client: Client) -> str:
    response = client.get("/learning/")
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def part(page: str, heading: str) -> str:
    return page.split(f'id="{heading}"')[1].split("</section>", maxsplit=1)[0]


@pytest.mark.parametrize("name", ["anonymous", "bob"])
def test_whoever_has_begun_nothing_is_told_how_to_begin(name: str) -> None:
    page = read(make_visitors().client(name))
    assert "Nothing is begun yet" in page
    assert 'href="/#public"' in page
    assert ("You need no account" in page) == (name == "anonymous")
    assert "<svg" not in page
    assert not Learner.objects.exists()


def test_the_first_concept_that_is_left_is_the_next_step(client: Client, learner: Learner) -> None:
    roadmap = make_roadmap()
    concepts = in_order(roadmap)
    mark(learner, concepts[0])
    mark(learner, concepts[2], "skipped")
    page = read(client)
    assert f'href="/roadmaps/knots/{concepts[1].slug}/"' in part(page, "next")
    assert "2 of 4 concepts · 50%" in page


def test_an_attempt_is_work_as_well_and_the_newest_comes_first(
    client: Client, learner: Learner
) -> None:
    first = make_roadmap("first")
    mark(learner, in_order(first)[0])
    make_quiz(concept := in_order(make_roadmap("second"))[1])
    send(client, open_form(client, quiz_address(concept)))
    page = read(client)
    assert "/roadmaps/second/" in part(page, "next")
    assert "/roadmaps/first/" in part(page, "in-work")
    assert "0 of 4 concepts · 0%" in page


def test_what_is_finished_stands_apart(client: Client, learner: Learner) -> None:
    roadmap = make_roadmap(concepts=2)
    for concept in in_order(roadmap):
        mark(learner, concept, "known")
    page = read(client)
    assert "All that you began is finished." in page
    assert "2 of 2 concepts · 100%" in part(page, "finished")
    assert 'id="next"' not in page


def test_finished_concepts_that_changed_since_are_counted(client: Client, learner: Learner) -> None:
    concepts = in_order(make_roadmap())
    for concept in concepts[:2]:
        write_tutorial(concept, 2)
        mark(learner, concept, version=1)
    assert "2 concepts that you finished have changed since." in read(client)
    ConceptMark.objects.filter(concept=concepts[0]).update(completed_version=2)
    assert "1 concept that you finished has changed since." in read(client)


def test_what_others_do_and_what_may_not_be_seen_is_not_in_it(
    client: Client, learner: Learner
) -> None:
    visitors = make_visitors()
    other = Learner.objects.create(user=visitors.bob)
    mark(other, in_order(make_roadmap("others"))[0])
    hidden = make_roadmap("hidden")
    mark(learner, in_order(hidden)[0])
    Roadmap.objects.filter(pk=hidden.pk).update(visibility=Visibility.PRIVATE, owner=visitors.alice)
    page = read(client)
    assert "others" not in page
    assert "/roadmaps/hidden/" not in page


def test_what_a_visitor_did_is_there_without_an_account_and_after_signing_up() -> None:
    concept = make_knots()
    client = Client()
    send(client, open_form(client, quiz_address(concept)))
    assert "/roadmaps/knots/" in part(read(client), "next")
    assert "This is kept in this browser." in read(client)
    User.objects.create_user("emil@knots.example", "rope-and-twine")
    client.post(
        "/accounts/login/", {"username": "emil@knots.example", "password": "rope-and-twine"}
    )
    assert "/roadmaps/knots/" in part(read(client), "next")
    assert "This is kept in this browser." not in read(client)


def test_the_calendar_counts_answers_and_marks_by_the_learners_own_days(
    client: Client, learner: Learner
) -> None:
    concept = make_knots()
    send(client, open_form(client, quiz_address(concept)))
    mark(learner, concept)
    yesterday = timezone.now() - timedelta(days=1)
    late = yesterday.replace(hour=16, minute=30)  # past midnight in Tokyo
    QuestionAnswer.objects.update(answered_at=late)
    ConceptMark.objects.update(marked_at=late)
    page = part(read(client), "activity")
    day = (late + timedelta(hours=9)).strftime("%-d %b %Y")
    assert f"<title>{day}: 4</title>" in page
    assert "you learned on 1 day." in page
    assert "time zone Asia/Tokyo" in page


def test_the_calendar_says_the_same_in_a_list(client: Client, learner: Learner) -> None:
    for number, concept in enumerate(in_order(make_roadmap())):
        mark(learner, concept)
        ConceptMark.objects.filter(concept=concept).update(
            marked_at=timezone.now() - timedelta(days=3 * number)
        )
    page = part(read(client), "activity")
    titles = re.findall(r"<title>(.*?): (\d+)</title>", page)
    rows = re.findall(r'<th scope="row">(\d+ \w+ \d+)</th><td>(\d+)</td>', page)
    assert len(titles) == 4
    assert rows == titles[::-1]


def test_what_is_older_than_half_a_year_is_not_drawn(client: Client, learner: Learner) -> None:
    mark(learner, in_order(make_roadmap())[0])
    ConceptMark.objects.update(marked_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert "you learned on 0 days." in read(client)


@pytest.mark.parametrize("zone", ["localtime", "Factory", "no such zone", "\\x00"])
def test_a_time_zone_that_the_server_does_not_know_breaks_nothing(
    client: Client, learner: Learner, dora: User, zone: str
) -> None:
    User.objects.update(time_zone=zone)
    mark(learner, in_order(make_roadmap())[0])
    assert "you learned on 1 day." in read(client)


def test_the_page_costs_the_same_however_much_is_in_work(
    client: Client, learner: Learner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        mark(learner, in_order(make_roadmap(f"roadmap-{number}"))[0])
        with django_assert_num_queries(10):
            client.get("/learning/")


def test_progress_is_one_number_on_this_page_and_where_it_is_computed(
    client: Client, learner: Learner
) -> None:
    for concept in in_order(make_roadmap(concepts=3))[:2]:
        mark(learner, concept)
    assert "2 of 3 concepts · 66%" in read(client)


def test_no_link_of_the_page_is_dead_and_nothing_is_inline(
    client: Client, learner: Learner
) -> None:
    concept: Concept = in_order(make_roadmap())[0]
    mark(learner, concept)
    page = Page(read(client))
    assert page.offences == []
    for link in page.links():
        if link.startswith("/"):
            assert client.get(link.partition("#")[0], follow=True).status_code == 200, link
