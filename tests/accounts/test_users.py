from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_an_address_belongs_to_one_person_whatever_its_case() -> None:
    User.objects.create_user("alice@example.org")
    with pytest.raises(IntegrityError):
        User.objects.create(email="ALICE@example.org")


def test_people_are_found_by_their_address_whatever_its_case() -> None:
    alice = User.objects.create_user("alice@example.org")
    assert User.objects.get_by_natural_key("Alice@Example.org") == alice


@pytest.mark.parametrize("other", ["ſally@knots.example", "sally@knotſ.example"])
def test_letters_that_are_one_in_upper_case_shut_nobody_out(client: Client, other: str) -> None:
    """Two accounts of which neither could sign in, for each was found twice."""
    for email in ("sally@knots.example", other):
        User.objects.create_user(email, f"rope-and-twine of {email}")
    for email in ("Sally@Knots.example", other):
        assert User.objects.get_by_natural_key(email).email == email.lower()
        form = {"username": email, "password": f"rope-and-twine of {email.lower()}"}
        assert Client().post("/accounts/login/", form).status_code in {200, 302}
    form = {"username": "SALLY@knots.example", "password": "rope-and-twine of sally@knots.example"}
    assert client.post("/accounts/login/", form).status_code == 302


def test_a_user_needs_an_address() -> None:
    with pytest.raises(ValueError, match="needs an e-mail address"):
        User.objects.create_user("")


def test_a_superuser_may_enter_the_admin() -> None:
    root = User.objects.create_superuser("root@example.org", "secret")
    assert root.is_staff
    assert root.is_superuser
    assert root.check_password("secret")


def test_a_time_zone_nobody_lives_in_is_refused() -> None:
    bob = User(email="bob@example.org", password="x", time_zone="Middle/Earth")
    with pytest.raises(ValidationError, match="Middle/Earth"):
        bob.full_clean()
