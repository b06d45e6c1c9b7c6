"""Places for sockets: counted over a fleet, free again when whoever held them is gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest
import redis

from accounts.limits.sockets import OpenPlaces
from accounts.limits.windows import Window
from tests.waiting import until

NOBODY_THERE = "unix:///nonexistent/redis.sock"
SESSION, ADDRESS = Window("session", 2, 60), Window("address", 3, 60)
Open = Callable[[str | None], OpenPlaces]


@pytest.fixture
def client(redis_url: str) -> redis.Redis:
    opened = redis.Redis.from_url(redis_url)
    opened.flushdb()
    return opened


@pytest.fixture
async def opened(client: redis.Redis) -> AsyncIterator[Open]:
    """Makes what each process has, and closes it."""
    made: list[OpenPlaces] = []

    def make(url: str | None) -> OpenPlaces:
        made.append(OpenPlaces(url))
        return made[-1]

    yield make
    for places in made:
        await places.close()
    client.close()


@pytest.mark.parametrize("where", ["shared", "alone", "away"])
async def test_so_many_are_open_at_once_for_a_session_and_for_an_address(
    opened: Open, redis_url: str, where: str
) -> None:
    places = opened({"shared": redis_url, "alone": None, "away": NOBODY_THERE}[where])
    first = await places.take([SESSION, ADDRESS])
    second = await places.take([SESSION, ADDRESS])
    assert first
    assert second
    assert await places.take([SESSION, ADDRESS]) is None
    assert await places.take([ADDRESS])
    assert await places.take([ADDRESS]) is None
    await places.give_back(first)
    assert await places.take([SESSION, ADDRESS])
    assert await places.take([ADDRESS]) is None


@pytest.mark.parametrize("shared", [True, False])
async def test_many_at_once_are_no_more_than_one_after_the_other(
    opened: Open, redis_url: str, shared: bool
) -> None:
    places = opened(redis_url if shared else None)
    names = await asyncio.gather(*(places.take([SESSION]) for _ in range(20)))
    assert sum(name is not None for name in names) == 2


async def test_processes_count_together(opened: Open, redis_url: str) -> None:
    one, other = opened(redis_url), opened(redis_url)
    assert await one.take([SESSION])
    assert await other.take([SESSION])
    assert await one.take([SESSION]) is None


async def test_places_of_a_process_that_died_come_free_with_their_lease(
    opened: Open, redis_url: str, client: redis.Redis
) -> None:
    died, alive = opened(redis_url), opened(redis_url)
    names = [await died.take([SESSION]), await died.take([SESSION])]
    await died.close()  # nothing is renewed from here on
    assert await alive.take([SESSION]) is None
    assert 0 < client.pttl("session") <= 60_000
    client.zadd("session", {str(names[0]): 1})  # its lease has ended
    assert await alive.take([SESSION])
    assert await alive.take([SESSION]) is None


async def test_a_place_that_is_held_outlives_its_lease(
    opened: Open, redis_url: str, client: redis.Redis
) -> None:
    short = Window("short", 1, 6)
    places = opened(redis_url)
    name = await places.take([short])
    assert name
    first = client.zscore("short", name)
    assert isinstance(first, float)
    await until(lambda: client.zscore("short", name) != first)
    renewed = client.zscore("short", name)
    assert isinstance(renewed, float)
    assert renewed - 6_000 < first  # before it ended
    assert await places.take([short]) is None


async def test_a_redis_that_was_emptied_is_told_anew(
    opened: Open, redis_url: str, client: redis.Redis
) -> None:
    places = opened(redis_url)
    await places.take([SESSION])
    await places.take([SESSION])
    client.flushdb()
    await places.renew()
    assert await places.take([SESSION]) is None
    assert 0 < client.pttl("session") <= 60_000


async def test_whoever_goes_while_they_are_asked_about_holds_nothing(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    places, held = opened(None), [SESSION, ADDRESS]
    name = await places.take(held)
    assert name

    async def break_off(*_: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(places, "_ask", break_off)
    for leaving in (places.take(held), places.give_back(name)):
        with pytest.raises(asyncio.CancelledError):
            await leaving
    assert not places._mine
    assert not places._counts
    assert places._renewing is None


async def test_nothing_is_remembered_of_those_who_left(
    opened: Open, redis_url: str, client: redis.Redis
) -> None:
    places = opened(redis_url)
    for number in range(20):
        name = await places.take([Window(f"of-{number}", 1, 60)])
        assert name
        await places.give_back(name)
    assert client.keys() == []
    assert not places._mine
    assert not places._counts
    assert places._renewing is None


@pytest.mark.parametrize("shared", [False, True])
async def test_nothing_is_remembered_of_those_who_were_refused(
    opened: Open, redis_url: str, client: redis.Redis, shared: bool
) -> None:
    places = opened(redis_url if shared else None)
    full, roomy = Window("full", 1, 60), Window("roomy", 5, 60)
    await places.take([full])
    assert await places.take([roomy, full]) is None
    assert len(places._mine) == 1
    assert places._counts == {"full": 1}


async def test_places_are_renewed_though_the_last_who_came_was_refused(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    places, answered, renewed = opened(None), asyncio.Event(), asyncio.Event()
    first = await places.take([Window("first", 1, 0)])
    assert first

    async def refuse_later(*_: object) -> bool:
        await answered.wait()
        return False

    with monkeypatch.context() as slow:
        slow.setattr(places, "_ask", refuse_later)
        refused = asyncio.create_task(places.take([Window("full", 1, 0)]))
        await until(lambda: len(places._mine) == 2)
    await places.give_back(first)
    answered.set()
    assert await refused is None

    async def renew() -> None:
        renewed.set()

    for _ in range(10):  # whatever would end by this, has ended
        await asyncio.sleep(0)
    monkeypatch.setattr(places, "renew", renew)
    assert await places.take([Window("next", 1, 0)])
    async with asyncio.timeout(30):
        await renewed.wait()


async def test_a_crowd_at_once_is_counted_with_all_others(opened: Open, redis_url: str) -> None:
    one, other = opened(redis_url), opened(redis_url)
    taken = [Window(f"of-{number}", 1, 60) for number in range(300)]
    for window in taken:
        assert await one.take([window])
    assert await asyncio.gather(*(other.take([window]) for window in taken)) == [None] * 300


async def test_a_redis_that_is_silent_is_left_alone_for_a_while(opened: Open) -> None:
    asked: list[object] = []

    class Silent:
        async def eval(self, *arguments: object) -> None:
            asked.append(arguments)
            raise redis.ConnectionError

        async def aclose(self) -> None:
            return

    places = opened(None)
    places._redis = Silent()  # type: ignore[assignment]  # all that is asked of it
    for _ in range(3):
        assert await places.take([ADDRESS])
    assert len(asked) == 1
    assert 4 < places._rest_until - time.monotonic() <= 5
    places._rest_until = time.monotonic()
    assert await places.take([ADDRESS]) is None
    assert len(asked) == 2
