"""What whoever finds no place is told: of whose they are, since when, and what to do."""

from __future__ import annotations

import re
import threading

import pytest
from structlog.testing import capture_logs

from connection_budget.cap.cap import Cap, CapReached, Limit
from connection_budget.cap.places import Place
from tests.connection_budget.cap.test_taking_a_place import Keeper, told_elsewhere

TWO = Limit(2, 2, "web", "Close one.")
HELD = re.compile(r"([\w-]+) for (\d+\.\d) s \(([^()]*)\)")


def refusal_of(cap: Cap) -> str:
    told = told_elsewhere(lambda: cap.take(None, seconds=0))
    assert isinstance(told, CapReached)
    return str(told)


def held_since(cap: Cap, keeper: Keeper, seconds: float, where: str = "") -> Place:
    place = cap.take(keeper, where=where, seconds=0)
    place.since -= seconds
    return place


def test_every_holder_is_named_with_its_time_and_what_it_does() -> None:
    cap, busy, idle = Cap("reports", lambda: TWO), Keeper(), Keeper(uses=3)
    held_since(cap, busy, 12.5, "views.py:7")
    held_since(cap, idle, 250)
    told = refusal_of(cap)
    assert told.startswith("A process of the role web may have 2 connections to 'reports', and ")
    assert re.search(r"and Thread-[^,]* found none free\. Held by: ", told)
    assert told.endswith(". Close one.")
    told = refusal_of(cap)  # twice unused is idle
    holders = [
        (name, float(seconds) // 50 * 50, does) for name, seconds, does in HELD.findall(told)
    ]
    mine = threading.current_thread().name
    assert holders == [(mine, 0, "in use, taken at views.py:7"), (mine, 250, "idle")]


def test_one_that_is_being_left_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    cap = Cap("default", lambda: Limit(1, 1, "logs", "Close one."))
    place = held_since(cap, Keeper(), 1)
    monkeypatch.setattr(place, "_left_at", place.since + 3_600)
    told = refusal_of(cap)
    assert "may have 1 connection to" in told
    assert HELD.findall(told)[0][2] == "leaving"


def test_the_place_of_the_main_thread_is_told_apart() -> None:
    cap = Cap("default", lambda: Limit(3, 2, "command", "Close one."))
    for _ in range(2):
        assert isinstance(told_elsewhere(lambda: cap.take(Keeper(), seconds=0)), Place)
    assert "may have 3 connections (2 and 1 of its main thread) to" in refusal_of(cap)


def test_a_refusal_is_logged_without_names_of_threads() -> None:
    cap = Cap("default", lambda: TWO)
    for _ in range(2):
        cap.take(Keeper(), seconds=0)
    with capture_logs() as events, pytest.raises(CapReached):
        cap.take(None, seconds=0)
    told = {"event": "db_cap_reached", "log_level": "warning"}
    assert events == [told | {"alias": "default", "role": "web", "limit": 2}]
