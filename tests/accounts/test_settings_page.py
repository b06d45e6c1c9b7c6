"""Language, time zone, light or dark: an account's, else the browser's."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User

pytestmark = pytest.mark.django_db

CHINESE = {"language": "zh-hans", "theme": "dark", "time_zone": "Asia/Shanghai"}


@pytest.fixture
def carol() -> User:
    return User.objects.create_user("carol@knots.example", "rope-and-twine")


@pytest.fixture
def hers(carol: User) -> Client:
    client = Client()
    client.force_login(carol)
    return client


def language_of(client: Client, **headers: str) -> str:
    return str(client.get("/", headers=headers).headers["Content-Language"])


def test_an_account_keeps_language_and_time_zone_wherever_it_signs_in(
    hers: Client, carol: User
) -> None:
    answer = hers.post("/accounts/settings/", CHINESE)
    assert answer.headers["Location"] == "/accounts/settings/?done=settings"
    carol.refresh_from_db()
    assert (carol.interface_language, carol.time_zone) == ("zh-hans", "Asia/Shanghai")
    elsewhere = Client()
    elsewhere.force_login(carol)
    assert language_of(elsewhere, accept_language="en") == "zh-hans"


def test_the_browser_decides_for_those_without_an_account(client: Client) -> None:
    assert language_of(client, accept_language="zh-CN,zh;q=0.9") == "zh-hans"
    assert language_of(client, accept_language="fr") == "en"
    answer = client.post("/accounts/display/", {"language": "zh-hans", "theme": "light"})
    assert answer.headers["Location"] == "/"
    assert language_of(client, accept_language="en") == "zh-hans"
    assert b'data-theme="light"' in client.get("/").content


def test_a_page_that_is_not_there_speaks_the_language_of_the_account(
    hers: Client, carol: User
) -> None:
    User.objects.update(interface_language="zh-hans")
    hers.get("/")
    assert 'lang="zh-hans"' in hers.get("/nowhere").content.decode()
    hers.post("/accounts/logout/")
    assert language_of(hers, accept_language="en") == "zh-hans"


def test_new_accounts_go_on_in_the_language_they_were_made_in(client: Client) -> None:
    form = {"email": "dora@knots.example", "password1": "rope-and-twine"}
    client.post(
        "/accounts/signup/",
        form | {"password2": form["password1"]},
        headers={"accept-language": "zh-CN"},
    )
    assert User.objects.get().interface_language == "zh-hans"


@pytest.mark.parametrize(
    "wrong", [{"language": "xx"}, {"time_zone": "Middle/Earth"}, {"theme": ""}]
)
def test_what_is_not_there_to_be_chosen_is_refused(
    wrong: dict[str, str], hers: Client, carol: User
) -> None:
    assert hers.post("/accounts/settings/", CHINESE | wrong).status_code == 422
    carol.refresh_from_db()
    assert carol.interface_language == "en"


def test_a_theme_that_nobody_offers_is_none(client: Client) -> None:
    client.cookies["theme"] = '"><script>'
    assert b"data-theme" not in client.get("/").content


def test_as_the_system_means_no_choice_at_all(client: Client) -> None:
    for theme in ("dark", "system"):
        client.post("/accounts/display/", {"language": "en", "theme": theme})
    assert b"data-theme" not in client.get("/").content


def test_one_is_led_back_to_where_one_came_from_and_nowhere_else(client: Client) -> None:
    page = client.get("/accounts/display/", headers={"referer": "http://testserver/?q=knots"})
    assert b'name="next" value="http://testserver/?q=knots"' in page.content
    names = ("evil", "home", "?q", "#x", "[", "http://[", "\x00", ".", "/" + "x" * 40_000)
    for wanted in ("https://evil.example/", "//evil.example", "javascript:alert(1)", *names):
        form = {"language": "en", "theme": "dark", "next": wanted}
        assert client.post("/accounts/display/", form).headers["Location"] == "/"


def test_whoever_wants_settings_signs_in_first(client: Client) -> None:
    for page in ("settings", "password", "email", "export", "delete"):
        answer = client.get(f"/accounts/{page}/")
        assert answer.headers["Location"] == f"/accounts/login/?next=/accounts/{page}/"


def test_a_new_password_signs_other_browsers_out_and_this_one_not(
    hers: Client, carol: User
) -> None:
    elsewhere = Client()
    elsewhere.force_login(carol)
    words = {"new_password1": "fenders-and-cleats", "new_password2": "fenders-and-cleats"}
    answer = hers.post("/accounts/password/", words | {"old_password": "rope-and-twine"})
    assert answer.headers["Location"] == "/accounts/settings/?done=password"
    assert hers.get("/accounts/settings/").status_code == 200
    assert elsewhere.get("/accounts/settings/").status_code == 302


def test_the_choice_of_an_account_costs_no_query_of_its_own(
    hers: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):  # the session and its user
        hers.get("/accounts/settings/")


def test_health_asks_for_nobody(
    hers: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        hers.get("/health/live")
