"""The count of one database's connections in this process: who waits, who is told, who gives up."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import OperationalError

from connection_budget.cap.places import Keeper, Place
from connection_budget.logs import get_logger

log = get_logger(__name__)

# A waiter looks so often whether somebody is gone, and more often where somebody goes.
LOOK_SECONDS = 0.05
LEAVING_SECONDS = 0.005
# A connection that nobody has used for so long is idle: its thread does something else.
IDLE_SECONDS = 0.5
# One that was idle for so long passes to who asks for it.
FORSAKEN_SECONDS = 5.0
# The garbage collector is asked no more often than this while somebody waits.
COLLECT_SECONDS = 1.0


class CapReached(OperationalError):
    """This process has as many connections as its role declares, and none came free."""


@dataclass(frozen=True)
class Limit:
    """How many connections may be open, and what to tell who finds none."""

    total: int
    beside_main: int
    """Of these, what all threads but the main one may have."""
    role: str
    remedy: str

    @property
    def main_is_apart(self) -> bool:
        return self.beside_main < self.total


class Cap:
    """`limit` is asked whenever somebody takes a place: a fork may have changed it."""

    def __init__(self, alias: str, limit: Callable[[], Limit]) -> None:
        self.alias = alias
        self._limit = limit
        self._changed = threading.Condition()
        self._held: list[Place] = []
        self._queue: list[Place] = []
        self._collected_at = 0.0

    def take(self, keeper: Keeper | None, *, seconds: float, where: str = "") -> Place:
        """Wait for a place, in the order of asking. Raises `CapReached` after `seconds`, or at
        once where everybody who has one is idle."""
        place = Place(keeper, where)
        give_up_at = time.monotonic() + seconds
        with self._changed:
            self._queue.append(place)
            try:
                self._wait_for_turn(place, give_up_at)
                self._held.append(place)
            finally:
                self._queue.remove(place)
                self._changed.notify_all()
        return place

    def count(self) -> int:
        """Places that are taken now."""
        with self._changed:
            self._sweep()
            return len(self._held)

    def forget(self) -> None:
        """In a forked child, where no lock of the parent can be trusted."""
        for place in self._held:
            place.forget()

    def _wait_for_turn(self, place: Place, give_up_at: float) -> None:
        while True:
            # Before it looks: whoever slept beyond its time looks once more.
            late = time.monotonic() >= give_up_at
            if self._has_room(place):
                return
            self._make_room(place)
            if self._has_room(place):
                return
            is_vain = late or (self._is_first(place) and self._all_rest(place))
            if (is_vain or place.waits_for() > LOOK_SECONDS) and self._collect(place):
                continue
            if is_vain:
                raise self._refusal(place)
            leaving = any(held.is_leaving for held in self._held)
            self._changed.wait(LEAVING_SECONDS if leaving else LOOK_SECONDS)

    def _collect(self, asking: Place) -> bool:
        """Wrappers are in cycles: nobody else may look soon for those that nobody has any more.

        It is dear (the whole heap is read), so not while somebody goes anyway, and not before
        those who hand over after each unit have had their time. Returns whether it was done.
        """
        if any(place.is_leaving for place in self._held):
            return False
        if self._collected_at >= max(asking.since, time.monotonic() - COLLECT_SECONDS):
            return False
        gc.collect()
        self._collected_at = time.monotonic()
        return True

    def _has_room(self, place: Place) -> bool:
        self._sweep()
        limit = self._limit()
        if not self._is_first(place) or len(self._held) >= limit.total:
            return False
        others = sum(not held.is_main for held in self._held)
        return place.is_main or others < limit.beside_main

    def _is_first(self, place: Place) -> bool:
        """Where the main thread has a place of its own, it waits for no other."""
        apart = self._limit().main_is_apart
        return place is next(
            waiting for waiting in self._queue if not apart or waiting.is_main == place.is_main
        )

    def _sweep(self) -> None:
        for place in self._held:
            place.close_for_the_dead()
        self._held = [place for place in self._held if not place.is_over()]

    def _make_room(self, asking: Place) -> None:
        """Have somebody give up a connection that is not in use."""
        if any(place.is_leaving for place in self._held) or self._gives_up_its_own(asking):
            return
        if not self._is_first(asking):
            return
        for place, keeper in self._candidates(asking):
            if not keeper.in_unit and keeper.surrender():
                log.debug("db_place_surrendered", alias=self.alias, thread=place.thread.name)
                return
            keeper.is_wanted = True

    def _gives_up_its_own(self, asking: Place) -> bool:
        """Where one count is for several databases, a thread leaves one for another."""
        alias = asking.keeper.alias if asking.keeper is not None else self.alias
        return any(
            keeper.alias != alias and keeper.surrender()
            for place in self._held
            if place.thread is asking.thread and (keeper := place.keeper) is not None
        )

    def _candidates(self, asking: Place) -> list[tuple[Place, Keeper]]:
        """Lanes first."""
        apart = self._limit().main_is_apart
        found = [
            (place, keeper)
            for place in self._held
            if (keeper := place.keeper) is not None
            and place.thread is not asking.thread
            and not (apart and place.is_main != asking.is_main)
            and _may_be_asked(place, keeper, asking)
        ]
        return sorted(found, key=lambda pair: not pair[1].in_lane)

    def _all_rest(self, asking: Place) -> bool:
        """Whether waiting is in vain: each is idle, or is kept by the very thread that asks."""
        if self._limit().main_is_apart and not asking.is_main:
            held = [place for place in self._held if not place.is_main]
        else:
            held = self._held
        return all(
            not place.is_leaving
            and (place.thread is asking.thread or place.rests_for() > IDLE_SECONDS)
            for place in held
        )

    def _refusal(self, asking: Place) -> CapReached:
        limit = self._limit()
        holders = "; ".join(_describe(place) for place in self._held)
        log.warning("db_cap_reached", alias=self.alias, role=limit.role, limit=limit.total)
        return CapReached(
            f"A process of the role {limit.role} may have {_sum(limit)} to "
            f"{self.alias!r}, and {asking.thread.name} found none free. Held by: {holders}. "
            f"{limit.remedy}"
        )


def _may_be_asked(place: Place, keeper: Keeper, asking: Place) -> bool:
    """Whether the connection may be closed for `asking` as soon as it is not in use.

    That of a lane, after its unit; the main thread's, for a lane; one of another thread when it
    has been idle for long, and for a lane sooner.
    """
    rest = place.rests_for()
    if keeper.is_shared:
        return False
    for_lane = asking.keeper is not None and asking.keeper.in_unit
    if keeper.in_lane or (for_lane and place.is_main):
        return True
    soon = for_lane or keeper.is_pool
    return rest > (IDLE_SECONDS / 2 if soon else FORSAKEN_SECONDS)


def _sum(limit: Limit) -> str:
    word = "connection" if limit.total == 1 else "connections"
    if not limit.main_is_apart:
        return f"{limit.total} {word}"
    return f"{limit.total} {word} ({limit.beside_main} and 1 of its main thread)"


def _describe(place: Place) -> str:
    seconds = time.monotonic() - place.since
    state = "leaving" if place.is_leaving else "idle" if place.rests_for() else "in use"
    taken = f", taken at {place.where}" if place.where else ""
    return f"{place.thread.name} for {seconds:.1f} s ({state}{taken})"
