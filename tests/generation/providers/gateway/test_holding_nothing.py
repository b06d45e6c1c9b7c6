"""No server is asked while something of the database is held."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from concepts.content import QuizContent
from connection_budget.holding import HeldMeanwhile
from connection_budget.lanes.executor import DbExecutor
from generation.providers.dialogue import Gateway
from generation.providers.gateway.opening import open_gateway
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import ModelServer

Ask = Callable[[Gateway], Awaitable[Any]]
WAYS: dict[str, Ask] = {
    "a text": lambda gateway: gateway.write_text(prompt_for("tutorial")),
    "an object": lambda gateway: gateway.write_object(prompt_for("quiz"), QuizContent),
}


@pytest.fixture
def lane() -> Iterator[DbExecutor]:
    executor = DbExecutor(1)
    yield executor
    executor.close()


async def open_and_ask(server: ModelServer, ask: Ask) -> None:
    async with open_gateway(endpoint_of(server)) as gateway:
        await ask(gateway)


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_not_within_a_transaction(server: ModelServer, way: str) -> None:
    with transaction.atomic(), pytest.raises(HeldMeanwhile, match="a transaction of 'default'"):
        asyncio.run(open_and_ask(server, WAYS[way]))
    assert server.received == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_not_within_a_lane(server: ModelServer, lane: DbExecutor, way: str) -> None:
    with pytest.raises(HeldMeanwhile, match="a lane"):
        lane.run_sync(lambda: asyncio.run(open_and_ask(server, WAYS[way])))
    assert server.received == []
