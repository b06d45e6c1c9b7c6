"""Notes: one for all processes, and one's own while Redis is away."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import redis

from accounts.limits.recall import Notes
from accounts.limits.windows import MOST_LOCAL_WINDOWS

NOBODY_THERE = "unix:///nonexistent/redis.sock"


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["alone", "shared", "away"])
def notes(request: pytest.FixtureRequest, redis_url: str) -> Iterator[Notes]:
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
    urls = {"alone": None, "shared": redis_url, "away": NOBODY_THERE}
    with closing(Notes(urls[request.param], Clock())) as opened:
        yield opened


def test_what_is_noted_first_stays(notes: Notes) -> None:
    assert notes.find("rope") is None
    assert notes.keep("rope", "bowline", seconds=60) == "bowline"
    assert notes.keep("rope", "sheet bend", seconds=60) == "bowline"
    assert (notes.find("rope"), notes.find("line")) == ("bowline", None)


def test_what_is_forgotten_may_be_noted_anew(notes: Notes) -> None:
    notes.keep("rope", "bowline", seconds=60)
    notes.forget("rope")
    assert notes.find("rope") is None
    assert notes.keep("rope", "sheet bend", seconds=60) == "sheet bend"


def test_of_many_at_once_one_is_noted_and_all_are_told_which(notes: Notes) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = set(pool.map(lambda who: notes.keep("rope", f"{who}", seconds=60), range(32)))
    assert told == {notes.find("rope")}


def test_processes_share_their_notes(redis_url: str) -> None:
    with closing(Notes(redis_url)) as one, closing(Notes(redis_url)) as other:
        one.keep("shared rope", "bowline", seconds=60)
        assert other.keep("shared rope", "sheet bend", seconds=60) == "bowline"
        assert other.find("shared rope") == "bowline"


def test_a_note_is_kept_for_its_time_and_no_longer() -> None:
    clock = Clock()
    notes = Notes(None, clock)
    notes.keep("rope", "bowline", seconds=60)
    clock.now += 59
    assert notes.find("rope") == "bowline"
    clock.now += 2
    assert notes.find("rope") is None
    assert notes.keep("rope", "sheet bend", seconds=60) == "sheet bend"


def test_redis_keeps_a_note_for_its_time_and_no_longer(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client, closing(Notes(redis_url)) as notes:
        client.flushdb()
        notes.keep("rope", "bowline", seconds=60)
        notes.keep("rope", "sheet bend", seconds=6_000)
        assert 50 < client.ttl("rope") <= 60


def test_a_redis_that_is_silent_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = Clock(), []

    def get(_client: redis.Redis, key: str) -> str:
        asked.append(key)
        raise redis.ConnectionError

    monkeypatch.setattr(redis.Redis, "get", get)
    with closing(Notes(NOBODY_THERE, clock)) as notes:
        for name, later in (("a", 0.0), ("b", 4.9), ("c", 0.1), ("d", 1.0)):
            clock.now += later
            assert notes.find(name) is None
    assert asked == ["a", "c"]


def test_a_process_alone_keeps_so_many_and_forgets_the_oldest() -> None:
    notes = Notes(None)
    for number in range(MOST_LOCAL_WINDOWS + 1):
        notes.keep(str(number), "bowline", seconds=60)
    assert (notes.find("0"), notes.find("1")) == (None, "bowline")
