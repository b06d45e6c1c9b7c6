"""Who gets a place, whose turn it is, and what is taken from whom; without a database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from connection_budget.cap import cap as module
from connection_budget.cap.cap import Cap, CapReached, Limit
from connection_budget.cap.places import Place
from tests.waiting import wait_until

ONE = Limit(1, 1, "web", "Close one.")
TWO = Limit(2, 2, "web", "Close one.")
# The other one is the main thread's.
ONE_BESIDE_MAIN = Limit(2, 1, "command", "Close one.")


@dataclass(eq=False)
class Keeper:
    """Has a connection, in use or not."""

    uses: int | None = None
    in_lane: bool = False
    in_unit: bool = False
    alias: str = "default"
    is_pool: bool = False
    is_wanted: bool = False
    is_shared: bool = False
    places: list[Place] = field(default_factory=list)

    def uses_at_rest(self) -> int | None:
        return self.uses

    def surrender(self) -> bool:
        end(self.places.pop())
        return True

    def forget(self) -> None:
        raise AssertionError("nobody forks")


def end(place: Place) -> None:
    place.fail(OSError())  # there was no socket whose end one could wait for


def keep(cap: Cap, keeper: Keeper) -> Place:
    """Until `keeper` is asked for it."""
    place = cap.take(keeper, seconds=0)
    keeper.places.append(place)
    return place


def told_elsewhere(ask: Callable[[], object], *, seconds: float = 15) -> object:
    """What another thread got, or was told; the thread itself if it still waits."""
    told: list[object] = []

    def attempt() -> None:
        try:
            told.append(ask())
        except CapReached as error:
            told.append(error)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(seconds)
    return told[0] if told else thread


def test_places_are_given_in_the_order_of_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes by when a place has just come free waits behind those who have not seen it yet."""
    monkeypatch.setattr(module, "LOOK_SECONDS", 60)
    cap, keeper = Cap("default", lambda: ONE), Keeper()
    first = keep(cap, keeper)
    got: list[Place] = []
    waiting = threading.Thread(target=lambda: got.append(cap.take(None, seconds=600)), daemon=True)
    waiting.start()
    wait_until(lambda: cap._queue)
    end(first)
    with pytest.raises(CapReached):
        cap.take(None, seconds=0)
    waiting.join(30)
    assert [place.thread for place in got] == [waiting]


def test_the_main_threads_place_is_nobody_elses() -> None:
    cap = Cap("default", lambda: ONE_BESIDE_MAIN)
    assert isinstance(told_elsewhere(lambda: cap.take(Keeper(), seconds=0)), Place)
    assert isinstance(told_elsewhere(lambda: cap.take(Keeper(), seconds=0)), CapReached)
    assert cap.take(Keeper(), seconds=0).is_main


def test_waiting_for_a_place_has_an_end() -> None:
    cap, keeper = Cap("default", lambda: ONE), Keeper()
    keep(cap, keeper)
    assert isinstance(told_elsewhere(lambda: cap.take(None, seconds=0.05)), CapReached)


def test_who_gave_up_keeps_nobody_waiting() -> None:
    cap, keeper = Cap("default", lambda: ONE), Keeper()
    place = keep(cap, keeper)
    assert isinstance(told_elsewhere(lambda: cap.take(None, seconds=0)), CapReached)
    end(place)
    assert isinstance(told_elsewhere(lambda: cap.take(None, seconds=0)), Place)


def test_a_lane_in_a_unit_keeps_its_connection() -> None:
    """And is asked for it, so that it gives it up afterwards."""
    cap, lane = Cap("default", lambda: ONE), Keeper(uses=1, in_lane=True, in_unit=True)
    keep(cap, lane)
    assert isinstance(told_elsewhere(lambda: cap.take(None, seconds=0)), CapReached)
    assert (len(lane.places), lane.is_wanted) == (1, True)


def test_an_idle_connection_of_another_thread_is_left_to_it_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cap, keeper = Cap("default", lambda: ONE), Keeper(uses=1)
    keep(cap, keeper)
    monkeypatch.setattr(module, "FORSAKEN_SECONDS", 600)
    assert isinstance(told_elsewhere(lambda: cap.take(None, seconds=0)), CapReached)
    monkeypatch.setattr(module, "FORSAKEN_SECONDS", 0)
    assert isinstance(told_elsewhere(lambda: cap.take(None, seconds=0)), Place)


def test_who_slept_beyond_its_time_looks_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that came free meanwhile is not refused for being late."""
    cap = Cap("default", lambda: ONE)
    held = keep(cap, Keeper())
    began, moments = time.monotonic(), iter((0.0,))

    def monotonic() -> float:
        if (moment := next(moments, None)) is not None:
            return began + moment
        end(held)  # while it sleeps, a minute long
        return began + 60

    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=monotonic))
    assert cap.take(None, seconds=5) is not held


def test_where_all_are_idle_waiting_is_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told at once, though there is time; while one is used, that is waited for."""
    monkeypatch.setattr(module, "IDLE_SECONDS", 0)
    monkeypatch.setattr(module, "FORSAKEN_SECONDS", 600)
    cap, idle, used = Cap("default", lambda: TWO), Keeper(uses=1), Keeper()
    keep(cap, idle)
    place = keep(cap, used)
    waiting = told_elsewhere(lambda: cap.take(None, seconds=600), seconds=0.2)
    assert isinstance(waiting, threading.Thread)
    end(place)
    waiting.join(30)
    used.uses = 1
    cap._held[-1] = keep(Cap("default", lambda: ONE), used)
    assert isinstance(told_elsewhere(lambda: cap.take(None, seconds=600)), CapReached)


def test_the_main_thread_is_waited_for_where_it_has_no_place_of_its_own() -> None:
    cap = Cap("default", lambda: ONE)
    place = keep(cap, Keeper())
    waiting = told_elsewhere(lambda: cap.take(None, seconds=600), seconds=0.2)
    assert isinstance(waiting, threading.Thread)
    end(place)
    waiting.join(30)
    assert not waiting.is_alive()


def test_a_thread_leaves_one_database_for_another_but_not_for_the_same() -> None:
    """Where one count is for both."""
    cap, first = Cap("default", lambda: ONE), Keeper(uses=1, alias="first")
    keep(cap, first)
    with pytest.raises(CapReached):
        cap.take(Keeper(alias="first"), seconds=0)
    assert len(first.places) == 1
    assert isinstance(cap.take(Keeper(alias="other"), seconds=0), Place)
    assert first.places == []


def test_while_one_is_leaving_nobody_else_is_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    cap, leaving, lane = Cap("default", lambda: TWO), Keeper(), Keeper(uses=1, in_lane=True)
    place = keep(cap, leaving)
    keep(cap, lane)
    monkeypatch.setattr(place, "_left_at", time.monotonic() + 600)
    assert isinstance(told_elsewhere(lambda: cap.take(None, seconds=0)), CapReached)
    assert (len(lane.places), lane.is_wanted) == (1, False)
    monkeypatch.setattr(place, "_left_at", None)
    assert isinstance(told_elsewhere(lambda: cap.take(None, seconds=0)), Place)
    assert lane.places == []


IDLE = {"uses": 1}


@pytest.mark.parametrize(
    ("held_by", "asks_for_a_unit", "rests", "gives_way"),
    [
        ((False, IDLE | {"in_lane": True}), False, 0.0, True),
        ((False, IDLE | {"in_lane": True, "is_shared": True}), False, 600.0, False),
        ((True, IDLE), True, 0.0, True),
        ((True, IDLE), False, 0.0, False),
        ((False, IDLE), False, 3.0, False),
        ((False, IDLE), False, 6.0, True),
        ((False, IDLE), True, 0.3, True),
        ((False, IDLE), True, 0.2, False),
        ((False, IDLE | {"is_pool": True}), False, 0.3, True),
        ((False, IDLE | {"is_pool": True}), False, 0.2, False),
    ],
)
def test_who_is_asked_to_give_way(
    monkeypatch: pytest.MonkeyPatch,
    held_by: tuple[bool, dict[str, Any]],
    asks_for_a_unit: bool,
    rests: float,
    gives_way: bool,
) -> None:
    """A lane after its unit at once; for a lane the main thread, too; others once they rest."""
    is_main, kind = held_by
    cap, keeper = Cap("default", lambda: ONE), Keeper(**kind)
    place = cap.take(keeper, seconds=0)
    keeper.places.append(place)
    monkeypatch.setattr(place, "rests_for", lambda: rests)
    if not is_main:
        monkeypatch.setattr(place, "thread", threading.Thread())
    asking = Keeper(in_unit=asks_for_a_unit)
    told = told_elsewhere(lambda: cap.take(asking, seconds=0))
    assert isinstance(told, Place) is gives_way
