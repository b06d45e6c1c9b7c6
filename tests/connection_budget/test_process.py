"""What a process has of its own is as large as its role, and as patient as its settings."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from pytest_django import Settings

from connection_budget import process
from connection_budget.budget.budget import budget_from_environment
from connection_budget.databases import ENGINE
from connection_budget.metrics.sources import SEATS, Usage, usage_of
from connection_budget.process import process_executor, process_seats, seats_up_to
from tests.connection_budget.fleet import FLEET


@pytest.fixture(autouse=True)
def _afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process has its seats already, or will have."""
    make = process._seats_by_alias.__wrapped__
    monkeypatch.setattr(process, "_seats_by_alias", functools.cache(make))


@pytest.fixture
def two(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of four connections, one of which is for another database."""
    settings.CONNECTION_BUDGET = budget_from_environment({"ROLE_WEB_CONNECTIONS": "4"}, FLEET)
    settings.PROCESS_ROLE, settings.SEAT_DEADLINE_SECONDS = "web", 7
    settings.CONNECTION_BUDGET_SHARES = {"default": 3, "reports": 1}
    database: dict[str, Any] = {"ENGINE": ENGINE, "NAME": "x", "OPTIONS": {"pool": True}}
    for alias in ("default", "reports"):
        monkeypatch.setitem(settings.DATABASES, alias, database)


@pytest.mark.parametrize(("pooled", "deadline"), [(True, 7), (False, 30)])
def test_lanes_are_the_first_databases_share_and_on_a_pool_as_patient_as_its_seats(
    two: None, monkeypatch: pytest.MonkeyPatch, pooled: bool, deadline: float
) -> None:
    monkeypatch.setattr(process, "has_pool", lambda: pooled)
    executor = process_executor.__wrapped__()
    assert (executor.statistics().lanes, executor._unit_deadline) == (3, deadline)
    executor.close()


def test_seats_are_the_shares_in_the_order_in_which_they_are_taken(two: None) -> None:
    assert [seats.total for seats in seats_up_to("default")] == [3]
    assert [seats.total for seats in seats_up_to("reports")] == [3, 1]
    assert [seats.total for seats in seats_up_to("nobodys")] == [3]
    assert seats_up_to("reports")[0] is process_seats()
    assert process_seats().deadline == 7


def test_who_has_a_seat_and_for_how_long_is_known(
    two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "has_pool", lambda: True)
    seats = process_seats()
    taken = [seats.take(1) for _ in range(3)]
    place = seats.ask()
    usage = usage_of(SEATS)
    assert usage is not None
    assert (usage.in_use, usage.maximum, usage.waiting) == (3, 3, 1)
    assert [(one.deadline, 0 <= one.seconds < 60) for one in usage.held] == [(7, True)] * 3
    seats.leave(place)
    for give_back in taken:
        give_back()


def test_where_there_is_no_pool_there_are_no_seats(
    two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "has_pool", lambda: False)
    assert usage_of(SEATS) == Usage(0, 0, 0)
