"""The thread that interrupts what is late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from connection_budget.deadlines.held import Held, Named
from connection_budget.deadlines.watch import DeadlineWatch
from tests.waiting import wait_until


class Thing(Held):
    """Uses no connection."""

    def uses(self) -> Iterable[Named]:
        return ()

    def tell_expired(self) -> None:
        """To nobody."""


class Watched:
    def __init__(self) -> None:
        self.interrupted: list[Held] = []
        self.watch = DeadlineWatch("watch-of-a-test", self.interrupted.append)


@pytest.fixture
def watched() -> Iterator[Watched]:
    watched = Watched()
    yield watched
    watched.watch.close()


def test_a_nearer_deadline_is_kept_while_a_farther_one_is_waited_for(watched: Watched) -> None:
    far, near = Thing("far", 3_600), Thing("near", 0)
    watched.watch.add(far)
    wait_until(lambda: watched.watch._wakes_at)
    watched.watch.add(near)
    wait_until(lambda: near in watched.interrupted, seconds=15)
    assert far not in watched.interrupted


def test_what_is_over_is_watched_no_more(watched: Watched) -> None:
    over, late = Thing("over", 0.05), Thing("late", 0.1)
    with watched.watch.watching(over):
        pass
    watched.watch.add(late)
    wait_until(lambda: late in watched.interrupted)
    assert over not in watched.interrupted


def test_what_is_finished_is_interrupted_no_more() -> None:
    """Its connection may be another's in a moment."""
    thing = Thing("finished", 0)
    thing.finish()
    assert (thing.interrupt(), thing.expired) == (False, False)
