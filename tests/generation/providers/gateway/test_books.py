"""Books of a gateway: nothing in them is a secret, and who pays may stop it."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from generation.port.errors import SystemicError, TransientError
from generation.port.spent import Spent
from generation.providers.gateway import repeating
from generation.providers.gateway.opening import open_gateway
from generation.puller.ledger import CallRecord, Ledger
from generation.runs.budgets import RunBudget
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import KEY, ModelServer, Refusal


class Shelf:
    def __init__(self) -> None:
        self.records: list[CallRecord] = []

    async def keep(self, records: list[CallRecord]) -> None:
        self.records += records


def open_books(shelf: Shelf, budget: RunBudget | None = None) -> Ledger:
    return Ledger(uuid.uuid4(), budget=budget or RunBudget(), keep=shelf.keep, drain_seconds=5)


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
    shelf = Shelf()
    async with (
        open_books(shelf, RunBudget(max_tokens=1)) as books,
        open_gateway(endpoint_of(server), on_call=books.note, before_call=books.check) as gateway,
    ):
        await gateway.write_text(prompt_for("tutorial"))
        for _ in range(2):
            with pytest.raises(SystemicError, match="RUN_MAX_TOKENS is 1"):
                await gateway.write_text(prompt_for("quiz"))
    assert len(server.received) == len(shelf.records) == 1


async def test_a_spent_budget_is_one_runs_and_stops_no_other(
    server: ModelServer, settings: Settings, redis_url: str
) -> None:
    """They share an account, and with it the limits and refusals of its server."""
    settings.REDIS_URL = redis_url
    async with (
        open_books(Shelf(), RunBudget(max_tokens=1)) as books,
        open_gateway(endpoint_of(server), on_call=books.note, before_call=books.check) as poor,
        open_gateway(endpoint_of(server)) as rich,
    ):
        await poor.write_text(prompt_for("tutorial", 1))
        await rich.write_text(prompt_for("tutorial", 2))
        with pytest.raises(SystemicError, match="RUN_MAX_TOKENS"):
            await poor.write_text(prompt_for("tutorial", 3))
        assert (await rich.write_text(prompt_for("tutorial", 4))).content


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
    shelf = Shelf()
    budget = RunBudget(max_tokens=100)

    async with (
        open_books(shelf, budget) as books,
        open_gateway(endpoint_of(server), on_call=books.note, before_call=books.check) as gateway,
    ):

        def refuse(_request: object) -> tuple[int, dict[str, str], dict[str, str]]:
            books.learn(books.spent + Spent(1, 100, 0))
            return 503, {}, {}

        server.refuse = refuse
        with pytest.raises(SystemicError, match="budget of this run is spent"):
            await gateway.write_text(prompt_for("quiz"))
    assert len(server.received) == 1
