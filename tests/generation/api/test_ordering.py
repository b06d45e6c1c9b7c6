"""Ordering a roadmap through the API."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from kombu.exceptions import OperationalError
from pytest_django import Settings

from accounts.models import User
from generation.models import GenerationRun
from generation.providers.catalogue import find_roadmap
from roadmaps.models import Roadmap, Visibility
from tests.generation.api.calls import API, PREDECESSORS, error_of, generate
from tests.learning.library import make_ready
from tests.visitors import make_visitors

pytestmark = pytest.mark.django_db


def test_the_predecessors_request_is_taken_as_it_stands(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://cairn.example"
    answer = generate(client)
    assert answer.status_code == 202
    run = GenerationRun.objects.get()
    assert answer.json() == {
        "run_id": str(run.pk),
        "roadmap_id": str(run.roadmap_id),
        "status_url": f"https://cairn.example{API}/runs/{run.pk}",
        "roadmap_url": f"https://cairn.example{run.roadmap.get_absolute_url()}",
        "events_url": f"https://cairn.example{API}/runs/{run.pk}/events",
    }
    assert (run.provider, run.roadmap.goal) == ("catalogue", "Python Web开发")


def test_whoever_has_no_cookie_follows_the_addresses_of_the_answer(
    client: Client, settings: Settings
) -> None:
    settings.SITE_URL = ""
    told = generate(client).json()
    for name in ("status_url", "events_url", "roadmap_url"):
        assert Client().get(told[name]).status_code == 200
    assert Client().get(f"{API}/roadmaps/{told['roadmap_id']}").status_code == 200


def test_an_anonymous_order_is_unlisted_and_leaves_no_session(client: Client) -> None:
    answer = generate(client)
    roadmap = Roadmap.objects.get()
    assert (roadmap.visibility, roadmap.owner) == (Visibility.UNLISTED, None)
    assert not answer.cookies
    assert not Session.objects.exists()


def test_a_browser_that_orders_through_the_api_finds_it_on_its_page(client: Client) -> None:
    client.post("/", {"goal": "Python web development"})
    generate(client)
    mine = client.get(f"{API}/roadmaps?whose=own").json()["roadmaps"]
    assert len(mine) == 2
    assert all(line["is_own"] for line in mine)


def test_an_account_owns_what_it_orders_whatever_the_user_id_says() -> None:
    visitors = make_visitors()
    answer = generate(visitors.client("alice"), PREDECESSORS | {"user_id": str(visitors.bob.pk)})
    roadmap = Roadmap.objects.get(pk=answer.json()["roadmap_id"])
    assert (roadmap.owner, roadmap.visibility) == (visitors.alice, Visibility.PRIVATE)


def test_a_user_id_makes_nobody_an_owner(client: Client) -> None:
    visitors = make_visitors()
    generate(client, PREDECESSORS | {"user_id": visitors.alice.email})
    assert Roadmap.objects.get().owner is None
    assert "alice" not in str(GenerationRun.objects.values().get())


def test_wishes_reach_the_run(client: Client) -> None:
    wishes = {"level": "beginner", "hours_per_week": 6, "target_date": "2099-12-31"}
    built_in = find_roadmap(PREDECESSORS["user_request"])
    assert built_in is not None
    wishes |= {"language": "en", "concepts": len(built_in.outline.concepts())}
    assert generate(client, PREDECESSORS | wishes).status_code == 202
    assert GenerationRun.objects.get().options == wishes


def test_what_is_already_written_is_the_answer_and_free(client: Client, settings: Settings) -> None:
    settings.ANONYMOUS_ROADMAPS_PER_DAY = 0
    run = make_ready()
    goal = "Python web development"
    Roadmap.objects.update(goal=goal, goal_key=goal.lower())
    options = dict.fromkeys(
        ("level", "language", "hours_per_week", "target_date", "concepts"), None
    )
    GenerationRun.objects.update(provider="catalogue", options=options)
    assert generate(client, {"user_request": goal}).json()["run_id"] == str(run.pk)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"user_request": ""}, "user_request"),
        ({"user_request": None}, "user_request"),
        ({"user_request": ["a"]}, "user_request"),
        ({"user_request": "x" * 501}, "user_request"),
        ({"user_request": "Tying knots"}, "user_request"),
        ({"user_id": "x" * 201}, "user_id"),
        ({"user_id": 7}, "user_id"),
        ({"level": "wizard"}, "level"),
        ({"level": "advanced"}, "user_request"),
        ({"language": "zz zz"}, "language"),
        ({"language": "e" * 36}, "language"),
        ({"hours_per_week": 0}, "hours_per_week"),
        ({"hours_per_week": 81}, "hours_per_week"),
        ({"hours_per_week": "6"}, "hours_per_week"),
        ({"hours_per_week": True}, "hours_per_week"),
        ({"hours_per_week": 10**30}, "hours_per_week"),
        ({"target_date": "2020-01-01"}, "target_date"),
        ({"target_date": "2099-02-30"}, "target_date"),
        ({"target_date": 4_000_000_000}, "target_date"),
        ({"concepts": 3}, "concepts"),
        ({"concepts": 201}, "concepts"),
        ({"plan_first": "yes"}, "plan_first"),
    ],
)
def test_a_mistake_is_told_by_its_field_and_costs_nothing(
    client: Client, settings: Settings, wrong: dict[str, Any], field: str
) -> None:
    settings.ANONYMOUS_ROADMAPS_PER_DAY = 1
    answer = generate(client, PREDECESSORS | wrong)
    error = error_of(answer)
    assert (answer.status_code, list(error["fields"])) == (422, [field])
    assert not any(name in str(error) for name in ("LLM_", ".env", "Value error", "pydantic"))
    assert generate(client).status_code == 202


@pytest.mark.parametrize("wish", [True, False])
def test_what_is_built_in_is_written_at_once_whoever_asks_for_the_plan_first(
    client: Client, wish: bool
) -> None:
    answer = generate(client, PREDECESSORS | {"plan_first": wish})
    assert answer.status_code == 202
    run = GenerationRun.objects.get(pk=answer.json()["run_id"])
    assert "plan_first" not in run.options


def test_nobody_gets_a_plan_that_nobody_could_approve(client: Client, settings: Settings) -> None:
    """A program without a cookie is not known again."""
    path = "tests.generation.stepwise.make_stepwise_provider"
    settings.CONTENT_PROVIDERS = settings.CONTENT_PROVIDERS | {"stepwise": path}
    settings.CONTENT_PROVIDER = "stepwise"
    wish = {"user_request": "Tying knots", "plan_first": True}
    answer = generate(client, wish)
    assert (answer.status_code, GenerationRun.objects.exists()) == (422, False)
    assert "Nobody could say later" in error_of(answer)["message"]
    assert generate(client, wish | {"plan_first": False}).status_code == 202
    client.force_login(User.objects.create(email="carol@knots.example"))
    assert generate(client, wish).status_code == 202


@pytest.mark.parametrize("body", ["", "{", "nonsense", b"\xff\xfe", "[" * 60_000, "9" * 5_000])
def test_what_is_no_json_is_told_so(client: Client, body: Any) -> None:
    answer = generate(client, body)
    error_of(answer)
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("body", ["null", "[]", "5", '"x"', "[{}]", '{"user_request": "\\u0000"}'])
def test_what_is_no_order_is_told_so(client: Client, body: str) -> None:
    answer = generate(client, body)
    assert (answer.status_code, "fields" in error_of(answer)) == (422, True)


def test_a_body_that_no_order_needs_is_too_large(client: Client) -> None:
    for size in (65_537, 3_000_000):
        answer = generate(client, PREDECESSORS | {"user_request": "x" * size})
        assert (answer.status_code, error_of(answer)["code"]) == (413, "too_large")


class TestLimits:
    """Those of the goal form: the same windows, the same words."""

    def test_a_visitor_is_counted_by_address_and_told_when_to_come_again(
        self, settings: Settings
    ) -> None:
        settings.OPEN_RUNS_PER_PERSON = 1_000
        answers = [generate(Client()) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [202] * 5 + [429]
        assert 86_000 < int(answers[-1].headers["Retry-After"]) <= 86_400
        error = error_of(answers[-1])
        assert (error["code"], "in 24 hours" in error["message"]) == ("too_many_requests", True)
        assert generate(Client(), REMOTE_ADDR="192.0.2.1").status_code == 202

    def test_the_form_and_the_api_are_counted_together(self, settings: Settings) -> None:
        settings.ANONYMOUS_ROADMAPS_PER_DAY = 2
        assert Client().post("/", {"goal": "Python web development"}).status_code == 302
        assert [generate(Client()).status_code for _ in range(2)] == [202, 429]

    def test_so_many_runs_may_be_under_way(self, settings: Settings) -> None:
        answers = [generate(Client()) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [202] * 3 + [429]
        assert answers[-1].headers["Retry-After"] == "60"

    def test_where_strangers_may_not_order_they_are_asked_to_sign_in(
        self, client: Client, settings: Settings
    ) -> None:
        settings.ANONYMOUS_ROADMAPS_PER_DAY = 0
        answer = generate(client)
        assert answer.status_code == 403
        assert "you need an account here" in error_of(answer)["message"]
        assert generate(make_visitors().client("alice")).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_an_order_is_taken_while_no_broker_answers(client: Client) -> None:
    with patch("generation.tasks.start_run.delay", side_effect=OperationalError("away")):
        assert generate(client).status_code == 202


def test_nothing_is_told_of_why_nobody_writes(client: Client, settings: Settings) -> None:
    settings.CONTENT_PROVIDER = "openai"
    settings.CONTENT_PROVIDERS = {"openai": "no.such.Provider"}
    answer = generate(client)
    assert answer.status_code == 422
    assert "Provider" not in error_of(answer)["message"]
