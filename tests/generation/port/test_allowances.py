"""Whether a request may be sent is a matter of figures, and of the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.port.allowances import (
    DAY_SPENT,
    RUN_SPENT,
    Allowance,
    Used,
    day_of,
    is_used_up,
    judge,
    next_day,
    share_used,
)
from generation.port.calls import Ceiling

NOON = datetime(2027, 3, 14, 12, tzinfo=UTC)
USER = Allowance(
    "user:1", 1_000, Decimal(1), "USER_MAX_TOKENS_PER_DAY", "USER_MAX_COST_USD_PER_DAY"
)
RUN = Allowance("run:1", 1_000, day=date(2027, 3, 14))
CHEAP = Decimal("0.01")

figures = st.integers(0, 10**9)
dollars = st.decimals(0, 1000, places=4)


@given(limit=figures, used=figures, held=figures, most=figures)
def test_nothing_is_let_through_that_could_pass_the_limit(
    limit: int, used: int, held: int, most: int
) -> None:
    spent = Used(tokens=used, held_tokens=held)
    refusal = judge([(Allowance("site", limit), spent)], Ceiling(most), NOON)
    assert (refusal is None) == (used + held + most <= limit)
    if refusal is not None:
        # Who waits is let through by bills that cost nothing; nobody waits in vain.
        assert refusal.waits == (used + most <= limit)


@given(limit=dollars, used=dollars, held=dollars, most=dollars)
def test_the_same_holds_for_dollars(
    limit: Decimal, used: Decimal, held: Decimal, most: Decimal
) -> None:
    spent = Used(cost_usd=used, held_cost_usd=held)
    refusal = judge([(Allowance("site", None, limit), spent)], Ceiling(1, most), NOON)
    assert (refusal is None) == (used + held + most <= limit)


def test_a_spent_day_says_what_is_used_what_is_asked_and_when_it_begins_anew() -> None:
    refusal = judge([(USER, Used(tokens=900))], Ceiling(200, CHEAP), NOON)
    assert refusal is not None
    assert refusal.reason == (
        f"{DAY_SPENT}: USER_MAX_TOKENS_PER_DAY is 1,000, 900 tokens are used, and the next request "
        "may take 200. It begins anew at 2027-03-15 00:00 UTC, and the run goes on then by itself."
    )
    assert refusal.begins_anew == datetime(2027, 3, 15, tzinfo=UTC)


def test_a_spent_run_waits_for_a_person() -> None:
    refusal = judge([(RUN, Used(tokens=900))], Ceiling(200), NOON)
    assert refusal is not None
    assert refusal.reason.startswith(RUN_SPENT)
    assert refusal.reason.endswith("may take 200. Raise it, then resume the run.")
    assert refusal.begins_anew is None


def test_what_fits_into_no_day_is_not_tried_again_every_day() -> None:
    refusal = judge([(USER, Used())], Ceiling(1_001, CHEAP), NOON)
    assert refusal is not None
    assert (refusal.begins_anew, refusal.waits) == (None, False)
    assert "does not fit into a day: USER_MAX_TOKENS_PER_DAY is 1,000" in refusal.reason


def test_a_limit_in_dollars_without_a_price_says_what_to_set() -> None:
    refusal = judge([(USER, Used())], Ceiling(1), NOON, model="bee-1")
    assert refusal is not None
    assert refusal.reason == (
        "USER_MAX_COST_USD_PER_DAY is set, and nobody knows what bee-1 costs: set LLM_PRICE_INPUT "
        "and LLM_PRICE_OUTPUT, then resume the run."
    )


def test_of_several_refusals_the_one_that_lasts_is_told() -> None:
    waiting = (Allowance("site", 1_000), Used(held_tokens=1_000))
    tomorrow = (USER, Used(tokens=1_000))
    for_ever = (RUN, Used(tokens=1_000))
    most = Ceiling(10, CHEAP)
    told = [
        judge(uses, most, NOON) for uses in ([waiting], [waiting, tomorrow], [tomorrow, for_ever])
    ]
    assert [refusal and (refusal.waits, bool(refusal.begins_anew)) for refusal in told] == [
        (True, False),
        (False, True),
        (False, False),
    ]


@pytest.mark.parametrize(
    "zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati"]
)
def test_a_day_is_utcs_wherever_the_clock_stands(zone: str) -> None:
    for moment in (NOON, NOON.replace(hour=0), NOON.replace(hour=23, minute=59, second=59)):
        local = moment.astimezone(ZoneInfo(zone))
        assert day_of(local) == date(2027, 3, 14)
        assert next_day(local) == datetime(2027, 3, 15, tzinfo=UTC)
    assert day_of(next_day(NOON)) == date(2027, 3, 15)
    assert next_day(next_day(NOON)) - next_day(NOON) == timedelta(days=1)


@pytest.mark.parametrize(
    ("whole", "most", "part"),
    [
        (Allowance("site", 10), Ceiling(10), {"tokens": 1}),
        (Allowance("site", None, Decimal(10)), Ceiling(1, Decimal(10)), {"cost_usd": Decimal(1)}),
    ],
)
def test_what_fits_into_a_whole_day_waits_for_bills_or_for_that_day(
    whole: Allowance, most: Ceiling, part: dict[str, Any]
) -> None:
    """To the last token and dollar."""
    assert judge([(whole, Used())], most, NOON) is None
    tomorrow = judge([(whole, Used(**part))], most, NOON)
    assert tomorrow is not None
    assert tomorrow.begins_anew == next_day(NOON)
    held = {f"held_{name}": number for name, number in part.items()}
    waiting = judge([(whole, Used(**held))], most, NOON)
    assert waiting is not None
    assert waiting.waits


def test_dollars_are_used_up_with_the_last_part_of_a_cent() -> None:
    assert Allowance("site", 5, Decimal()).is_closed
    assert Allowance("site", None, Decimal()).is_closed
    assert is_used_up(USER, Used(cost_usd=Decimal(1)))
    assert not is_used_up(USER, Used(cost_usd=Decimal("0.99999999")))


def test_nothing_may_be_spent_of_nothing() -> None:
    closed = Allowance("site", 0)
    assert closed
    assert closed.is_closed
    assert is_used_up(closed, Used())
    assert judge([(closed, Used())], Ceiling(1), NOON)
    assert not Allowance("site")
    assert not Allowance("site", 5).is_closed


@given(limit=st.integers(0, 10**9), used=figures)
def test_a_share_is_a_share(limit: int, used: int) -> None:
    allowance, spent = Allowance("site", limit), Used(tokens=used)
    assert 0 <= share_used(allowance, spent) <= 1
    assert (share_used(allowance, spent) == 1) == (used >= limit) == is_used_up(allowance, spent)


def test_the_share_of_the_limit_that_is_met_first_counts() -> None:
    assert share_used(USER, Used(tokens=100, cost_usd=Decimal("0.75"))) == 0.75
    assert share_used(USER, Used(tokens=900, cost_usd=Decimal("0.75"))) == 0.9
