"""Who pays for a run, and what they may spend, as settings and their account say."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from accounts.models import User
from generation.models import GenerationRun
from generation.runs.allowances import allowance_of, list_allowances
from roadmaps.models import Roadmap
from tests.generation.cast import ScriptedProvider, make_outline, open_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def limited(settings: Settings) -> None:
    settings.SITE_MAX_TOKENS_PER_DAY = settings.USER_MAX_TOKENS_PER_DAY = 1_000
    settings.ANONYMOUS_MAX_TOKENS_PER_DAY = settings.RUN_MAX_TOKENS = 100
    settings.USER_MAX_COST_USD_PER_DAY = 0.5


def opened(**fields: object) -> uuid.UUID:
    return open_run(ScriptedProvider(make_outline(4)), **fields)


def payers(run_id: uuid.UUID) -> list[str]:
    return [one.scope for one in list_allowances(run_id)]


def test_an_account_pays_for_what_it_ordered_and_for_what_it_adopted() -> None:
    ada, eva = (User.objects.create_user(f"{name}@example.com") for name in ("ada", "eva"))
    ordered = opened(owner=ada)
    adopted = opened(placed_by="s", placed_from="a")
    Roadmap.objects.filter(runs__in=[ordered, adopted]).update(owner=eva)
    assert payers(ordered) == [f"user:{ada.pk}", "site", f"run:{ordered}"]
    assert payers(adopted) == [f"user:{eva.pk}", "site", f"run:{adopted}"]


def test_a_visitor_pays_by_session_and_by_address_and_the_site_for_what_nobody_ordered() -> None:
    visitors, nobodys = opened(placed_by="s", placed_from="a"), opened()
    assert payers(visitors) == ["visitor:s", "address:a", "site", f"run:{visitors}"]
    assert payers(nobodys) == ["site", f"run:{nobodys}"]
    assert payers(uuid.uuid4()) == []


@pytest.mark.parametrize(
    ("tokens", "cost", "expected"),
    [
        (None, None, (1_000, Decimal("0.5"))),
        (0, None, (0, Decimal("0.5"))),
        (7, Decimal(), (7, Decimal())),
        (None, Decimal(3), (1_000, Decimal(3))),
    ],
)
def test_what_an_account_says_goes_before_what_holds_for_all(
    tokens: int | None, cost: Decimal | None, expected: tuple[int, Decimal]
) -> None:
    """Nothing at all is something to say, too."""
    ada = User.objects.create_user(
        "ada@example.com", max_tokens_per_day=tokens, max_cost_usd_per_day=cost
    )
    ordered = list_allowances(opened(owner=ada))[0]
    for told in (ordered, allowance_of(ada)):
        assert (told.max_tokens, told.max_cost_usd) == expected
    own = (
        "in the admin" in ordered.tokens_name,
        "in the admin" in ordered.cost_name,
    )
    assert own == (tokens is not None, cost is not None)


def test_the_budget_of_a_run_is_of_the_day_it_was_ordered() -> None:
    run_id = opened()
    ordered = datetime(2027, 3, 14, 23, 59, tzinfo=UTC)
    GenerationRun.objects.filter(pk=run_id).update(created_at=ordered)
    site, own = list_allowances(run_id)
    assert (site.day, own.day) == (None, ordered.date())
    GenerationRun.objects.filter(pk=run_id).update(created_at=ordered + timedelta(minutes=1))
    assert list_allowances(run_id)[1].day == ordered.date() + timedelta(days=1)
