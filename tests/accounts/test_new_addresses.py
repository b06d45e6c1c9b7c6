"""Another e-mail address: confirmed by its mailbox, silent about other accounts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import email_links
from accounts.models import User
from tests.accounts.mailing import link_to, send_at_once

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = "carol@knots.example", "carol@ropes.example"
RIGHT = "rope-and-twine"


@pytest.fixture(autouse=True)
def mails(monkeypatch: pytest.MonkeyPatch) -> Any:
    return send_at_once(monkeypatch)


@pytest.fixture
def carol() -> User:
    return User.objects.create_user(OLD, RIGHT)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(client: Client, email: str = NEW, password: str = RIGHT) -> Any:
    return client.post("/accounts/email/", {"email": email, "password": password})


def test_an_address_changes_when_the_link_sent_there_is_followed(carol: User) -> None:
    client = signed_in(carol)
    assert ask(client).headers["Location"] == "/accounts/settings/?done=asked"
    carol.refresh_from_db()
    assert carol.email == OLD
    link = link_to(NEW)
    assert Client().get(link).status_code == 200  # looked at, as by a mail scanner
    carol.refresh_from_db()
    assert carol.email == OLD
    assert Client().post(link).status_code == 302
    carol.refresh_from_db()
    assert (carol.email, carol.wanted_email) == (NEW, "")


def test_the_old_address_is_told_before_anything_changes(carol: User) -> None:
    ask(signed_in(carol))
    assert link_to(OLD) == "/accounts/password/"
    assert NEW in str(mail.outbox[-1].body)


def test_asking_does_not_tell_whether_another_account_has_the_address(
    carol: User, mails: list[Any]
) -> None:
    def come() -> tuple[Any, ...]:
        mails.clear()
        answer = ask(client := signed_in(carol))
        page = client.get(answer.headers["Location"])
        return answer.status_code, dict(answer.items()), len(page.content), list(mails)

    free = come()
    dan = User.objects.create_user(NEW, "fenders-and-cleats")
    assert come() == free
    told = next(sent for sent in reversed(mail.outbox) if sent.to == [NEW])
    assert "You have an account at Cairn already" in told.subject
    dan.refresh_from_db()
    assert dan.check_password("fenders-and-cleats")


def test_an_address_that_somebody_else_took_meanwhile_is_not_taken_from_them(carol: User) -> None:
    ask(signed_in(carol))
    link = link_to(NEW)
    User.objects.create_user(NEW.upper(), "fenders-and-cleats")
    assert Client().post(link).status_code == 410
    carol.refresh_from_db()
    assert carol.email == OLD


def test_a_link_works_once_for_a_day_and_only_until_the_next_wish(
    carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(carol)
    ask(client)
    first = link_to(NEW)
    ask(client, "carol@twine.example")
    second = link_to("carol@twine.example")
    assert Client().post(first).status_code == 410
    monkeypatch.setattr(email_links, "LINK_SECONDS", -1)
    assert Client().post(second).status_code == 410
    monkeypatch.undo()
    assert [Client().post(second).status_code for _ in range(2)] == [302, 410]


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "é", "W10:1:x" * 90])
def test_a_link_that_nobody_signed_is_of_no_use(carol: User, token: str) -> None:
    assert Client().get(f"/accounts/email/{token}/").status_code in {400, 410}


def test_whoever_found_the_browser_open_changes_nothing(carol: User) -> None:
    assert ask(signed_in(carol), password="wrong").status_code == 422
    assert mail.outbox == []
    carol.refresh_from_db()
    assert carol.wanted_email == ""


@pytest.mark.parametrize("page", ["email", "password", "delete"])
def test_passwords_are_not_tried_out_in_an_open_browser(page: str, carol: User) -> None:
    client = signed_in(carol)
    form = {"email": NEW, "new_password1": "x-and-y-and-z", "new_password2": "x-and-y-and-z"}

    def come(password: str) -> int:
        said = {"password": password, "old_password": password}
        return int(client.post(f"/accounts/{page}/", form | said).status_code)

    assert [come(f"wrong-{n}") for n in range(12)] == [422] * 10 + [429] * 2
    assert come(RIGHT) == 429
    carol.refresh_from_db()
    assert carol.check_password(RIGHT)


def test_a_mailbox_is_not_filled_by_asking_again_and_again(carol: User) -> None:
    client = signed_in(carol)
    for _ in range(8):
        ask(client)
    assert len([sent for sent in mail.outbox if sent.to == [NEW]]) == 5
    for number in range(30):
        answer = ask(client, f"carol-{number}@ropes.example")
    assert answer.status_code == 429
    assert "You can ask again" in answer.content.decode()


def test_what_is_no_address_or_the_same_one_is_said_at_once(carol: User) -> None:
    client = signed_in(carol)
    assert b"This is your address already" in ask(client, OLD.upper()).content
    assert ask(client, "nowhere").status_code == 422


def test_the_last_sign_in_is_not_touched(carol: User) -> None:
    before = timezone.now()
    client = signed_in(carol)
    ask(client)
    Client().post(link_to(NEW))
    carol.refresh_from_db()
    assert carol.last_login is not None
    assert carol.last_login >= before
    assert client.get("/accounts/settings/").status_code == 200
