"""People in the admin: by their address, which is one whatever its case."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User

PASSWORD = "a rope of seven strands"
ADD = "admin:accounts_user_add"


def new_user(email: str) -> dict[str, str]:
    return {
        "email": email,
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }


@pytest.mark.slow
def test_staff_sign_in_with_their_address(client: Client, db: None) -> None:
    User.objects.create_superuser("alice@knots.example", PASSWORD)
    data = {"username": "Alice@knots.example", "password": PASSWORD}
    response = client.post(reverse("admin:login"), data)
    assert response.status_code == 302
    assert "_auth_user_id" in client.session


def test_a_new_user_has_the_address_in_small_letters(admin_client: Client) -> None:
    response = admin_client.post(reverse(ADD), new_user("Bob@Knots.Example"))
    assert response.status_code == 302
    assert User.objects.get(email="bob@knots.example").check_password(PASSWORD)


def test_an_address_is_given_once(admin_client: Client) -> None:
    User.objects.create_user("bob@knots.example")
    page = admin_client.post(reverse(ADD), new_user("BOB@knots.example"))
    assert "Somebody else has this address." in page.content.decode()


def test_a_user_keeps_the_own_address(admin_client: Client) -> None:
    bob = User.objects.create_user("bob@knots.example")
    url = reverse("admin:accounts_user_change", args=[bob.pk])
    data = {
        "email": "bob@knots.example",
        "first_name": "Bob",
        "time_zone": "Europe/Berlin",
        "interface_language": "en",
        "is_active": "on",
    }
    assert admin_client.post(url, data).status_code == 302
    bob.refresh_from_db()
    assert (bob.first_name, bob.time_zone) == ("Bob", "Europe/Berlin")


def test_a_time_zone_nobody_knows_is_refused(admin_client: Client) -> None:
    bob = User.objects.create_user("bob@knots.example")
    url = reverse("admin:accounts_user_change", args=[bob.pk])
    data = {"email": bob.email, "time_zone": "Mars/Olympus", "interface_language": "en"}
    assert "is not a known time zone" in admin_client.post(url, data).content.decode()


def test_a_limit_in_dollars_that_nobody_could_keep_is_refused_and_says_what_to_set(
    admin_client: Client, settings: Settings
) -> None:
    bob = User.objects.create_user("bob@knots.example")
    url = reverse("admin:accounts_user_change", args=[bob.pk])
    data = {
        "email": bob.email,
        "time_zone": "UTC",
        "interface_language": "en",
        "max_cost_usd_per_day": "2.50",
    }
    settings.CONTENT_PROVIDER, settings.LLM_MODEL = "openai", "bee-1"
    settings.LLM_BASE_URL = "http://127.0.0.1:9/v1"
    page = admin_client.post(url, data).content.decode()
    assert "Nobody knows what bee-1 costs" in page
    assert "LLM_PRICE_INPUT and LLM_PRICE_OUTPUT" in page
    # Nothing, or nothing at all, can be kept in any case.
    assert admin_client.post(url, data | {"max_cost_usd_per_day": "0"}).status_code == 302
    settings.LLM_PRICE_INPUT, settings.LLM_PRICE_OUTPUT = 0.5, 1.5
    assert admin_client.post(url, data).status_code == 302
    bob.refresh_from_db()
    assert bob.max_cost_usd_per_day == Decimal("2.5")
