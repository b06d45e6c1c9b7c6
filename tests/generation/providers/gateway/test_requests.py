"""Places, turns and starts: what one request must leave as it found it."""

from __future__ import annotations

import asyncio

import pytest

from generation.port.errors import ContentError, SystemicError
from generation.providers.gateway import requests
from generation.providers.gateway.breaker import Breaker
from generation.providers.gateway.opening import open_gateway
from tests.generation.providers.gateway import model_server
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import ModelServer
from tests.generation.providers.gateway.test_refusals_of_servers import says


async def test_calls_of_one_process_start_one_after_another(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the first refusal is heard before all places have asked."""
    monkeypatch.setattr(requests, "START_SECONDS", 0.2)
    async with open_gateway(endpoint_of(server, concurrency=4)) as gateway:
        await asyncio.gather(*(gateway.write_text(prompt_for("tutorial", n)) for n in range(4)))
    first, *_, last = server.received
    assert last.at - first.at > 0.4


async def test_what_came_when_nobody_wanted_it_any_more_is_given_back() -> None:
    breaker, places = Breaker(), asyncio.Semaphore(1)
    await places.acquire()
    waiting = asyncio.create_task(breaker.race(places.acquire(), undo=places.release))
    await asyncio.sleep(0)
    places.release()
    breaker.open(SystemicError("the model server refused the key"))
    with pytest.raises(SystemicError):
        await waiting
    assert not places.locked()


async def test_a_refused_request_has_used_no_tokens(server: ModelServer) -> None:
    server.refuse = lambda _request: (400, {}, says("Not of this."))
    async with open_gateway(endpoint_of(server, tokens_per_minute=60.0)) as gateway:
        with pytest.raises(ContentError):
            await gateway.write_text(prompt_for("tutorial"))
        pacer = gateway._requests._pacer  # type: ignore[attr-defined]
        assert (await pacer.take(0)).wait < 1


async def test_objects_are_asked_for_strictly(server: ModelServer) -> None:
    from generation.providers.openai.schemas import ResourcesAnswer

    async with open_gateway(endpoint_of(server)) as gateway:
        await gateway.write_object(prompt_for("resources"), ResourcesAnswer)
    assert server.received[0].body["response_format"]["json_schema"]["strict"] is True


async def test_a_text_may_speak_of_the_tags_of_thoughts(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a piece of the stream is such a tag and nothing else."""
    monkeypatch.setattr(model_server, "CHUNK_CHARACTERS", 7)
    spoken = "abcdef`<think>` opens what a model thinks, `</think>` ends it."
    server.rewrite = lambda _request, _content: spoken
    async with open_gateway(endpoint_of(server)) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial"))).content == spoken
