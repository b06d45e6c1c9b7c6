"""Waiting for a place of the count itself, without a database."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import pytest

from connection_budget.cap.cap import Cap, CapReached, Limit
from connection_budget.cap.places import GONE_SECONDS, Place

ONE = Limit(1, 1, "web", "Close one.")


@dataclass(eq=False)
class Lane:
    """Has a connection until somebody asks for it."""

    place: Place | None = None
    alias: str = "default"
    in_unit: bool = False
    in_lane: bool = True
    is_pool: bool = False
    is_wanted: bool = False
    is_shared: bool = False

    def uses_at_rest(self) -> int | None:
        return 1

    def surrender(self) -> bool:
        assert self.place is not None
        self.place.fail(OSError())  # there was no socket whose end one could wait for
        return True

    def forget(self) -> None:
        raise AssertionError("nobody forks")


@pytest.fixture
def collections(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    done: list[object] = []
    monkeypatch.setattr(gc, "collect", lambda: done.append(None))
    return done


def test_lanes_that_hand_a_place_over_read_no_heap(collections: list[object]) -> None:
    cap = Cap("default", lambda: ONE)
    lanes = [Lane(), Lane()]
    with ThreadPoolExecutor(1) as other:
        for turn in range(200):
            lane = lanes[turn % 2]
            take = partial(cap.take, lane, seconds=GONE_SECONDS)
            lane.place = take() if turn % 2 else other.submit(take).result()
    assert len(collections) <= 2
    assert cap.count() == 1


def test_nobody_is_refused_before_the_heap_was_read(collections: list[object]) -> None:
    """A wrapper that nobody has any more may hold the place until the collector comes by."""
    cap = Cap("default", lambda: ONE)
    cap.take(None, seconds=0)
    with ThreadPoolExecutor(1) as other, pytest.raises(CapReached):
        other.submit(lambda: cap.take(None, seconds=0)).result()
    assert len(collections) == 1


def test_what_the_collector_finds_is_given_on(monkeypatch: pytest.MonkeyPatch) -> None:
    cap = Cap("default", lambda: ONE)
    lost = cap.take(None, seconds=0)
    monkeypatch.setattr(gc, "collect", lambda: lost.fail(OSError()))
    with ThreadPoolExecutor(1) as other:
        taken = other.submit(lambda: cap.take(None, seconds=0)).result()
    assert taken.thread is not threading.current_thread()
    assert cap.count() == 1
