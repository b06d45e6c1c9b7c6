"""How often one is asked, how long between, and how much one holds: pure, and exact."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import cast

import pytest
from django.db import IntegrityError, OperationalError

from connection_budget.lanes.executor import DbExecutor
from generation.puller import pauses
from generation.puller.limits import Limits
from generation.puller.patience import PatientDb


class Chance:
    def __init__(self, drawn: float) -> None:
        self.drawn = drawn

    def uniform(self, least: float, most: float) -> float:
        return {-1.0: least, 0.0: (least + most) / 2, 1.0: most}[self.drawn]


@pytest.fixture
def evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance takes the middle."""
    monkeypatch.setattr(pauses, "_chance", Chance(0.0))


@pytest.mark.parametrize(
    ("repeats_itself", "expected"),
    [(False, [3.0, 6.0, 12.0, 24.0, None]), (True, [12.0, 24.0, None])],
)
def test_what_fails_is_asked_for_so_often_and_each_pause_is_twice_the_one_before(
    evenly: None, repeats_itself: bool, expected: list[float | None]
) -> None:
    """Who repeats by itself is asked fewer times, and the pauses are those before the last."""
    limits = Limits(attempts=5, outer_attempts=3, retry_seconds=3.0)
    told = [
        limits.pause_after(attempt, repeats_itself=repeats_itself)
        for attempt in range(1, len(expected) + 1)
    ]
    assert told == expected
    assert limits.pause_after(9, repeats_itself=repeats_itself) is None


def test_nobody_waits_longer_however_often_it_failed(evenly: None) -> None:
    assert [pauses.pause_before(attempt, 2.0) for attempt in (5, 6, 60)] == [32.0, 60.0, 60.0]


@pytest.mark.parametrize(("drawn", "seconds"), [(-1.0, 6.0), (1.0, 10.0)])
def test_what_failed_together_does_not_come_back_together(
    monkeypatch: pytest.MonkeyPatch, drawn: float, seconds: float
) -> None:
    monkeypatch.setattr(pauses, "_chance", Chance(drawn))
    assert pauses.pause_before(3, 2.0) == seconds


def test_a_puller_holds_what_is_being_written_and_two_full_batches() -> None:
    assert Limits(model_calls=5, batch_concepts=7).unsaved == 5 + 2 * 7 * 3


class Away:
    """A database that is away for so many units."""

    def __init__(self, times: int, error: type[Exception] = OperationalError) -> None:
        self.left, self.error = times, error
        self.asked = 0

    def run_sync(self, unit: Callable[[], str]) -> str:
        self.asked += 1
        if self.left:
            self.left -= 1
            raise self.error("away")
        return unit()

    async def run(self, unit: Callable[[], str]) -> str:
        return self.run_sync(unit)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept, instead of sleeping."""
    seconds: list[float] = []

    async def sleep(pause: float) -> None:
        seconds.append(pause)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(time, "sleep", seconds.append)
    monkeypatch.setattr(time, "monotonic", lambda: 1_000.0 + sum(seconds))
    return seconds


def ask(away: Away, seconds: float, *, at_once: bool) -> str:
    db = PatientDb(cast("DbExecutor", away), seconds=seconds)
    return db.run_sync(say_done) if at_once else asyncio.run(db.run(say_done))


def say_done() -> str:
    return "done"


@pytest.mark.parametrize("at_once", [False, True])
def test_a_database_that_is_away_is_waited_for_with_growing_pauses(
    slept: list[float], at_once: bool
) -> None:
    assert ask(Away(8), 45.0, at_once=at_once) == "done"
    assert slept == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]


@pytest.mark.parametrize("at_once", [False, True])
def test_and_no_longer_than_it_is_worth(slept: list[float], at_once: bool) -> None:
    away = Away(1_000)
    with pytest.raises(OperationalError):
        ask(away, 10.0, at_once=at_once)
    assert 8.0 < sum(slept) <= 10.0
    assert away.asked == len(slept) + 1


@pytest.mark.parametrize("at_once", [False, True])
def test_what_time_does_not_mend_is_not_tried_again(slept: list[float], at_once: bool) -> None:
    away = Away(1, IntegrityError)
    with pytest.raises(IntegrityError):
        ask(away, 10.0, at_once=at_once)
    assert (away.asked, slept) == (1, [])


def test_what_is_not_worth_waiting_for_is_asked_once(slept: list[float]) -> None:
    away = Away(1)
    with pytest.raises(OperationalError):
        asyncio.run(PatientDb(cast("DbExecutor", away), seconds=45.0).run_once(say_done))
    assert (away.asked, slept) == (1, [])
