"""Turns: the same arithmetic in one process and in Redis, never above the limit, little below."""

from __future__ import annotations

import random
from bisect import bisect_left
from itertools import pairwise
from typing import Any

import pytest
import redis

from generation.providers.gateway.pacing import SCRIPT, Bucket, Pacer, Rates, account_key


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def in_redis(client: Any, clock: Clock, rates: Rates, what: str, *numbers: float) -> float:
    number, returned = (*numbers, 0.0, 0.0)[:2]
    seconds = (rates.request_seconds, rates.token_seconds)
    arguments = (what, number, returned, *seconds, "", "", clock())
    return float(client.eval(SCRIPT, 1, "bucket", *arguments)[0])


@pytest.mark.parametrize("seed", range(5))
def test_redis_counts_as_a_process_counts(redis_url: str, seed: int) -> None:
    dice, clock = random.Random(seed), Clock()
    rates = Rates(dice.choice([None, 60, 600]), dice.choice([None, 30_000]))
    bucket = Bucket(rates, clock)
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        client.delete("bucket")
        for _ in range(300):
            what = dice.choices(["take", "hold", "held", "settle"], [8, 1, 2, 2])[0]
            numbers: tuple[float, ...] = {
                "take": (dice.uniform(10, 3_000), dice.choice([0.0, 500.0])),
                "hold": (dice.uniform(0, 3),),
                "settle": (dice.uniform(-800, 800),),
            }.get(what, ())
            expected = getattr(bucket, what)(*numbers).wait
            assert in_redis(client, clock, rates, what, *numbers) == pytest.approx(
                expected, abs=1e-3
            )
            clock.now += dice.choice([0.0, 0.01, 0.5, 4.0]) * dice.uniform(0.8, 1.2)


def starts(bucket: Bucket, clock: Clock, *, seconds: float, tokens: float = 0.0) -> list[float]:
    """When calls start that are always waiting for a turn, 40 at a time."""
    begin, due, started = clock.now, list[float](), list[float]()
    while clock.now < begin + seconds:
        while len(due) < 40:
            due.append(clock.now + bucket.take(tokens).wait)
        clock.now = max(clock.now, min(due))
        due.remove(min(due))
        started.append(clock.now)
    return started


@pytest.mark.slow
@pytest.mark.parametrize("rate", [10, 60, 1_200])
def test_a_minute_holds_nearly_what_is_allowed_and_never_more(rate: int) -> None:
    clock = Clock()
    started = starts(Bucket(Rates(requests_per_minute=rate), clock), clock, seconds=300)
    fullest = max(bisect_left(started, begin + 60) - number for number, begin in enumerate(started))
    assert fullest <= rate
    whole = [time for time in started if time < started[0] + 300]
    assert len(whole) >= 0.95 * rate * 5


def test_tokens_bound_what_requests_do_not() -> None:
    clock = Clock()
    rates = Rates(requests_per_minute=6_000, tokens_per_minute=60_000)
    started = starts(Bucket(rates, clock), clock, seconds=300, tokens=2_000)
    assert 0.95 * 30 * 5 <= len(started) <= 30 * 5 + 1


def test_what_was_not_used_is_given_back() -> None:
    clock = Clock()
    bucket = Bucket(Rates(tokens_per_minute=60), clock)
    bucket.take(60)
    assert bucket.take(0).wait > 50
    bucket.settle(-60)
    assert bucket.take(0).wait < 2


def test_after_too_many_nobody_starts_and_then_nobody_storms() -> None:
    clock = Clock()
    bucket = Bucket(Rates(), clock)
    assert [bucket.take(100).wait for _ in range(5)] == [0.0] * 5
    bucket.hold(3.0)
    waits = [bucket.take(100).wait for _ in range(5)]
    assert waits[0] == pytest.approx(3.0)
    assert all(later - earlier >= 0.02 for earlier, later in pairwise(waits))
    clock.now += 60
    assert [bucket.take(100).wait for _ in range(5)] == [0.0] * 5


async def test_without_redis_a_process_counts_alone() -> None:
    pacer = Pacer(Rates(requests_per_minute=60), "nobody", "unix:///nonexistent/redis.sock")
    try:
        waits = [(await pacer.take(0)).wait for _ in range(4)]
    finally:
        await pacer.close()
    assert waits[-1] > 1.5


async def test_processes_share_turns_and_refusals(redis_url: str) -> None:
    account = account_key("http://models.example/v1", "key")
    ours, theirs = (Pacer(Rates(requests_per_minute=60), account, redis_url) for _ in range(2))
    try:
        waits = [(await pacer.take(0)).wait for pacer in (ours, theirs) * 2]
        assert waits == sorted(waits)
        assert waits[-1] > 1.5
        await ours.refuse("the model server refused the key")
        assert (await theirs.take(0)).refusal == "the model server refused the key"
    finally:
        await ours.close()
        await theirs.close()


def test_a_refusal_stops_those_who_asked_before_it_and_no_others(redis_url: str) -> None:
    """However long their calls and pauses take: a mended key is tried by those who come later."""
    clock = Clock()
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        client.delete("bucket")

        def ask(what: str, first_asked: str = "") -> list[str]:
            sentence = "refused the key" if what == "refuse" else ""
            arguments = (what, 0.0, 0.0, 0.0, 0.0, sentence, first_asked, clock())
            answer: list[str] = client.eval(SCRIPT, 1, "bucket", *arguments)
            return answer

        before = ask("take")[2]
        clock.now += 1
        ask("refuse")
        assert ask("take")[1] == "refused the key"
        clock.now += 30
        assert [ask(what, before)[1] for what in ("take", "held")] == ["refused the key"] * 2
        after = ask("take")[1:]
        assert after[0] == ""
        clock.now += 1
        assert ask("take", after[1])[1] == ""


def test_the_account_in_redis_does_not_tell_the_key() -> None:
    assert "secret" not in account_key("http://models.example/v1", "secret")
