from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from kombu.exceptions import OperationalError
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import tasks
from accounts.models import User

pytestmark = pytest.mark.django_db

FORM = {
    "email": "Carol@Knots.example",
    "password1": "rope-and-twine",
    "password2": "rope-and-twine",
}


def is_signed_in(client: Client) -> bool:
    return b"Sign out" in client.get("/").content


def sign_up(client: Client, **changes: str) -> Any:
    return client.post("/accounts/signup/", FORM | changes)


def sign_in(client: Client) -> None:
    client.post("/accounts/login/", {"username": FORM["email"], "password": FORM["password1"]})


FIELDS = ('name="username"', 'name="password"')


@pytest.mark.slow
def test_whoever_signed_up_can_sign_in(client: Client) -> None:
    answer = sign_up(client)
    assert answer.headers["Location"] == "/accounts/login/?signed_up=1"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Now sign in with the address" in page
    (address,), (password,) = (re.findall(f"<input[^>]*{name}[^>]*>", page) for name in FIELDS)
    assert f'value="{FORM["email"]}"' in address
    assert [" autofocus" in one for one in (address, password)] == [False, True]
    assert User.objects.get().email == "carol@knots.example"
    sign_in(client)
    assert is_signed_in(client)
    assert FORM["email"] not in client.session.values()


def test_one_address_is_one_account_however_it_is_written(client: Client) -> None:
    carol = User.objects.create_user("carol@knots.example", "fenders-and-cleats")
    sign_up(client)
    assert User.objects.get().password == carol.password


@pytest.mark.parametrize("letter", ["\u017f", "\u0131", "\u0130", "\u212a"])
def test_no_letter_passes_for_another_in_a_mailbox(client: Client, letter: str) -> None:
    """Those that Django's pattern takes for a letter from A to Z."""
    email = f"carol{letter}@knots.example"
    assert sign_up(client, email=email).status_code == 422
    assert client.post("/accounts/reset/", {"email": email}).status_code == 422
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "changes", [{}, {"next": "/roadmaps/knots/"}, {"password2": "another-one"}, {"email": "x"},
                {"password1": "1", "password2": "1"}]
)  # fmt: skip
def test_signing_up_does_not_tell_who_has_an_account(changes: dict[str, str]) -> None:
    answers = []
    for known in (False, True):
        assert User.objects.exists() is known
        answers.append(sign_up(client := Client(), **changes))
        page = client.get(answers[-1].headers.get("Location", "/nowhere")).content
        answers.append(HttpResponse(without_tokens(page)))
        if not known:
            User.objects.get_or_create(email="carol@knots.example")
    new, page_of_new, known_one, page_of_known = answers
    assert (new.status_code, dict(new.items())) == (known_one.status_code, dict(known_one.items()))
    assert without_tokens(new.content) == without_tokens(known_one.content)
    assert new.cookies.keys() == known_one.cookies.keys()
    assert page_of_new.content == page_of_known.content


def without_tokens(page: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page)


@pytest.mark.parametrize("is_known", [False, True])
def test_the_same_steps_are_taken_for_new_and_known(
    client: Client,
    is_known: bool,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if is_known:
        User.objects.create_user("carol@knots.example", "fenders-and-cleats")
    hashed = list[str]()

    def hash_it(raw: str) -> str:
        hashed.append(raw)
        return "hash"

    monkeypatch.setattr("django.contrib.auth.base_user.make_password", hash_it)
    # One more to roll back to the savepoint; four are of the session, which keeps the address.
    with django_assert_num_queries(9 if is_known else 8):
        sign_up(client)
    assert hashed == [FORM["password1"]]


@pytest.mark.parametrize("is_known", [False, True])
def test_the_owner_of_the_address_is_told(
    client: Client,
    is_known: bool,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
    mailoutbox: list[Any],
) -> None:
    if is_known:
        User.objects.create_user("carol@knots.example", "fenders-and-cleats")
    monkeypatch.setattr(tasks, "process_executor", Direct)
    monkeypatch.setattr(
        tasks.mail_sign_up, "apply_async", lambda sent, **_: tasks.mail_sign_up(*sent)
    )
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(5):
            sign_up(client)
    subjects = [mail.subject for mail in mailoutbox]
    known = "You have an account at Cairn already"
    first = known if is_known else "Your account at Cairn"
    assert subjects == [first, known, known]  # three a day, however often strangers try
    assert {mail.to[0] for mail in mailoutbox} == {"carol@knots.example"}
    assert "http://127.0.0.1:8000/accounts/login/" in mailoutbox[0].body


class Direct:
    """Lanes keep a connection that the test's database could not be dropped under."""

    @staticmethod
    def run_sync(unit: Callable[..., Any], *arguments: Any) -> Any:
        return unit(*arguments)


@pytest.mark.django_db(transaction=True)
def test_signing_up_works_while_no_broker_takes_mail(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OperationalError("nobody there")

    monkeypatch.setattr(tasks.mail_sign_up, "apply_async", refuse)
    assert sign_up(client).status_code == 302
    sign_in(client)
    assert is_signed_in(client)


def test_twenty_may_sign_up_from_one_address_a_day(client: Client) -> None:
    def come(number: int, **more: Any) -> int:
        form = FORM | {"email": f"carol-{number}@knots.example"}
        return int(Client().post("/accounts/signup/", form, **more).status_code)

    mistaken = FORM | {"password2": "another-one"}
    assert {client.post("/accounts/signup/", mistaken).status_code for _ in range(25)} == {422}
    assert [come(number) for number in range(22)] == [302] * 20 + [429] * 2
    answer = sign_up(client)
    assert "You can make one in 24 hours." in answer.content.decode()
    assert 'value="Carol@Knots.example"' in answer.content.decode()
    assert 86_000 < int(answer.headers["Retry-After"]) <= 86_400
    assert come(30, REMOTE_ADDR="192.0.2.1") == 302


def test_where_nobody_may_sign_up_the_page_says_so(client: Client, settings: Settings) -> None:
    settings.SIGN_UPS_PER_ADDRESS_PER_DAY = 0
    answer = sign_up(client)
    assert answer.status_code == 403
    assert "New accounts are not made here" in answer.content.decode()


@pytest.mark.parametrize(
    "password",
    [
        "12345678", "short", "carol@knots.example", " " * 12, "\t" * 12, "\u3000" * 12,
        "\u200b" * 12, "           x", "aaaaaaaaaaaa", "abababababab",
    ],
)  # fmt: skip
def test_a_weak_password_is_refused(client: Client, password: str) -> None:
    answer = client.post("/accounts/signup/", FORM | {"password1": password, "password2": password})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["password1"]
    assert not User.objects.exists()


def test_people_sign_in_with_their_address_and_out_again(client: Client) -> None:
    User.objects.create_user("carol@knots.example", "rope-and-twine")
    client.post(
        "/accounts/login/", {"username": "CAROL@knots.example", "password": "rope-and-twine"}
    )
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def test_nobody_is_sent_to_another_site(client: Client) -> None:
    User.objects.create_user("dan@knots.example", "rope-and-twine")
    form = {"username": "dan@knots.example", "password": "rope-and-twine"}
    for page in ("signup", "login"):
        evil = {"next": "https://evil.example/"}
        answer = client.post(f"/accounts/{page}/", FORM | form | evil)
        assert "evil" not in answer.headers["Location"]


def test_people_come_back_to_where_they_wanted_to_go(client: Client) -> None:
    answer = sign_up(client, next="/roadmaps/knots/")
    page = client.get(answer.headers["Location"]).content.decode()
    assert '<input type="hidden" name="next" value="/roadmaps/knots/">' in page
