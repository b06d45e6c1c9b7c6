"""Answers that end at the limit of tokens, from a server on a real socket."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from concepts.content import ArtifactKind
from generation.port.errors import CutOffError
from generation.port.provider import Written, opened
from generation.port.request import OutlineRequest
from generation.providers.endpoints import OUTPUT_MODES
from tests.generation.asking import BRIEF, EitherWay
from tests.generation.providers.gateway.model_server import KEY, MODEL, ModelServer, Refusal
from tests.generation.providers.gateway.received import Received

TASKS = ("outline", *(kind.value for kind in ArtifactKind))


@pytest.fixture(autouse=True)
def configured(server: ModelServer, settings: Settings) -> None:
    server.concepts = 8
    settings.LLM_BASE_URL, settings.LLM_API_KEY = server.base_url, KEY
    settings.LLM_MODEL = MODEL


async def write(task: str) -> Written[Any]:
    provider = EitherWay()
    async with opened(provider):
        if task == "outline":
            return await provider.outline(OutlineRequest("Keep bees", concepts=8))
        return await provider.write(ArtifactKind(task), BRIEF)


def is_first(request: Received) -> bool:
    return "was cut off" not in request.text


def assert_charged(written: Written[Any], server: ModelServer) -> None:
    assert written.usage.calls == len(server.received)
    assert written.usage.tokens_in == sum(request.tokens_in for request in server.received)
    assert written.usage.tokens_out == sum(request.tokens_out for request in server.received)


@pytest.mark.parametrize("mode", OUTPUT_MODES)
@pytest.mark.parametrize("task", TASKS)
async def test_less_and_more_room_bring_it(
    server: ModelServer, settings: Settings, task: str, mode: str
) -> None:
    settings.LLM_OUTPUT_MODE = mode
    server.cut_off = is_first
    written = await write(task)
    first, second = server.received
    assert second.max_tokens == 2 * first.max_tokens
    assert written.prompt_version.endswith("+shorter-2")
    assert_charged(written, server)


@pytest.mark.parametrize("task", TASKS)
async def test_a_server_that_rejects_more_room_writes_less_in_what_it_has(
    server: ModelServer, task: str
) -> None:
    """As one does that never writes more than 8,192 tokens, or has no larger window."""

    def reject(request: Received) -> Refusal | None:
        if request.max_tokens <= server.received[0].max_tokens:
            return None
        return 400, {}, {"error": {"message": "max_tokens is too large", "code": "invalid"}}

    server.cut_off, server.refuse = is_first, reject
    written = await write(task)
    first, rejected, last = server.received
    assert [request.status for request in server.received] == [200, 400, 200]
    assert first.max_tokens == last.max_tokens < rejected.max_tokens
    assert_charged(written, server)


async def test_what_stays_too_long_is_told_as_that(server: ModelServer) -> None:
    server.cut_off = lambda _request: True
    with pytest.raises(CutOffError, match="cut off at the limit of tokens") as cut:
        await write("tutorial")
    assert cut.value.usage.calls == len(server.received) == 3
    assert cut.value.usage.tokens_out == sum(request.tokens_out for request in server.received)
