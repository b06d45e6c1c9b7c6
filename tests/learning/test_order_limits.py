"""How many roadmaps a stranger may ask for, and what a page says to one too many."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from pytest_django import Settings

from accounts.limits.rules import counted
from accounts.models import User
from generation import orders
from generation.models import GenerationRun
from generation.port.request import OutlineRequest
from generation.run_states import UNDER_WAY, RunState
from roadmaps.models import Roadmap
from roadmaps.services import goal_key
from tests.learning.library import make_ready

pytestmark = pytest.mark.django_db

GOAL = {"goal": "Python web development"}


@pytest.fixture(autouse=True)
def as_many_at_a_time_as_one_likes(settings: Settings) -> None:
    settings.OPEN_RUNS_PER_PERSON = 1_000


def ask(client: Client, hours: int = 1, **more: Any) -> int:
    """Another wish each time: the same one may be written already."""
    return int(client.post("/", GOAL | {"hours_per_week": str(hours)}, **more).status_code)


def asks(client: Client, times: int, **more: Any) -> list[int]:
    return [ask(client, hours, **more) for hours in range(1, times + 1)]


def carol() -> User:
    return User.objects.create_user("carol@knots.example", "rope-and-twine")


def test_a_visitor_asks_for_five_a_day(client: Client) -> None:
    assert asks(client, 7) == [302] * 5 + [429] * 2
    assert GenerationRun.objects.count() == 5


def test_a_visitor_who_throws_cookies_away_is_known_by_address() -> None:
    assert [ask(Client(), hours) for hours in range(1, 8)] == [302] * 5 + [429] * 2


def test_a_visitor_who_changes_address_is_known_by_session(client: Client) -> None:
    answers = [ask(client, hours, REMOTE_ADDR=f"192.0.2.{hours}") for hours in range(1, 8)]
    assert answers == [302] * 5 + [429] * 2


def test_others_are_not_counted_with_them(client: Client) -> None:
    asks(client, 6)
    assert ask(Client(), REMOTE_ADDR="192.0.2.1") == 302


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        ("2001:db8:1:1::1", "2001:db8:1:1:ffff::2", 429),
        ("2001:db8:1:1::1", "2001:db8:1:2::1", 302),
        ("192.0.2.1", "::ffff:192.0.2.1", 429),
        ("127.0.0.1", "127.0.0.1", 429),
        ("127.0.0.1", "127.0.0.2", 302),
    ],
)
def test_addresses_count_as_what_one_visitor_has(one: str, other: str, status: int) -> None:
    assert [ask(Client(REMOTE_ADDR=one), hours) for hours in range(1, 6)] == [302] * 5
    assert ask(Client(REMOTE_ADDR=other), 6) == status


def test_what_visitors_write_of_their_address_is_not_believed(settings: Settings) -> None:
    def from_many_addresses() -> list[int]:
        headers = [f"10.0.0.{hours}, 198.51.100.1" for hours in range(1, 8)]
        return [ask(Client(), HTTP_X_FORWARDED_FOR=header) for header in headers]

    assert from_many_addresses() == [302] * 5 + [429] * 2
    counted().alone.__init__()  # type: ignore[misc]  # another day
    settings.TRUSTED_PROXIES = 1
    assert from_many_addresses() == [302] * 5 + [429] * 2
    assert ask(Client(), HTTP_X_FORWARDED_FOR="10.0.0.1, 198.51.100.2") == 302


def test_an_account_has_its_own_number(client: Client, settings: Settings) -> None:
    settings.USER_ROADMAPS_PER_DAY = 7
    client.force_login(carol())
    assert asks(client, 9) == [302] * 7 + [429] * 2


def test_all_orders_of_an_address_are_counted(settings: Settings) -> None:
    settings.ORDERS_PER_ADDRESS_PER_DAY = 6
    signed_in = Client()
    signed_in.force_login(carol())
    assert asks(signed_in, 3) + asks(Client(), 3) == [302] * 6
    assert [ask(signed_in, 9), ask(Client(), 9)] == [429, 429]
    assert ask(signed_in, 9, REMOTE_ADDR="192.0.2.1") == 302


def test_a_form_with_a_mistake_costs_nothing(client: Client) -> None:
    changes = {"goal": ""}, {"hours_per_week": "999"}, {"level": "x"}, {"goal": "Python web"}
    for change in changes:
        answers = [client.post("/", GOAL | change).status_code for _ in range(6)]
        assert answers == [422] * 6, change
    assert asks(client, 6) == [302] * 5 + [429]


def test_an_order_that_fails_later_costs_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> uuid.UUID:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(orders, "request_roadmap", fail)
        client.raise_request_exception = False
        assert asks(client, 8) == [500] * 8
    assert asks(client, 6) == [302] * 5 + [429]


def test_the_same_form_sent_again_costs_nothing(client: Client) -> None:
    form = GOAL | {"key": str(uuid.uuid4())}
    addresses = {client.post("/", form).headers["Location"] for _ in range(8)}
    assert len(addresses) == 1
    assert asks(client, 5) == [302] * 4 + [429]


def test_what_is_already_written_is_free_even_where_nothing_else_may_be_asked_for(
    client: Client, settings: Settings
) -> None:
    written = make_ready()
    Roadmap.objects.update(goal=GOAL["goal"], goal_key=goal_key(GOAL["goal"]))
    options = OutlineRequest(GOAL["goal"]).options()
    GenerationRun.objects.update(provider="catalogue", options=options)
    asks(client, 6)
    settings.ANONYMOUS_ROADMAPS_PER_DAY = 0
    for asking in (client, Client()):
        answer = asking.post("/", GOAL)
        assert (answer.status_code, answer.headers["Location"]) == (
            302,
            written.roadmap.get_absolute_url(),
        )
    assert ask(client, 9) == 403


def test_one_too_many_is_told_when_and_keeps_what_was_typed(client: Client) -> None:
    asks(client, 5)
    answer = client.post("/", GOAL | {"hours_per_week": "9"})
    page = answer.content.decode()
    assert answer.status_code == 429
    assert 86_000 < int(answer.headers["Retry-After"]) <= 86_400
    assert "You can ask for the next one in 24 hours." in page
    assert 'value="Python web development"' in page
    assert 'value="9"' in page
    assert "PER_DAY" not in page


def test_who_has_an_account_is_told_the_time_of_day(client: Client, settings: Settings) -> None:
    settings.USER_ROADMAPS_PER_DAY = 1
    user = carol()
    user.time_zone = "Asia/Kolkata"
    user.save()
    client.force_login(user)
    asks(client, 1)
    page = client.post("/", GOAL).content.decode()
    assert "in 24 hours (at " in page
    assert ", Asia/Kolkata)" in page


def test_a_program_gets_the_one_shape_of_errors(client: Client) -> None:
    asks(client, 5)
    answer = client.post("/", GOAL, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many_requests")
    assert answer.json()["error"]["message"].startswith("That is as many roadmaps")
    assert int(answer.headers["Retry-After"]) > 0


def test_without_anonymous_roadmaps_visitors_are_asked_to_sign_in(
    client: Client, settings: Settings
) -> None:
    settings.ANONYMOUS_ROADMAPS_PER_DAY = 0
    answer = client.post("/", GOAL)
    assert answer.status_code == 403
    assert "you need an account here" in answer.content.decode()
    assert "Retry-After" not in answer.headers
    client.force_login(carol())
    assert ask(client) == 302


class TestOpenRuns:
    @pytest.fixture(autouse=True)
    def three_at_a_time(self, settings: Settings) -> None:
        settings.OPEN_RUNS_PER_PERSON = 3
        settings.ANONYMOUS_ROADMAPS_PER_DAY = 100

    def test_three_may_be_under_way(self, client: Client) -> None:
        assert asks(client, 5) == [302] * 3 + [429] * 2
        answer = client.post("/", GOAL)
        assert answer.headers["Retry-After"] == "60"
        assert "as soon as one of them is finished" in answer.content.decode()

    @pytest.mark.parametrize("state", sorted(set(RunState) - UNDER_WAY))
    def test_one_that_has_ended_makes_room(self, client: Client, state: RunState) -> None:
        asks(client, 4)
        newest = GenerationRun.objects.values_list("pk").first()
        GenerationRun.objects.filter(pk__in=newest or ()).update(state=state, reason="So it is.")
        assert [ask(client, 8), ask(client, 9)] == [302, 429]

    def test_an_account_is_counted_wherever_it_is(self, client: Client) -> None:
        client.force_login(carol())
        answers = [ask(client, hours, REMOTE_ADDR=f"192.0.2.{hours}") for hours in range(1, 6)]
        assert answers == [302] * 3 + [429] * 2

    def test_visitors_are_counted_by_session_and_by_address(self, client: Client) -> None:
        assert [ask(Client(), hours) for hours in range(1, 5)] == [302] * 3 + [429]
        moving = [ask(client, hours, REMOTE_ADDR=f"192.0.2.{hours}") for hours in range(1, 6)]
        assert moving == [302] * 3 + [429] * 2

    def test_who_waits_for_others_to_end_keeps_the_days_places(
        self, client: Client, settings: Settings
    ) -> None:
        settings.ANONYMOUS_ROADMAPS_PER_DAY = 4
        assert asks(client, 8) == [302] * 3 + [429] * 5
        settings.OPEN_RUNS_PER_PERSON = 100
        assert [ask(client, 8), ask(client, 9)] == [302, 429]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", ["ANONYMOUS_ROADMAPS_PER_DAY", "OPEN_RUNS_PER_PERSON"])
def test_many_at_once_get_no_more_than_one_after_the_other(
    settings: Settings, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generation.tasks.start_run.delay", lambda _run: None)
    setattr(settings, limit, 3)
    together = threading.Barrier(8)

    def come(hours: int) -> int:
        together.wait(100)
        try:
            return ask(Client(), hours)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(come, range(1, 9)))
    assert answers == [302] * 3 + [429] * 5
    assert GenerationRun.objects.count() == 3
    connection.close()
