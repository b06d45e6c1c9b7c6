"""The gateway against a real socket: every way of answering, and every way of failing."""

from __future__ import annotations

import asyncio
import itertools
import json
from decimal import Decimal

import pytest
from pydantic import BaseModel

from concepts.content import QuizContent, ResourcesContent
from generation.port.calls import ModelCall
from generation.port.errors import ContentError
from generation.port.outline import Outline
from generation.port.outline_rules import check_outline
from generation.port.request import OutlineRequest
from generation.providers.endpoints import OUTPUT_MODES, Prices
from generation.providers.gateway.opening import open_gateway
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import Faults, ModelServer
from tests.generation.providers.gateway.received import Received
from tests.generation.providers.gateway.writings import tutorial


@pytest.mark.parametrize("mode", OUTPUT_MODES)
@pytest.mark.parametrize(
    ("purpose", "schema"),
    [("outline", Outline), ("quiz", QuizContent), ("resources", ResourcesContent)],
)
async def test_an_object_comes_in_every_mode(
    server: ModelServer, mode: str, purpose: str, schema: type[BaseModel]
) -> None:
    async with open_gateway(endpoint_of(server, output_mode=mode)) as gateway:
        answer = await gateway.write_object(prompt_for(purpose), schema)
    assert isinstance(answer.content, schema)
    [request] = server.received
    assert request.purpose == purpose
    assert (answer.usage.calls, answer.usage.tokens_out) == (1, request.tokens_out)
    if isinstance(answer.content, Outline):
        assert check_outline(answer.content, OutlineRequest("Bees")) == []


async def test_a_text_is_streamed_and_comes_whole(server: ModelServer) -> None:
    async with open_gateway(endpoint_of(server)) as gateway:
        answer = await gateway.write_text(prompt_for("tutorial"))
    [request] = server.received
    assert request.body["stream"] is True
    assert answer.content.startswith("# Looking into the hive")
    assert answer.content.endswith("$\\frac{a}{b}$ is a share.")
    assert len(answer.content) == len(tutorial("123456"))
    assert answer.usage.tokens_out == request.tokens_out


class Hearing:
    """Remembers all that it is told."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def said(self, text: str) -> None:
        self.texts.append(text)


async def test_whoever_listens_hears_the_text_grow_while_it_is_streamed(
    server: ModelServer,
) -> None:
    """The server waits with its last words until the ones before were heard."""
    hearing = Hearing()
    server.goes_on = lambda _received, number: number < 20 or len(hearing.texts) >= 20
    async with open_gateway(endpoint_of(server)) as gateway:
        answer = await gateway.write_text(prompt_for("tutorial"), hearing)
    assert hearing.texts[-1].strip() == answer.content
    assert all(later.startswith(former) for former, later in itertools.pairwise(hearing.texts))


async def test_a_call_that_is_repeated_is_heard_from_its_beginning(server: ModelServer) -> None:
    server.faults = Faults(truncated=1.0)
    server.goes_on = lambda _received, _number: _mend(server)
    hearing = Hearing()
    async with open_gateway(endpoint_of(server)) as gateway:
        answer = await gateway.write_text(prompt_for("tutorial"), hearing)
    assert len(server.received) == 2
    assert hearing.texts[-1].strip() == answer.content
    assert any(not later.startswith(former) for former, later in itertools.pairwise(hearing.texts))


def _mend(server: ModelServer) -> bool:
    server.faults = Faults()
    return True


async def test_a_server_that_cannot_stream_is_heard_at_the_end_or_not_at_all(
    server: ModelServer,
) -> None:
    server.refuse = lambda request: (
        (400, {}, {"error": {"message": "streaming is not supported"}})
        if request.body.get("stream")
        else None
    )
    hearing = Hearing()
    async with open_gateway(endpoint_of(server)) as gateway:
        answer = await gateway.write_text(prompt_for("tutorial"), hearing)
    assert [text.strip() for text in hearing.texts] in ([answer.content], [])


@pytest.mark.parametrize("mode", OUTPUT_MODES)
async def test_bounds_of_texts_are_checked_but_not_sent(server: ModelServer, mode: str) -> None:
    """A large maxLength breaks grammars that are made from the schema."""
    async with open_gateway(endpoint_of(server, output_mode=mode)) as gateway:
        await gateway.write_object(prompt_for("quiz"), QuizContent)
    sent = json.dumps(server.received[0].body)
    assert "questions" in sent
    assert "maxLength" not in sent
    assert "pattern" not in sent


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
async def test_the_bound_of_the_answer_goes_where_the_server_looks(
    server: ModelServer, name: str
) -> None:
    async with open_gateway(endpoint_of(server, max_tokens_field=name)) as gateway:
        await gateway.write_text(prompt_for("tutorial", max_tokens=1_234))
    [request] = server.received
    assert {field: request.body[field] for field in request.body if "max" in field} == {name: 1_234}


@pytest.mark.parametrize("mode", OUTPUT_MODES)
async def test_what_does_not_fit_goes_back_with_the_reasons(server: ModelServer, mode: str) -> None:
    """To a server that takes one system message, and that first."""

    def forget_choices(request: Received, content: str) -> str:
        return content.replace('"stem"', '"task"') if len(server.received) == 1 else content

    server.rewrite = forget_choices
    async with open_gateway(endpoint_of(server, output_mode=mode)) as gateway:
        answer = await gateway.write_object(prompt_for("quiz"), QuizContent)
    first, second = server.received
    assert "stem" in second.text
    assert len(second.body["messages"]) > len(first.body["messages"])
    assert answer.usage.calls == 2
    assert answer.usage.tokens_in == first.tokens_in + second.tokens_in
    assert answer.usage.tokens_out == first.tokens_out + second.tokens_out


async def test_what_never_fits_is_an_error_that_says_so(server: ModelServer) -> None:
    server.rewrite = lambda _request, content: content.replace('"stem"', '"task"')
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(ContentError, match="does not have the form") as failed:
            await gateway.write_object(prompt_for("quiz"), QuizContent)
    assert len(server.received) == failed.value.usage.calls == 3
    spent = sum(request.tokens_out for request in server.received)
    assert failed.value.usage.tokens_out == spent


async def test_no_more_calls_are_under_way_than_allowed(server: ModelServer) -> None:
    server.seconds = lambda _request: 0.05
    async with open_gateway(endpoint_of(server, concurrency=3)) as gateway:
        await asyncio.gather(*(gateway.write_text(prompt_for("tutorial", n)) for n in range(12)))
    assert server.most_in_flight == 3


async def test_prices_come_from_the_operator_or_nowhere(server: ModelServer) -> None:
    async with open_gateway(endpoint_of(server)) as gateway:
        unknown = await gateway.write_text(prompt_for("tutorial"))
    prices = Prices(Decimal(2), Decimal(8))
    async with open_gateway(endpoint_of(server, prices=prices)) as gateway:
        known = await gateway.write_text(prompt_for("tutorial"))
    assert unknown.usage.cost_usd is None
    tokens = (known.usage.tokens_in, known.usage.tokens_out)
    assert known.usage.cost_usd == Decimal(2 * tokens[0] + 8 * tokens[1]) / 1_000_000


async def test_every_request_is_in_the_books(server: ModelServer) -> None:
    books: list[ModelCall] = []
    server.refuse = lambda _request: (503, {}, {}) if len(server.received) == 1 else None
    async with open_gateway(endpoint_of(server), on_call=books.append) as gateway:
        answer = await gateway.write_text(prompt_for("tutorial"))
    assert [(call.attempt, call.outcome) for call in books] == [(1, "transient"), (2, "ok")]
    assert answer.usage.calls == 2
    assert books[1].tokens_out == answer.usage.tokens_out == server.received[1].tokens_out
    assert books[1].prompt_version == "tutorial-1"


async def test_an_empty_answer_has_cost_its_prompt(server: ModelServer) -> None:
    server.rewrite = lambda _request, content: "" if len(server.received) == 1 else content
    async with open_gateway(endpoint_of(server)) as gateway:
        answer = await gateway.write_text(prompt_for("tutorial"))
    first, second = server.received
    assert answer.usage.tokens_in == first.tokens_in + second.tokens_in
