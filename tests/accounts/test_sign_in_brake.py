"""A brake on passwords, on every page that takes one."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from accounts.limits.rules import counted
from accounts.models import User

pytestmark = pytest.mark.django_db

PAGES = ["/accounts/login/", "/admin/login/"]
ADMINS = "/admin/password_change/"
RIGHT = "rope-and-twine"


@pytest.fixture
def carol(transactional_db: None) -> User:
    return User.objects.create_superuser("carol@knots.example", RIGHT)


def try_to(page: str, password: str, name: str = "carol@knots.example", **more: Any) -> Any:
    return Client().post(page, {"username": name, "password": password}, **more)


def tries(page: str, times: int, name: str = "carol@knots.example", **more: Any) -> list[int]:
    return [try_to(page, f"wrong-{number}", name, **more).status_code for number in range(times)]


@pytest.mark.parametrize("page", PAGES)
def test_after_ten_wrong_passwords_the_right_one_has_to_wait_as_well(
    page: str, carol: User
) -> None:
    assert tries(page, 12) == [200] * 10 + [429] * 2
    answer = try_to(page, RIGHT)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


@pytest.mark.parametrize("page", PAGES)
def test_the_page_says_when_and_keeps_the_name(page: str, carol: User) -> None:
    tries(page, 10)
    answer = Client().post(
        page, {"username": "carol@knots.example", "password": "x", "next": "/learning/"}
    )
    shown = answer.content.decode()
    assert "That were many wrong passwords. You can try again in " in shown
    assert 'value="carol@knots.example"' in shown
    assert 'name="next" value="/learning/"' in shown
    assert "PER_MINUTE" not in shown


def test_both_pages_count_together(carol: User) -> None:
    assert tries(PAGES[0], 5) + tries(PAGES[1], 5) == [200] * 10
    assert [try_to(page, RIGHT).status_code for page in PAGES] == [429, 429]


def test_an_account_is_counted_wherever_it_is_tried_from(carol: User) -> None:
    for number in range(10):
        assert tries(PAGES[0], 1, REMOTE_ADDR=f"192.0.2.{number}") == [200]
    assert try_to(PAGES[0], RIGHT, REMOTE_ADDR="192.0.2.99").status_code == 429


def test_an_address_is_counted_whomever_it_tries(carol: User) -> None:
    for number in range(10):
        assert tries(PAGES[0], 1, name=f"somebody-{number}@knots.example") == [200]
    assert try_to(PAGES[0], RIGHT).status_code == 429
    assert try_to(PAGES[0], RIGHT, REMOTE_ADDR="192.0.2.1").status_code == 302


def test_an_account_that_is_not_there_is_counted_like_one_that_is(carol: User) -> None:
    there = [try_to(PAGES[0], "wrong", REMOTE_ADDR=f"192.0.2.{n}") for n in range(12)]
    missing = [
        try_to(PAGES[0], "wrong", "nobody@knots.example", REMOTE_ADDR=f"198.51.100.{n}")
        for n in range(12)
    ]
    assert [one.status_code for one in there] == [one.status_code for one in missing]
    assert [one.status_code for one in there] == [200] * 10 + [429] * 2


@pytest.mark.parametrize(
    "name",
    ["CAROL@KNOTS.EXAMPLE", " carol@knots.example ", "ｃarol@knots.example", "carol@knotſ.example"],
)
def test_an_account_is_one_however_its_name_is_written(name: str, carol: User) -> None:
    tries(PAGES[0], 5, name=name, REMOTE_ADDR="192.0.2.1")
    tries(PAGES[0], 5, REMOTE_ADDR="192.0.2.2")
    assert try_to(PAGES[0], RIGHT).status_code == 429


def test_right_passwords_and_empty_forms_cost_nothing(carol: User) -> None:
    for _ in range(12):
        assert try_to(PAGES[0], RIGHT).status_code == 302
        assert try_to(PAGES[0], "").status_code == 200
    assert tries(PAGES[0], 11) == [200] * 10 + [429]


def test_the_owner_is_let_in_when_the_minute_is_over(
    carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(counted().alone, "clock", lambda: now)
    assert tries(PAGES[0], 30)[-1] == 429
    now += 60
    assert try_to(PAGES[0], RIGHT).status_code == 302


def test_a_program_gets_the_one_shape_of_errors(carol: User) -> None:
    tries(PAGES[0], 10)
    answer = try_to(PAGES[0], RIGHT, HTTP_ACCEPT="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many_requests")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_try_no_more_passwords_than_one_after_the_other(
    carol: User, settings: Settings
) -> None:
    settings.SIGN_INS_PER_MINUTE = 4
    together = threading.Barrier(12)

    def come(number: int) -> int:
        together.wait(100)
        try:
            return int(try_to(PAGES[0], f"wrong-{number}").status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        assert Counter(pool.map(come, range(12))) == {200: 4, 429: 8}


def test_the_admin_has_no_page_of_its_own_to_try_passwords_in(carol: User, client: Client) -> None:
    carol.is_staff = True
    carol.save()
    client.force_login(carol)
    form = {"old_password": "wrong", "new_password1": "hitch-and-bend", "new_password2": "x"}
    for answer in (client.get(ADMINS), client.post(ADMINS, form)):
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/accounts/password/")


@pytest.mark.slow
def test_no_other_page_signs_anybody_in() -> None:
    """Whoever adds one puts it behind the brake, and here."""
    names = {"login", "signin", "sign-in", "token", "password"}
    found = {
        route
        for route in _routes(get_resolver().url_patterns)
        if any(name in route for name in names)
    }
    assert found == {
        "accounts/login/",
        "accounts/password/",  # braked: tests/accounts/test_new_addresses.py
        "accounts/email/<str:token>/",  # tokens that we sign
        "accounts/reset/<uidb64>/<token>/",
        # In front of the admin's own, which are never reached by these addresses.
        "admin/login/",
        "admin/password_change/",
        "admin/password_change/done/",
        "admin/accounts/user/<id>/password/",
    }


def _routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Any:
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _routes(pattern.url_patterns, route)
