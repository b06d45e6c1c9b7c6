"""Roles of which there is more than declared: told once, when it lasts, and when it is over."""

from __future__ import annotations

import pytest
from pytest_django import Settings
from structlog.testing import capture_logs

from connection_budget.budget.budget import budget_from_environment
from connection_budget.watch.over_budget import OverBudgetWatch, over_budget
from tests.connection_budget.fleet import FLEET


@pytest.fixture(autouse=True)
def peak(settings: Settings) -> int:
    """Of web."""
    settings.CONNECTION_BUDGET = budget_from_environment({}, FLEET)
    return budget_from_environment({}, FLEET).role("web").peak


def told(watch: OverBudgetWatch, *lives: int) -> list[list[str]]:
    """Of web, look by look."""
    looks = []
    for live in lives:
        with capture_logs() as logs:
            watch.look({"web": live, "psql": 99})
        looks.append([line["event"].removeprefix("db_role_") for line in logs])
    return looks


def test_at_its_peak_a_role_is_within_its_budget(peak: int) -> None:
    assert over_budget({"web": peak, "psql": 99}) == []
    assert over_budget({"web": peak + 1, "logs": 1}) == ["web"]


def test_behind_a_pooler_nobody_is_told(peak: int, settings: Settings) -> None:
    behind = {"DATABASE_POOLER": "transaction"}
    settings.CONNECTION_BUDGET = budget_from_environment(behind, FLEET)
    assert over_budget({"web": peak + 1}) == []


def test_it_is_told_by_the_second_look_once_and_again_when_it_comes_again(peak: int) -> None:
    over, within = peak + 1, peak
    assert told(OverBudgetWatch(), over, over, over, within, within, over, over) == [
        [],
        ["over_budget"],
        [],
        ["within_budget"],
        [],
        [],
        ["over_budget"],
    ]


def test_what_one_look_alone_has_seen_is_not_told_nor_its_end(peak: int) -> None:
    assert told(OverBudgetWatch(), *[peak + 1, peak] * 3) == [[]] * 6
