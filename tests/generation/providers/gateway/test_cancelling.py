"""Whoever is cancelled ends, whatever the libraries in between make of it."""

from __future__ import annotations

import asyncio
import random
import uuid

import pytest
from channels_redis.core import RedisChannelLayer

from generation.live import hints
from generation.providers.dialogue import Gateway
from generation.providers.gateway.opening import open_gateway
from generation.providers.gateway.pacing import Pacer, Rates
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import ModelServer
from tests.waiting import until

QUICK = Rates(requests_per_minute=600_000)
ROUNDS = 40


async def cancel_all(tasks: list[asyncio.Task[None]]) -> None:
    """Each is cancelled once, somewhere in its work, and gone soon after."""
    await asyncio.sleep(random.uniform(0, 0.03))
    for task in tasks:
        task.cancel()
    _, pending = await asyncio.wait(tasks, timeout=30)
    for task in pending:
        task.cancel()
    assert not pending


def test_a_puller_that_waits_for_its_turn_can_be_cancelled_at_any_moment(redis_url: str) -> None:
    async def take_for_ever(pacer: Pacer) -> None:
        while True:
            await pacer.take(1)

    async def cancel_again_and_again() -> None:
        for number in range(ROUNDS):
            pacer = Pacer(QUICK, f"account-{number}", redis_url)
            await cancel_all([asyncio.create_task(take_for_ever(pacer)) for _ in range(4)])
            await pacer.close()

    asyncio.run(cancel_again_and_again())


def test_whoever_sends_a_hint_can_be_cancelled_at_any_moment(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hint_for_ever() -> None:
        while True:
            await hints.send_hint(uuid.uuid4(), 1)

    async def cancel_again_and_again() -> None:
        layer = RedisChannelLayer(hosts=[redis_url])
        monkeypatch.setattr(hints, "get_channel_layer", lambda: layer)
        for _ in range(ROUNDS):
            await cancel_all([asyncio.create_task(hint_for_ever()) for _ in range(4)])
        await layer.close_pools()

    asyncio.run(cancel_again_and_again())


@pytest.mark.slow
def test_whoever_asks_a_model_can_be_cancelled_at_any_moment(server: ModelServer) -> None:
    server.seconds = lambda _request: random.choice([0.0, 0.01])

    async def ask_for_ever(gateway: Gateway) -> None:
        while True:
            await gateway.write_text(prompt_for("tutorial"))

    async def cancel_again_and_again() -> None:
        async with open_gateway(endpoint_of(server)) as gateway:
            for _ in range(ROUNDS):
                before = len(server.received)
                tasks = [asyncio.create_task(ask_for_ever(gateway)) for _ in range(4)]
                await until(lambda before=before: len(server.received) > before)  # type: ignore[misc]  # bound early
                await cancel_all(tasks)

    asyncio.run(cancel_again_and_again())
