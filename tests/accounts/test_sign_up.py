from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db

FORM = {
    "email": "Carol@Knots.example",
    "password1": "rope-and-twine",
    "password2": "rope-and-twine",
}


def is_signed_in(client: Client) -> bool:
    return b"Sign out" in client.get("/").content


def test_signing_up_signs_in(client: Client) -> None:
    answer = client.post("/accounts/signup/", FORM)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert User.objects.get().email == "carol@knots.example"
    assert is_signed_in(client)


def test_one_address_is_one_account_however_it_is_written(client: Client) -> None:
    User.objects.create_user("carol@knots.example", "rope-and-twine")
    answer = client.post("/accounts/signup/", FORM)
    assert answer.status_code == 422
    assert "There is an account with this address" in answer.content.decode()


@pytest.mark.parametrize("password", ["12345678", "short", "carol@knots.example"])
def test_a_weak_password_is_refused(client: Client, password: str) -> None:
    answer = client.post("/accounts/signup/", FORM | {"password1": password, "password2": password})
    assert answer.status_code == 422
    assert not User.objects.exists()


def test_people_sign_in_with_their_address_and_out_again(client: Client) -> None:
    User.objects.create_user("carol@knots.example", "rope-and-twine")
    client.post(
        "/accounts/login/", {"username": "CAROL@knots.example", "password": "rope-and-twine"}
    )
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


@pytest.mark.parametrize("page", ["login", "signup"])
def test_nobody_is_sent_to_another_site(client: Client, page: str) -> None:
    User.objects.create_user("dan@knots.example", "rope-and-twine")
    form = FORM | {"username": "dan@knots.example", "password": "rope-and-twine"}
    answer = client.post(f"/accounts/{page}/", form | {"next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_people_come_back_to_where_they_wanted_to_go(client: Client) -> None:
    answer = client.post("/accounts/signup/", FORM | {"next": "/roadmaps/knots/"})
    assert answer.headers["Location"] == "/roadmaps/knots/"
