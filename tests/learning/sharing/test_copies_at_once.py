"""Two clicks at the same moment are one copy, also where nobody knows the visitor yet."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.test import Client
from pytest_django import Settings

from learning.sharing import copying, forking
from roadmaps.models import Roadmap
from tests.learning.holding import hold_first, run_both
from tests.learning.library import make_ready
from tests.visitors import make_visitors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

HERE = {"REMOTE_ADDR": "192.0.2.1"}
ELSEWHERE = {"REMOTE_ADDR": "2001:db8::1"}


def click_twice(
    client: Client, observer: psycopg.Connection, both: tuple[dict[str, str], dict[str, str]]
) -> list[Any]:
    """The second comes while the first is being copied."""
    address = f"{make_ready().roadmap.get_absolute_url()}-/fork/"
    client.get(address)
    cookies = client.cookies.output(header="", sep=";")

    def click(number: int) -> Any:
        twin = Client(raise_request_exception=False, **both[number])  # type: ignore[arg-type]  # headers
        twin.cookies.load(cookies)
        return twin.post(address)

    with hold_first(copying, "_copy_artifacts") as held:
        return run_both(observer, held, click)


@pytest.mark.parametrize("name", ["anonymous", "bob"])
@pytest.mark.parametrize("other", [HERE, ELSEWHERE], ids=["one address", "two addresses"])
def test_two_clicks_at_the_same_moment_make_one_copy_and_take_one_place(
    observer: psycopg.Connection, settings: Settings, name: str, other: dict[str, str]
) -> None:
    settings.ANONYMOUS_ROADMAPS_PER_DAY = settings.USER_ROADMAPS_PER_DAY = 1
    answers = click_twice(make_visitors().client(name), observer, (HERE, other))
    assert [answer.status_code for answer in answers] == [302, 302]
    copy = Roadmap.objects.exclude(copied_from=None).get()
    assert {answer.headers["Location"] for answer in answers} == {copy.get_absolute_url()}
    # Whichever answer comes last decides which session the browser has.
    for answer in answers:
        page = answer.client.get(f"{copy.get_absolute_url()}-/delete/")
        assert page.status_code == 200


def test_two_clicks_between_which_a_wish_becomes_another_are_one_copy_too(
    observer: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys of copies go by half minutes; the second click comes in the next one."""
    turns = itertools.count(30, 30)
    monkeypatch.setattr(forking, "time", SimpleNamespace(time=lambda: next(turns)))
    answers = click_twice(Client(), observer, (HERE, ELSEWHERE))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Roadmap.objects.exclude(copied_from=None).count() == 1
    assert next(turns) == 90  # each had its own


def test_copies_of_other_browsers_and_of_other_roadmaps_are_others(settings: Settings) -> None:
    settings.ANONYMOUS_ROADMAPS_PER_DAY = 9
    addresses = [f"{make_ready().roadmap.get_absolute_url()}-/fork/" for _ in range(2)]
    for _ in range(2):
        client = Client()
        for address in addresses:
            client.get(address)
            assert client.post(address).status_code == 302
    assert Roadmap.objects.exclude(copied_from=None).count() == 4
