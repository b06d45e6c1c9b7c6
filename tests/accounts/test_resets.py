"""A new password for whoever reads the account's mail; strangers learn nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.mailing import link_to, send_at_once

pytestmark = pytest.mark.django_db(transaction=True)

CAROL, NEW = "carol@knots.example", "fenders-and-cleats"


@pytest.fixture(autouse=True)
def mails(monkeypatch: pytest.MonkeyPatch) -> Any:
    return send_at_once(monkeypatch)


@pytest.fixture
def carol() -> User:
    return User.objects.create_user(CAROL, "rope-and-twine", interface_language="zh-hans")


def ask(email: str = CAROL, **more: Any) -> Any:
    return Client().post("/accounts/reset/", {"email": email}, **more)


def choose(client: Client, link: str, password: str = NEW) -> Any:
    form = client.get(link).headers.get("Location", link)
    return client.post(form, {"new_password1": password, "new_password2": password})


def test_a_link_by_mail_leads_to_a_new_password(carol: User) -> None:
    assert ask(CAROL.upper()).headers["Location"] == "/accounts/reset/asked/"
    client = Client()
    assert choose(client, link_to(CAROL)).headers["Location"] == "/accounts/reset/complete/"
    carol.refresh_from_db()
    assert carol.check_password(NEW)
    assert b"Sign out" not in client.get("/").content


def test_a_link_works_once_and_a_weak_password_does_not_use_it_up(carol: User) -> None:
    ask()
    link, client = link_to(CAROL), Client()
    assert b"error" in choose(client, link, "short").content
    choose(client, link)
    assert b"used already" in Client().get(link).content


def test_other_browsers_are_signed_out_by_a_new_password(carol: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(carol)
    ask()
    choose(Client(), link_to(CAROL))
    assert elsewhere.get("/accounts/settings/").status_code == 302


def test_asking_does_not_tell_who_has_an_account(carol: User, mails: list[Any]) -> None:
    known, unknown = ask(), ask("nobody@knots.example")
    assert (known.status_code, dict(known.items())) == (unknown.status_code, dict(unknown.items()))
    assert [name for name, _ in mails] == ["mail_reset"] * 2
    assert [sent.to for sent in mail.outbox] == [[CAROL]]


def test_closed_accounts_and_those_without_a_password_get_no_link(carol: User) -> None:
    carol.is_active = False
    carol.save()
    User.objects.create_user("dan@knots.example", None)
    for email in (CAROL, "dan@knots.example"):
        ask(email)
    assert mail.outbox == []


def test_a_mailbox_gets_five_a_day_and_an_address_asks_thirty_times(carol: User) -> None:
    answers = [ask().status_code for _ in range(32)]
    assert answers == [302] * 30 + [429] * 2
    assert len(mail.outbox) == 5
    assert ask(REMOTE_ADDR="192.0.2.1").status_code == 302


@pytest.mark.parametrize("link", ["MQ/x-y", "%E2%82%AC/set-password", f"{'9' * 60}/a-b"])
def test_a_link_that_we_never_made_is_of_no_use(link: str) -> None:
    answer = Client().get(f"/accounts/reset/{link}/")
    assert b"used already" in answer.content
