from __future__ import annotations

import re
import uuid
from unittest.mock import patch

import pytest
from django.test import Client
from kombu.exceptions import OperationalError
from pytest_django import DjangoAssertNumQueries

from generation.models import GenerationRun
from roadmaps.makers import MADE_ROADMAPS
from roadmaps.models import Roadmap, Visibility
from tests.learning.library import make_ready, open_order
from tests.visitors import make_visitors

pytestmark = pytest.mark.django_db

GOAL = {"goal": "Python web development"}


def test_ordering_a_roadmap_leads_to_the_page_of_its_run(client: Client) -> None:
    answer = client.post("/", GOAL)
    run = GenerationRun.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, run.get_absolute_url())


def test_an_anonymous_roadmap_is_unlisted_and_its_address_is_a_secret(client: Client) -> None:
    client.post("/", GOAL)
    roadmap = Roadmap.objects.get()
    assert (roadmap.visibility, roadmap.owner) == (Visibility.UNLISTED, None)
    assert re.fullmatch(r"python-web-development-[0-9a-f]{32}", roadmap.slug)


def test_the_browser_that_made_a_roadmap_finds_it_again_and_no_other_does(client: Client) -> None:
    client.post("/", GOAL)
    roadmap = Roadmap.objects.get()
    assert client.session[MADE_ROADMAPS] == [str(roadmap.pk)]
    assert roadmap.get_absolute_url() in client.get("/").content.decode()
    assert roadmap.get_absolute_url() not in Client().get("/").content.decode()


def test_a_signed_in_user_gets_a_private_roadmap() -> None:
    visitors = make_visitors()
    visitors.client("alice").post("/", GOAL)
    roadmap = Roadmap.objects.get()
    assert (roadmap.visibility, roadmap.owner) == (Visibility.PRIVATE, visitors.alice)
    assert roadmap.get_absolute_url() not in visitors.client("bob").get("/").content.decode()


def test_wishes_reach_the_run(client: Client) -> None:
    client.post("/", GOAL | {"level": "beginner", "hours_per_week": "6"})
    options = GenerationRun.objects.get().options
    assert (options["level"], options["hours_per_week"]) == ("beginner", 6)


@pytest.mark.parametrize(
    "wish", [{"goal": ""}, {"goal": "x\x00y"}, {"hours_per_week": "0"}, {"level": "wizard"}]
)
def test_a_form_with_a_mistake_comes_back_with_it(client: Client, wish: dict[str, str]) -> None:
    answer = client.post("/", GOAL | wish)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert not Roadmap.objects.exists()


def test_a_near_goal_is_refused_with_suggestions_to_click(client: Client) -> None:
    answer = client.post("/", {"goal": "Python web"})
    assert answer.status_code == 422
    button = '<button class="chip" form="offer" name="goal" value="Python web development">'
    assert button in answer.content.decode()
    filled = client.get("/?goal=Python%20web%20development").content.decode()
    assert 'value="Python web development"' in filled


def test_what_somebody_typed_comes_back_as_text(client: Client) -> None:
    page = client.post("/", {"goal": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_sending_a_form_twice_makes_one_roadmap(client: Client) -> None:
    form = GOAL | {"key": str(uuid.uuid4())}
    first, second = client.post("/", form), client.post("/", form)
    assert first.headers["Location"] == second.headers["Location"]
    assert Roadmap.objects.count() == 1


def test_the_same_form_with_another_wish_is_another_order(client: Client) -> None:
    form = GOAL | {"key": str(uuid.uuid4())}
    client.post("/", form)
    client.post("/", form | {"hours_per_week": "3"})
    assert Roadmap.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_an_order_survives_a_broker_that_is_away(client: Client) -> None:
    with patch("generation.tasks.start_run.delay", side_effect=OperationalError("nobody there")):
        answer = client.post("/", GOAL)
    assert answer.headers["Location"] == GenerationRun.objects.get().get_absolute_url()


def test_only_public_roadmaps_that_are_ready_are_listed(client: Client) -> None:
    ready = make_ready()
    unlisted = make_ready(visibility=Visibility.UNLISTED)
    unfinished = GenerationRun.objects.get(pk=open_order().run_id)
    page = client.get("/").content.decode()
    assert ready.roadmap.get_absolute_url() in page
    assert unlisted.roadmap.get_absolute_url() not in page
    assert unfinished.roadmap.get_absolute_url() not in page
    assert "4 concepts · lesson 40 min · practice 40 min" in page.replace("\u00a0", " ")


def test_the_list_costs_one_query_however_long_it_is(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        make_ready()
    with django_assert_num_queries(1):
        client.get("/")


def test_a_form_without_its_token_gets_a_page_that_says_what_to_do() -> None:
    answer = Client(enforce_csrf_checks=True).post("/", GOAL)
    assert answer.status_code == 403
    assert "reload the page and send it again" in answer.content.decode()


def test_whoever_asks_for_nothing_is_told_what_to_say(client: Client) -> None:
    page = client.post("/", {"goal": " "}).content.decode()
    assert "Say what you want to learn." in page
