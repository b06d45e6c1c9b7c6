"""Handing on what a call says: the newest only, one at a time, and never in the call's way."""

from __future__ import annotations

import asyncio

from generation.live.telling import Telling, pause_after
from tests.waiting import until


async def test_what_is_said_meanwhile_is_told_once_and_newest() -> None:
    told: list[str] = []
    may_go_on = asyncio.Event()

    async def tell(text: str) -> None:
        told.append(text)
        await may_go_on.wait()

    async with Telling(tell, pace=0, again=600) as telling:
        telling.said("a")
        await until(lambda: told == ["a"])
        for text in ("a b", "a b c", "a b c d"):
            telling.said(text)
        may_go_on.set()
        await until(lambda: len(told) > 1)
    assert told == ["a", "a b c d"]


async def test_a_reader_that_cannot_be_told_is_told_the_next_time() -> None:
    told: list[str] = []
    failed = asyncio.Event()

    async def tell(text: str) -> None:
        if text == "a":
            failed.set()
            raise ConnectionError("no Redis")
        told.append(text)

    async with Telling(tell, pace=0, rest=0, again=600) as telling:
        telling.said("a")
        await failed.wait()
        telling.said("a b")
        await until(lambda: bool(told))
    assert told == ["a b"]


async def test_while_nothing_new_is_said_the_last_is_told_again_for_who_came_meanwhile() -> None:
    told: list[str] = []

    async def tell(text: str) -> None:
        told.append(text)

    async with Telling(tell, pace=0, again=0.01) as telling:
        telling.said("a b")
        await until(lambda: len(told) > 2)
    assert set(told) == {"a b"}


async def test_before_anything_is_said_nothing_is_told() -> None:
    told: list[str] = []

    async def tell(text: str) -> None:
        told.append(text)

    async with Telling(tell, pace=0, again=0.01) as telling:
        await asyncio.sleep(0)
        telling.said("a")
        await until(lambda: bool(told))
    assert set(told) == {"a"}


async def test_a_call_does_not_wait_for_whoever_is_told() -> None:
    """It ends while somebody is being told, and nothing of it goes on."""
    telling_has_begun = asyncio.Event()

    async def tell(_text: str) -> None:
        telling_has_begun.set()
        await asyncio.Event().wait()

    async with Telling(tell, pace=0) as telling:
        telling.said("a")
        await telling_has_begun.wait()
    assert len(asyncio.all_tasks()) == 1


def test_four_hints_a_second_are_the_most_and_what_takes_long_comes_less_often() -> None:
    assert 0.01 + pause_after(0.01) >= 0.25
    assert 2.0 + pause_after(2.0) == 4.0
