"""The gateway itself: opened inside the loop that uses it, closed there."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from decimal import Decimal
from time import monotonic
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.direct import model_request_stream
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.messages import (
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    UserPromptPart,
)
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from generation.port.calls import BeforeCall, OnCall, allow_call, ignore_call
from generation.port.characters import whole_characters
from generation.port.errors import MalformedError, ProviderError, SystemicError
from generation.port.listening import NOBODY, Listener
from generation.providers.dialogue import Answer, Gateway, Prompt
from generation.providers.endpoints import (
    OPENAI_URL,
    Endpoint,
    Prices,
    defaults_for,
    timeout_for,
)
from generation.providers.gateway.breaker import Breaker
from generation.providers.gateway.endings import ENDING, Ending
from generation.providers.gateway.entries import Tally
from generation.providers.gateway.errors import without_key
from generation.providers.gateway.hearing import heard_by
from generation.providers.gateway.models import (
    CountedModel,
    build_model,
    open_client,
    output_of,
)
from generation.providers.gateway.pacing import Pacer, Rates, account_key
from generation.providers.gateway.requests import Requests
from generation.providers.thoughts.stripping import strip_thoughts

M = TypeVar("M", bound=BaseModel)

# Times an object that does not fit its schema goes back with the reasons.
REPAIRS = 2
# A stream that keeps talking may take this many times as long as one that is silent; `max_tokens`
# ends it, too.
STREAM_PATIENCE = 10.0


def configured_endpoint() -> Endpoint:
    """What the settings say. Raises ImproperlyConfigured when they do not name a model."""
    if not settings.LLM_MODEL:
        raise ImproperlyConfigured("LLM_MODEL must be set: the model that is to write.")
    base_url = settings.LLM_BASE_URL or OPENAI_URL
    defaults = defaults_for(base_url)
    return Endpoint(
        base_url=base_url,
        model=settings.LLM_MODEL,
        api_key=settings.LLM_API_KEY,
        output_mode=settings.LLM_OUTPUT_MODE or defaults.output_mode,
        max_tokens_field=settings.LLM_MAX_TOKENS_FIELD or defaults.max_tokens_field,
        timeout_seconds=settings.LLM_TIMEOUT_SECONDS or timeout_for(base_url),
        concurrency=settings.LLM_MAX_CONCURRENCY,
        requests_per_minute=settings.LLM_REQUESTS_PER_MINUTE,
        tokens_per_minute=settings.LLM_TOKENS_PER_MINUTE,
        prices=_prices(),
    )


def _prices() -> Prices | None:
    """What the operator says a million tokens cost, where somebody said so."""
    if settings.LLM_PRICE_INPUT is None:
        return None
    return Prices(Decimal(str(settings.LLM_PRICE_INPUT)), Decimal(str(settings.LLM_PRICE_OUTPUT)))


@asynccontextmanager
async def open_gateway(
    endpoint: Endpoint | None = None,
    *,
    on_call: OnCall = ignore_call,
    before_call: BeforeCall = allow_call,
) -> AsyncIterator[Gateway]:
    """To the configured model server.

    `on_call` hears of every request when it is over. `before_call` raises a SystemicError where
    none may start any more. Raises SystemicError itself where no request could ever be sent.
    """
    endpoint, client, model = _build(endpoint)
    quieten_libraries()
    rates = Rates(endpoint.requests_per_minute, endpoint.tokens_per_minute)
    pacer = Pacer(rates, account_key(endpoint.base_url, endpoint.api_key), settings.REDIS_URL)
    try:
        requests = Requests(endpoint, pacer, Breaker(), on_call, before_call)
        yield ModelGateway(endpoint, model, requests)
    finally:
        await client.close()
        await pacer.close()


def _build(endpoint: Endpoint | None) -> tuple[Endpoint, AsyncOpenAI, Model]:
    """Whatever the libraries raise here, asking again would not help: a person has to look."""
    try:
        endpoint = endpoint or configured_endpoint()
        client = open_client(endpoint)
        return endpoint, client, build_model(endpoint, client)
    except SystemicError:
        raise
    except ImproperlyConfigured as error:
        raise SystemicError(str(error)) from error
    except Exception as error:
        detail = repr(error) if endpoint is None else without_key(repr(error), endpoint)
        raise SystemicError(
            "the model server cannot be asked from here (LLM_BASE_URL)", detail=detail
        ) from error


class Preloaded(BaseModel):
    """An object like those that models are asked for."""

    words: list[str]


def preload() -> None:
    """Everything a first call would load. For a process about to fork: opens no connection."""
    endpoint = Endpoint(base_url="http://127.0.0.1:9/v1", model="none")
    model = build_model(endpoint, open_client(endpoint))
    requests = Requests(endpoint, Pacer(Rates(), "", None), Breaker(), ignore_call, allow_call)
    ModelGateway(endpoint, model, requests).agent_for(Preloaded)


def quieten_libraries() -> None:
    """They tell of every request, and in debugging of what is in it."""
    for name in ("openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)


class ModelGateway:
    """One model of one server."""

    def __init__(self, endpoint: Endpoint, model: Model, requests: Requests) -> None:
        self._endpoint, self._model = endpoint, model
        self._requests = requests
        self._agents: dict[type[BaseModel], Agent[None, Any]] = {}

    def fit(self, prompt: Prompt) -> Prompt:
        return self._requests.fit(prompt)

    async def write_text(self, prompt: Prompt, listener: Listener = NOBODY) -> Answer[str]:
        prompt = _fit_to_send(prompt)
        tally, began, ending = Tally(prompt), monotonic(), Ending()

        async def ask(room: int) -> ModelResponse:
            messages = [
                ModelRequest([SystemPromptPart(prompt.system), UserPromptPart(prompt.user)])
            ]
            streaming = model_request_stream(
                self._model, messages, model_settings=ModelSettings(max_tokens=room)
            )
            ending.forget()
            ENDING.set(ending)
            with heard_by(listener):
                async with streaming as stream:
                    async for _ in stream:
                        pass
                    return stream.get()

        seconds = STREAM_PATIENCE * self._endpoint.timeout_seconds
        with charged(tally):
            response = await self._requests.send(tally, ask, seconds=seconds, ending=ending)
        text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
        return Answer(strip_thoughts(text).strip(), tally.usage(), monotonic() - began)

    async def write_object(self, prompt: Prompt, schema: type[M]) -> Answer[M]:
        prompt = _fit_to_send(prompt)
        tally, began = Tally(prompt), monotonic()
        counted = CountedModel(self._model, self._requests, tally, self._endpoint.timeout_seconds)
        with charged(tally):
            output = await self._run(prompt, schema, counted)
        return Answer(output, tally.usage(), monotonic() - began)

    async def _run(self, prompt: Prompt, schema: type[M], counted: CountedModel) -> M:
        try:
            result = await self.agent_for(schema).run(
                prompt.user,
                instructions=prompt.system,
                model=counted,
                model_settings=ModelSettings(max_tokens=prompt.max_tokens),
            )
        except UnexpectedModelBehavior as error:
            detail = whole_characters(without_key(str(error), self._endpoint))
            raise MalformedError(
                "What the model wrote does not have the form that was asked for.", detail=detail
            ) from None
        return result.output

    def agent_for(self, schema: type[M]) -> Agent[None, M]:
        if schema not in self._agents:
            self._agents[schema] = Agent(
                output_type=output_of(self._endpoint, schema), retries={"output": REPAIRS}
            )
        return self._agents[schema]


def _fit_to_send(prompt: Prompt) -> Prompt:
    """Whatever was quoted in it."""
    system, user = whole_characters(prompt.system), whole_characters(prompt.user)
    return replace(prompt, system=system, user=user)


@contextmanager
def charged(tally: Tally) -> Iterator[None]:
    """An answer that did not come says what it cost all the same."""
    try:
        yield
    except ProviderError as error:
        error.usage += tally.usage()
        raise
