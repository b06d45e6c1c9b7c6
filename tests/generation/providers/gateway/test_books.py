"""Books of a gateway: nothing in them is a secret, and who pays may stop it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from generation.port.allowances import LimitMet
from generation.port.calls import Ceiling, GiveBack, ModelCall
from generation.port.errors import ProviderError, SystemicError, TransientError
from generation.providers.dialogue import Gateway
from generation.providers.endpoints import Prices
from generation.providers.gateway import repeating
from generation.providers.gateway.opening import open_gateway
from generation.providers.openai.schemas import QuizAnswer
from generation.puller.ledger import CallRecord, Ledger
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import KEY, Faults, ModelServer, Refusal


class Shelf:
    def __init__(self) -> None:
        self.records: list[CallRecord] = []

    async def keep(self, records: list[CallRecord]) -> None:
        self.records += records


def open_books(shelf: Shelf) -> Ledger:
    return Ledger(uuid.uuid4(), keep=shelf.keep, drain_seconds=5)


class Till:
    """Lets so many requests through, and knows what was set aside for each."""

    def __init__(self, requests: int = 1_000) -> None:
        self.left = requests
        self.reserved: dict[uuid.UUID, Ceiling] = {}
        self.given_back: list[uuid.UUID] = []
        self.calls: list[ModelCall] = []

    async def reserve(self, call: uuid.UUID, most: Ceiling) -> GiveBack:
        if not self.left:
            raise LimitMet("RUN_MAX_TOKENS is 1")
        self.left -= 1
        self.reserved[call] = most
        return lambda: self.given_back.append(call)

    def open(self, server: ModelServer, **endpoint: Any) -> AbstractAsyncContextManager[Gateway]:
        opened = endpoint_of(server, **endpoint)
        return open_gateway(opened, on_call=self.calls.append, before_call=self.reserve)


async def test_no_record_holds_a_secret_or_what_was_said(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeating, "ATTEMPTS", 1)
    shelf = Shelf()
    refusals: Iterator[Refusal] = iter(
        [(status, {}, {"error": {"message": f"{KEY} is refused"}}) for status in (503, 401)]
    )
    async with (
        open_books(shelf) as books,
        open_gateway(endpoint_of(server), on_call=books.note) as gateway,
    ):
        await gateway.write_text(prompt_for("tutorial"))
        server.refuse = lambda _request: next(refusals)
        for error in (TransientError, SystemicError):
            with pytest.raises(error):
                await gateway.write_text(prompt_for("quiz"))
    outcomes = [record["outcome"] for record in shelf.records]
    assert outcomes == ["ok", "transient", "systemic"]
    text = json.dumps(shelf.records)
    assert KEY not in text
    assert "lesson" not in text


async def test_no_request_starts_once_the_budget_is_spent(server: ModelServer) -> None:
    till = Till(1)
    async with till.open(server) as gateway:
        await gateway.write_text(prompt_for("tutorial"))
        for _ in range(2):
            with pytest.raises(SystemicError, match="RUN_MAX_TOKENS is 1"):
                await gateway.write_text(prompt_for("quiz"))
    assert len(server.received) == len(till.calls) == 1


async def test_a_spent_budget_is_one_runs_and_stops_no_other(
    server: ModelServer, settings: Settings, redis_url: str
) -> None:
    """They share an account, and with it the limits and refusals of its server."""
    settings.REDIS_URL = redis_url
    async with Till(1).open(server) as poor, open_gateway(endpoint_of(server)) as rich:
        await poor.write_text(prompt_for("tutorial", 1))
        await rich.write_text(prompt_for("tutorial", 2))
        with pytest.raises(SystemicError, match="RUN_MAX_TOKENS"):
            await poor.write_text(prompt_for("tutorial", 3))
        assert (await rich.write_text(prompt_for("tutorial", 4))).content


async def test_what_is_set_aside_is_never_less_than_the_server_takes(server: ModelServer) -> None:
    """Also for an answer that goes back with what was wrong about it, and for scripts of which a
    tokenizer may know nothing."""
    till = Till()
    spoilt = iter([False, True, False])
    server.rewrite = lambda _request, content: '{"foo": 1}' if next(spoilt, False) else content
    async with till.open(server) as gateway:
        await gateway.write_text(replace(prompt_for("tutorial"), user="Bees: 蜜蜂养殖 " * 200))
        await gateway.write_object(prompt_for("quiz"), QuizAnswer)
    assert len(till.calls) == len(server.received) == 3
    for call, request in zip(till.calls, server.received, strict=True):
        most = till.reserved[call.id].tokens
        # A token for each byte that is not ASCII, for every second one that is, and all the room.
        assert most >= request.max_tokens + len(request.text.encode()) / 2
        assert most >= request.tokens_in + request.tokens_out == call.tokens_in + call.tokens_out
    assert till.reserved[till.calls[0].id].tokens >= 200 * 12


async def test_dollars_are_set_aside_at_the_price_that_is_set(server: ModelServer) -> None:
    till, unpriced = Till(), Till()
    prices = Prices(Decimal(1), Decimal(10))
    async with till.open(server, prices=prices) as known, unpriced.open(server) as unknown:
        await known.write_text(prompt_for("tutorial", max_tokens=3_000))
        await unknown.write_text(prompt_for("tutorial"))
    [most], [call] = till.reserved.values(), till.calls
    assert most.cost_usd == prices.cost(most.tokens - 3_000, 3_000)
    assert call.cost_usd is not None
    assert call.cost_usd < most.cost_usd
    assert [one.cost_usd for one in unpriced.reserved.values()] == [None]


async def test_who_waits_for_leave_hears_of_a_refusal_that_is_for_all(server: ModelServer) -> None:
    till, gate = Till(), asyncio.Event()
    reserve = till.reserve

    async def slow(call: uuid.UUID, most: Ceiling) -> GiveBack:
        back = await reserve(call, most)
        if len(till.reserved) > 1:
            await gate.wait()
        return back

    till.reserve = slow  # type: ignore[method-assign]  # in its place
    server.seconds = lambda _request: 0.2
    server.refuse = lambda _request: (401, {}, {"error": {"message": "no"}})
    async with till.open(server) as gateway:
        prompts = [prompt_for("tutorial", number) for number in range(2)]
        asking = [asyncio.create_task(gateway.write_text(prompt)) for prompt in prompts]
        results = await asyncio.gather(*asking, return_exceptions=True)
    assert all(isinstance(result, SystemicError) for result in results)
    assert len(server.received) == len(till.calls) == 1


@pytest.mark.parametrize(
    ("misbehave", "told"),
    [
        ({"refuse": lambda _request: (429, {}, {})}, True),
        ({"refuse": lambda _request: (500, {}, {})}, True),
        ({"refuse": lambda _request: (504, {}, {})}, False),
        ({"faults": Faults(resets=1.0)}, False),
        ({"faults": Faults(truncated=1.0)}, False),
        ({"cut_off": lambda _request: True}, True),
        ({"tells_usage": False}, True),
    ],
)
async def test_of_a_request_that_broke_off_nobody_tells_what_it_took(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch, misbehave: dict[str, Any], told: bool
) -> None:
    monkeypatch.setattr(repeating, "ATTEMPTS", 1)
    monkeypatch.setattr(repeating, "MOST_REFUSALS", 1)
    for name, value in misbehave.items():
        setattr(server, name, value)
    till = Till()
    async with till.open(server) as gateway:
        with contextlib.suppress(ProviderError):
            await gateway.write_text(prompt_for("tutorial"))
    assert [call.is_told for call in till.calls] == [told]
    assert not till.given_back


async def test_a_call_takes_what_the_server_takes_and_not_what_it_waited(
    server: ModelServer,
) -> None:
    """One after another they take, all together, no longer than all of it."""
    shelf = Shelf()
    server.seconds = lambda _request: 0.3
    began = time.monotonic()
    async with (
        open_books(shelf) as books,
        open_gateway(endpoint_of(server, concurrency=1), on_call=books.note) as gateway,
    ):
        prompts = [prompt_for("tutorial", number) for number in range(4)]
        await asyncio.gather(*(gateway.write_text(prompt) for prompt in prompts))
    took = time.monotonic() - began
    times = [record["seconds"] for record in shelf.records]
    assert len(times) == 4
    assert min(times) >= 0.3
    # The last one waited for three others.
    assert sum(times) <= took


async def test_repetitions_are_requests_too(server: ModelServer) -> None:
    """A repetition is not sent either once others have spent the rest."""
    till = Till(1)
    server.refuse = lambda _request: (503, {}, {})
    async with till.open(server) as gateway:
        with pytest.raises(SystemicError, match="RUN_MAX_TOKENS is 1"):
            await gateway.write_text(prompt_for("quiz"))
    assert len(server.received) == 1
