"""Counting: all windows or none, in one process, in a fleet, and when Redis is away."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import redis

from accounts.limits.windows import (
    Full,
    LocalCounter,
    Places,
    SharedCounter,
    Window,
    Windows,
)

NOBODY_THERE = "unix:///nonexistent/redis.sock"


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["alone", "shared"])
def windows(request: pytest.FixtureRequest, redis_url: str) -> Iterator[Windows]:
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
    with closing(Windows(redis_url if request.param == "shared" else None)) as opened:
        yield opened


def taken(windows: Windows, *wanted: Window) -> Places | None:
    try:
        return windows.take(*wanted)
    except Full:
        return None


def test_a_window_holds_what_it_holds(windows: Windows) -> None:
    window = Window("orders", 3, 60)
    assert [bool(taken(windows, window)) for _ in range(5)] == [True] * 3 + [False] * 2


def test_who_is_refused_is_told_how_long_it_takes(windows: Windows) -> None:
    window = Window("orders", 1, 3_600)
    windows.take(window)
    with pytest.raises(Full) as full:
        windows.take(window)
    assert 3_500 < full.value.seconds <= 3_600


def test_who_is_refused_twice_is_told_the_longer_wait(windows: Windows) -> None:
    """Each window has a length of its own, whichever is asked first."""
    minute, day = Window("minute", 1, 60), Window("day", 1, 86_400)
    windows.take(minute, day)
    for wanted in ((minute, day), (day, minute), (day,)):
        with pytest.raises(Full) as full:
            windows.take(*wanted)
        assert 86_300 < full.value.seconds <= 86_400
    with pytest.raises(Full) as full:
        windows.take(minute)
    assert 59 < full.value.seconds <= 60


def test_a_block_that_fails_gives_its_places_back_and_no_other(windows: Windows) -> None:
    window = Window("orders", 3, 60)
    for _ in range(2):
        with windows.take(window):
            pass
    with pytest.raises(RuntimeError, match="no rope"), windows.take(window):
        raise RuntimeError("no rope")
    assert [bool(taken(windows, window)) for _ in range(2)] == [True, False]


def test_a_window_that_holds_nothing_is_always_full(windows: Windows) -> None:
    for _ in range(2):
        with pytest.raises(Full) as full:
            windows.take(Window("orders", 0, 60))
        assert 59 < full.value.seconds <= 60


def test_where_one_window_is_full_no_place_is_taken_in_the_others(windows: Windows) -> None:
    full, other = Window("session", 1, 60), Window("address", 2, 60)
    windows.take(full)
    for _ in range(5):
        assert taken(windows, other, full) is None
    assert [bool(taken(windows, other)) for _ in range(3)] == [True, True, False]


def test_a_place_that_is_given_back_is_free_once(windows: Windows) -> None:
    window = Window("orders", 2, 60)
    windows.take(window)
    places = windows.take(window)
    places.give_back()
    places.give_back()
    assert [bool(taken(windows, window)) for _ in range(2)] == [True, False]


def test_huge_windows_are_never_full(windows: Windows) -> None:
    assert all(taken(windows, Window("orders", 10**30, 60)) for _ in range(50))


def test_many_at_once_get_no_more_places_than_there_are(windows: Windows) -> None:
    wanted = Window("session", 7, 60), Window("address", 10, 60)
    with ThreadPoolExecutor(16) as pool:
        places = list(pool.map(lambda _: taken(windows, *wanted), range(64)))
    assert sum(place is not None for place in places) == 7


def test_processes_count_together(redis_url: str) -> None:
    window = Window("of-a-fleet", 4, 60)
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
    with closing(Windows(redis_url)) as one, closing(Windows(redis_url)) as other:
        assert [bool(taken(each, window)) for each in (one, other) * 3] == [True] * 4 + [False] * 2


def test_without_redis_a_process_counts_alone() -> None:
    window = Window("orders", 2, 60)
    with closing(Windows(NOBODY_THERE)) as windows:
        places = [taken(windows, window) for _ in range(3)]
        assert [bool(place) for place in places] == [True, True, False]
        assert places[0] is not None
        places[0].give_back()
        assert taken(windows, window)


def test_after_a_rest_redis_is_asked_again(redis_url: str) -> None:
    clock, window = Clock(), Window("rested", 1, 60)
    with redis.Redis.from_url(redis_url) as client, closing(Windows(redis_url, clock=clock)) as one:
        client.flushdb()
        one._rest_until = clock.now + 5
        one.take(window)
        assert not client.exists("rested")
        clock.now += 5
        one.take(window)
        assert client.exists("rested")


def test_a_redis_that_is_silent_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = Clock(), []
    ask = SharedCounter.take

    def take(counter: SharedCounter, windows: Sequence[Window]) -> float:
        asked.append(clock.now)
        return ask(counter, windows)

    monkeypatch.setattr(SharedCounter, "take", take)
    with closing(Windows(NOBODY_THERE, clock=clock)) as windows:
        for later in (0.0, 0.0, 4.9, 0.1, 1.0):
            clock.now += later
            assert taken(windows, Window("silent", 9, 60))
    assert asked == [1_000.0, 1_005.0]


def test_redis_forgets_what_has_ended_and_nothing_stays_without_an_end(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client, closing(Windows(redis_url)) as windows:
        client.flushdb()
        for number in range(20):
            windows.take(Window(f"of-{number}", 1, 60)).give_back()
        assert all(0 < client.ttl(key) <= 60 for key in client.scan_iter())


def test_a_place_given_back_after_its_window_ended_changes_nothing(redis_url: str) -> None:
    window = Window("ended", 1, 60)
    with redis.Redis.from_url(redis_url) as client, closing(Windows(redis_url)) as windows:
        client.flushdb()
        places = windows.take(window)
        client.delete("ended")
        places.give_back()
        assert not client.exists("ended")


def test_a_window_begins_again_when_it_has_ended() -> None:
    clock = Clock()
    counter, window = LocalCounter(clock), Window("orders", 1, 60)
    assert counter.take([window]) == 0
    clock.now += 59.0
    assert counter.take([window]) == pytest.approx(1.0)
    clock.now += 1.0
    assert counter.take([window]) == 0
    assert counter.take([window]) == pytest.approx(60.0)


def test_a_window_is_full_to_its_last_moment() -> None:
    clock, window = Clock(), Window("orders", 1, 60)
    windows = Windows(None, clock=clock)
    windows.take(window)
    clock.now += 59.9
    with pytest.raises(Full) as full:
        windows.take(window)
    assert full.value.seconds == pytest.approx(0.1)


def test_a_window_ends_so_long_after_its_first_place_however_many_follow(redis_url: str) -> None:
    window = Window("pushed", 5, 60)
    with redis.Redis.from_url(redis_url) as client, closing(Windows(redis_url)) as windows:
        client.flushdb()
        windows.take(window)
        client.expire("pushed", 20)  # forty seconds later
        windows.take(window)
        assert client.ttl("pushed") <= 20


def test_a_process_remembers_a_bounded_number_of_strangers() -> None:
    clock = Clock()
    counter = LocalCounter(clock, most_windows=100)
    for number in range(1_000):
        counter.take([Window(f"address-{number}", 5, 60)])
    assert len(counter) == 100


def test_of_too_many_those_go_that_have_ended_and_then_those_nobody_asked_for_longest() -> None:
    clock = Clock()
    counter = LocalCounter(clock, most_windows=3)
    short, old, asked = Window("short", 1, 10), Window("old", 1, 60), Window("asked", 2, 60)
    for window in (asked, old, short):
        counter.take([window])
    clock.now += 10
    counter.take([Window("new", 1, 60)])
    assert counter.take([old]) > 0, "an ended one was there to go"
    assert counter.take([asked]) == 0
    counter.take([Window("newer", 1, 60)])
    assert counter.take([asked]) > 0, "it was asked for just now"
    assert counter.take([Window("new", 1, 60)]) > 0
    assert counter.take([old]) == 0


@pytest.mark.parametrize("seed", range(5))
def test_redis_counts_as_a_process_counts(redis_url: str, seed: int) -> None:
    dice = random.Random(seed)
    counters = LocalCounter(), SharedCounter(redis_url)
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
    for _ in range(200):
        names = dice.sample(["a", "b", "c"], dice.randint(1, 3))
        windows = [Window(name, {"a": 3, "b": 5, "c": 50}[name], 3_600) for name in names]
        if dice.random() < 0.6:
            outcomes = {counter.take(windows) > 0 for counter in counters}
            assert len(outcomes) == 1
        else:
            for counter in counters:
                counter.give_back(windows)
    counters[1].close()
