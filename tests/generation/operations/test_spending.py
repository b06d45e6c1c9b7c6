"""Spent today, hour by hour; runs day by day."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from model_bakery import baker

from generation.models import CallOutcome, GenerationRun, ModelCallRecord
from generation.operations import spending
from generation.run_states import RunState
from roadmaps.models import Roadmap
from tests.generation.admin_cast import make_run
from tests.generation.operations.looking import part

NOON = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def run(db: None) -> GenerationRun:
    return make_run(baker.make(Roadmap, slug="knots"))


def add_call(run: GenerationRun, *, hours_ago: float, **fields: Any) -> None:
    call: dict[str, Any] = {
        "id": uuid.uuid4(),
        "run": run,
        "at": NOON - timedelta(hours=hours_ago),
        "outcome": CallOutcome.OK,
        "tokens_in": 1_000,
        "tokens_out": 500,
        "cost_usd": Decimal("0.25"),
    }
    baker.make(ModelCallRecord, **(call | fields))


def test_today_begins_at_midnight_utc(staff: Client, run: GenerationRun) -> None:
    add_call(run, hours_ago=12.4)
    add_call(run, hours_ago=12.6)
    said = part(staff, "spending")
    assert "Dollars $0.2500" in said
    assert "Tokens in 1,000 Tokens out 500 Calls to the model 1" in said


def test_the_first_hour_of_a_day_counts_that_hour_alone(run: GenerationRun) -> None:
    add_call(run, hours_ago=12.4)
    add_call(run, hours_ago=12.6)
    hours = spending.read_hours(NOON - timedelta(hours=12))
    assert spending.Past(hours, []).today.calls == 1


def test_the_last_hour_of_a_day_counts_the_whole_day(run: GenerationRun) -> None:
    for hours_ago in (0.6, 12.4, 12.6):
        add_call(run, hours_ago=hours_ago)
    hours = spending.read_hours(NOON + timedelta(hours=11))
    assert spending.Past(hours, []).today.calls == 2


def test_what_costs_nobody_knows_how_much_is_said_to_be_unknown(
    staff: Client, run: GenerationRun
) -> None:
    add_call(run, hours_ago=1, cost_usd=None)
    assert "Dollars unknown" in part(staff, "spending")
    spending.past.forget()
    add_call(run, hours_ago=1)
    assert "Dollars $0.2500 and what 1 call cost, which is unknown" in part(staff, "spending")


def test_calls_of_no_use_cost_all_the_same(staff: Client, run: GenerationRun) -> None:
    add_call(run, hours_ago=1, outcome=CallOutcome.FAILED)
    said = part(staff, "spending")
    assert "Calls to the model 1 1 of no use" in said
    assert "Dollars $0.2500" in said


def test_a_day_without_calls_is_told_as_such(staff: Client) -> None:
    assert "Nothing: no model was asked." in part(staff, "spending")


def test_each_hour_has_its_column_and_its_row(staff: Client, run: GenerationRun) -> None:
    add_call(run, hours_ago=0)
    add_call(run, hours_ago=23)
    said = part(staff, "tokens")
    assert "13:00 1,000 500" in said
    assert "12:00 1,000 500" in said
    assert "3,000 tokens in 24 hours, 1,500 in the busiest" in said


def test_runs_are_counted_by_the_day_and_by_what_became_of_them(staff: Client) -> None:
    for days, state in ((0, RunState.READY), (0, RunState.FAILED), (1, RunState.RUNNING)):
        run = make_run(baker.make(Roadmap, slug=uuid.uuid4()), state)
        ordered = NOON - timedelta(days=days)
        GenerationRun.objects.filter(pk=run.pk).update(created_at=ordered)
    said = part(staff, "days")
    assert "11-26 1 0 1 0" in said
    assert "11-25 0 0 0 1" in said
    assert "3 runs in fourteen days, 2 on the busiest" in said


def test_sums_are_made_once_for_all_who_watch(
    staff: Client, run: GenerationRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_call(run, hours_ago=1)
    part(staff, "spending")
    add_call(run, hours_ago=1)
    assert "Calls to the model 1" in part(staff, "spending")
    monkeypatch.setattr(spending.past, "_seconds", -1.0)
    assert "Calls to the model 2" in part(staff, "spending")
