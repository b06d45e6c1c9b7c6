"""Staff see how far the limits of the day are used, and who is nearest to theirs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from generation.operations.day_limits import MOST_LISTED, read_day_limits
from generation.port.allowances import day_of
from generation.spent_models import DaySpending
from tests.generation.operations.looking import part

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def limited(settings: Settings) -> None:
    settings.SITE_MAX_TOKENS_PER_DAY, settings.USER_MAX_TOKENS_PER_DAY = 1_000, 100
    settings.ANONYMOUS_MAX_TOKENS_PER_DAY = 50
    settings.SITE_MAX_COST_USD_PER_DAY = settings.USER_MAX_COST_USD_PER_DAY = None
    settings.ANONYMOUS_MAX_COST_USD_PER_DAY = None


def spend(scope: str, tokens: int, cost: str = "0", *, days_ago: int = 0) -> None:
    day = day_of(timezone.now() - timedelta(days=days_ago))
    DaySpending.objects.create(scope=scope, day=day, tokens=tokens, cost_usd=Decimal(cost))


def listed() -> list[tuple[str, int]]:
    limits = read_day_limits(timezone.now())
    return [(one.email or one.digest or one.kind, one.percent) for one in limits]


def test_the_site_comes_first_and_then_who_is_nearest_to_a_limit() -> None:
    ada, bea = (User.objects.create_user(f"{name}@knots.example") for name in ("ada", "bea"))
    User.objects.filter(pk=bea.pk).update(max_tokens_per_day=20)
    spend("site", 250)
    spend(f"user:{ada.pk}", 80)
    spend(f"user:{bea.pk}", 19)
    spend("visitor:0123456789", 45)
    spend("address:abcdefabcdef", 5)
    assert listed() == [
        ("site", 25),
        ("bea@knots.example", 95),
        ("012345", 90),
        ("ada@knots.example", 80),
        ("abcdef", 10),
    ]


def test_dollars_count_where_they_are_nearer(settings: Settings) -> None:
    settings.USER_MAX_COST_USD_PER_DAY = "2.00"
    ada = User.objects.create_user("ada@knots.example")
    spend(f"user:{ada.pk}", 10, "1.50")
    assert listed() == [("site", 0), ("ada@knots.example", 75)]


def test_no_more_are_listed_than_there_is_room_for_and_runs_and_other_days_are_not() -> None:
    spend("run:00000000-0000-4000-8000-000000000000", 10**6)
    spend("visitor:yesterday", 49, days_ago=1)
    for number in range(MOST_LISTED + 3):
        spend(f"visitor:{number:06}", number)
    assert [name for name, _percent in listed()] == [
        "site", *(f"{number:06}" for number in reversed(range(3, MOST_LISTED + 3)))
    ]  # fmt: skip


def test_an_account_that_is_gone_and_a_limit_that_is_gone_are_no_trouble(
    settings: Settings,
) -> None:
    spend("user:987654321", 50)
    assert listed() == [("site", 0), ("account", 50)]
    settings.USER_MAX_TOKENS_PER_DAY = settings.SITE_MAX_TOKENS_PER_DAY = None
    assert listed() == []


def test_the_page_says_so(staff: Client) -> None:
    ada = User.objects.create_user("ada@knots.example")
    spend("site", 1_000)
    spend(f"user:{ada.pk}", 30)
    said = part(staff, "limits")
    assert "The whole site 100% used up 1,000 of 1,000 tokens" in said
    assert "ada@knots.example 30% 30 of 100 tokens" in said
    assert f"/admin/accounts/user/{ada.pk}/change/" in staff.get("/operations/").content.decode()


def test_without_limits_the_page_says_that(staff: Client, settings: Settings) -> None:
    settings.SITE_MAX_TOKENS_PER_DAY = settings.USER_MAX_TOKENS_PER_DAY = None
    settings.ANONYMOUS_MAX_TOKENS_PER_DAY = None
    assert "Nobody has a limit" in part(staff, "limits")
