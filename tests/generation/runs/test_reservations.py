"""What is set aside for calls under way, and their bills, in the rows."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from generation.models import GenerationRun, ModelCallRecord
from generation.port.allowances import Allowance, Refusal, day_of, next_day
from generation.port.calls import Ceiling
from generation.runs.allowances import list_allowances
from generation.runs.reservations import (
    Bill,
    count_reserved,
    forget_old,
    read_uses,
    renew,
    reserve,
    settle,
)
from generation.spent_models import DaySpending, Reservation
from roadmaps.models import Roadmap
from tests.generation.cast import ScriptedProvider, make_outline, open_run

pytestmark = pytest.mark.django_db

SITE = Allowance("site", 1_000, tokens_name="SITE_MAX_TOKENS_PER_DAY")
USER = Allowance("user:7", 500, Decimal(1), "USER_MAX_TOKENS_PER_DAY", "USER_MAX_COST_USD_PER_DAY")
BOTH = [SITE, USER]
CENT = Decimal("0.01")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """What time it is, as the first of a list."""
    moment = [datetime(2027, 3, 14, 23, 59, 50, tzinfo=UTC)]
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment[0])
    return moment


def take(tokens: int, allowances: list[Allowance] | None = None, **given: Any) -> uuid.UUID:
    """A call that is let through."""
    call = uuid.uuid4()
    assert ask(tokens, allowances, call=call, **given) is None
    return call


def ask(
    tokens: int,
    allowances: list[Allowance] | None = None,
    *,
    call: uuid.UUID | None = None,
    cost: Decimal | None = CENT,
    lease_seconds: float = 30.0,
    run_id: uuid.UUID | None = None,
) -> Refusal | None:
    return reserve(
        call or uuid.uuid4(),
        Ceiling(tokens, cost),
        allowances or BOTH,
        lease_seconds=lease_seconds,
        run_id=run_id,
    )


def used(scope: str) -> tuple[int, int]:
    """Billed and assumed, of all days."""
    rows = DaySpending.objects.filter(scope=scope)
    return sum(row.tokens for row in rows), sum(row.assumed_tokens for row in rows)


def test_what_is_set_aside_is_there_for_nobody_else() -> None:
    take(400)
    refusal = ask(101)
    assert refusal is not None
    assert refusal.waits
    take(100)


def test_a_call_is_let_through_by_all_limits_or_sets_nothing_aside() -> None:
    take(400, [SITE])
    assert ask(601) is not None
    assert Reservation.objects.count() == 1
    assert DaySpending.objects.count() == 2


def test_the_bill_takes_the_place_of_what_was_set_aside() -> None:
    call = take(400)
    assert settle([Bill(call, 150, CENT)]) == 2
    assert (used("site"), used("user:7")) == ((150, 0), (150, 0))
    assert not Reservation.objects.exists()
    take(350)


def test_a_bill_leaves_what_others_have_set_aside() -> None:
    call, _other = take(300), take(200)
    settle([Bill(call, 100, CENT)])
    assert [one.tokens for one in Reservation.objects.all()] == [200, 200]
    assert used("user:7") == (100, 0)
    assert ask(201) is not None
    take(200)


def test_dollars_are_set_aside_billed_and_assumed_like_tokens() -> None:
    half = Decimal("0.5")
    settle([Bill(take(1, cost=half), is_assumed=True)])
    assert ask(1, cost=half + CENT) is not None
    call = take(1, cost=half)
    assert ask(1, cost=CENT) is not None
    settle([Bill(call, 1, half - CENT)])
    assert ask(1, cost=2 * CENT) is not None
    take(1, cost=CENT)


def test_no_part_of_a_cent_is_too_small_to_be_set_aside() -> None:
    take(1, cost=Decimal("0.0000000001"))
    assert {one.cost_usd for one in Reservation.objects.all()} == {Decimal("0.00000001")}


def test_a_bill_that_comes_twice_counts_once() -> None:
    call = take(400)
    for _ in range(3):
        settle([Bill(call, 150, CENT)])
    assert used("site") == (150, 0)


def test_a_request_that_is_set_aside_twice_is_one() -> None:
    """The unit is repeated where a connection broke after its commit."""
    call = take(400)
    assert ask(400, call=call) is None
    assert Reservation.objects.count() == 2


def test_what_nobody_told_counts_as_all_that_it_might_have_taken() -> None:
    settle([Bill(take(400), is_assumed=True)])
    assert used("user:7") == (0, 400)
    refusal = ask(101)
    assert refusal is not None
    assert not refusal.waits


def test_a_bill_without_a_price_costs_what_it_might_have_cost() -> None:
    settle([Bill(take(100, cost=Decimal("0.4")), 50, None)])
    row = DaySpending.objects.get(scope="user:7")
    assert (row.tokens, row.cost_usd) == (50, Decimal())
    assert row.assumed_cost_usd == Decimal("0.4")


def test_what_a_killed_process_had_set_aside_comes_free() -> None:
    take(500, lease_seconds=-1)
    take(500)


def test_what_is_renewed_stays_set_aside() -> None:
    call = take(500, lease_seconds=-1)
    take(400, lease_seconds=-1)
    assert renew([call], lease_seconds=30) == 2
    assert ask(1) is not None
    settle([Bill(call, 100, CENT)])
    take(400)


def test_a_bill_that_comes_after_its_time_still_counts() -> None:
    call = take(500, lease_seconds=-1)
    other = take(500)
    settle([Bill(call, 450, CENT), Bill(other, 1, CENT)])
    assert used("user:7") == (451, 0)


def test_each_day_begins_anew_and_a_bill_counts_for_the_day_of_its_call(
    clock: list[datetime],
) -> None:
    call = take(500)
    clock[0] += timedelta(seconds=20)
    later = take(500)
    settle([Bill(call, 400, CENT), Bill(later, 300, CENT)])
    rows = DaySpending.objects.filter(scope="user:7").order_by("day")
    assert [(f"{row.day}", row.tokens) for row in rows] == [
        ("2027-03-14", 400),
        ("2027-03-15", 300),
    ]


def test_a_run_that_meets_the_limit_of_a_day_keeps_when_the_next_begins(
    clock: list[datetime],
) -> None:
    run_id = open_run(ScriptedProvider(make_outline(4)))
    settle([Bill(take(500), 500, CENT)])
    refusal = ask(1, run_id=run_id)
    assert refusal is not None
    run = GenerationRun.objects.get(pk=run_id)
    assert run.resumes_at == refusal.begins_anew == datetime(2027, 3, 15, tzinfo=UTC)


def record(run_id: uuid.UUID, tokens: int, at: datetime) -> None:
    ModelCallRecord.objects.create(
        id=uuid.uuid4(),
        run_id=run_id,
        at=at,
        purpose="quiz",
        prompt_version="quiz-1",
        model="bee-1",
        attempt=1,
        seconds=1.0,
        outcome="ok",
        tokens_in=tokens,
        tokens_out=tokens,
        cost_usd=CENT,
    )


def test_a_limit_that_is_set_at_noon_counts_the_morning(settings: Settings) -> None:
    owner = User.objects.create_user("ada@example.com")
    mine = open_run(ScriptedProvider(make_outline(4)), owner=owner)
    adopted = open_run(ScriptedProvider(make_outline(4)), placed_by="s", placed_from="a")
    visitors = open_run(ScriptedProvider(make_outline(4)), placed_by="s", placed_from="b")
    Roadmap.objects.filter(runs=adopted).update(owner=owner)
    now = timezone.now()
    for run_id, tokens in ((mine, 1), (adopted, 10), (visitors, 100)):
        record(run_id, tokens, now)
        record(run_id, 1_000, now - timedelta(days=1))
    settings.SITE_MAX_TOKENS_PER_DAY = settings.USER_MAX_TOKENS_PER_DAY = 10**6
    settings.ANONYMOUS_MAX_TOKENS_PER_DAY = settings.RUN_MAX_TOKENS = 10**6
    found: dict[str, int] = {}
    for run_id in (mine, visitors):
        assert ask(5, list_allowances(run_id)) is None
        for allowance, spent in read_uses(list_allowances(run_id), timezone.now()):
            found[allowance.scope.partition(":")[0]] = spent.tokens
    assert found == {"user": 22, "site": 222, "visitor": 200, "address": 200, "run": 2_200}


def test_a_day_is_from_its_midnight_on_also_of_a_run_that_ended_just_before(
    clock: list[datetime],
) -> None:
    """And what somebody else ordered is paid for by them, though the roadmap is one's own."""
    ada, eva = (User.objects.create_user(f"{name}@example.com") for name in ("ada", "eva"))
    mine, theirs = (open_run(ScriptedProvider(make_outline(4)), owner=one) for one in (ada, eva))
    Roadmap.objects.filter(runs=theirs).update(owner=ada)
    midnight = next_day(clock[0])
    clock[0] = midnight + timedelta(seconds=30)
    GenerationRun.objects.update(state="failed", reason="No.", finished_at=midnight)
    GenerationRun.objects.filter(pk=mine).update(finished_at=midnight - timedelta(minutes=20))
    record(mine, 1, midnight)
    record(mine, 10, midnight - timedelta(microseconds=1))
    record(theirs, 100, midnight)
    own = Allowance(f"user:{ada.pk}", 1_000)
    assert ask(5, [own]) is None
    assert used(own.scope) == (2, 0)


def test_an_accounts_own_limit_goes_before_the_sites(settings: Settings) -> None:
    settings.USER_MAX_TOKENS_PER_DAY, settings.USER_MAX_COST_USD_PER_DAY = 1_000, 0.5
    owner = User.objects.create_user("ada@example.com", max_tokens_per_day=5)
    run_id = open_run(ScriptedProvider(make_outline(4)), owner=owner)
    [own] = list_allowances(run_id)
    assert (own.scope, own.max_tokens, own.max_cost_usd) == (f"user:{owner.pk}", 5, Decimal("0.5"))
    refusal = ask(6, [own])
    assert refusal is not None
    assert "the account's own limit of tokens a day (in the admin) is 5" in refusal.reason


def test_without_a_limit_there_is_nothing_to_ask() -> None:
    owner = User.objects.create_user("ada@example.com")
    assert list_allowances(open_run(ScriptedProvider(make_outline(4)), owner=owner)) == []


def test_what_no_bill_will_come_for_is_forgotten_and_so_are_old_days() -> None:
    call, now = take(10, lease_seconds=-90_000), timezone.now()
    late = take(10, lease_seconds=-80_000)
    take(15)
    assert count_reserved(DaySpending.objects.get(scope="site").pk) == 15
    forget_old(now)
    assert not Reservation.objects.filter(call=call).exists()
    assert settle([Bill(late, 5, CENT)]) == 2
    assert Reservation.objects.exists()
    forget_old(next_day(now) + timedelta(days=99))
    assert DaySpending.objects.filter(day=day_of(now)).exists()
    forget_old(next_day(now) + timedelta(days=101))
    assert not DaySpending.objects.exists()
