"""The library's model for an endpoint, and how it is brought to answer with an object."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, ClassVar

from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import NativeOutput, PromptedOutput, ToolOutput
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.profiles.openai import OpenAIJsonSchemaTransformer, OpenAIModelProfile
from pydantic_ai.providers import Provider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.settings import ModelSettings

from generation.providers.endpoints import Endpoint
from generation.providers.gateway.requests import Requests, Tally

OPENAI_HOST = "api.openai.com"
# Openings looked at for the beginning of an object.
OPENINGS = 50


class SmallSchema(OpenAIJsonSchemaTransformer):
    """Without what is checked afterwards anyway: large bounds break llama.cpp's grammars."""

    dropped: ClassVar[tuple[str, ...]] = ("minLength", "maxLength", "pattern", "format")

    def transform(self, schema: dict[str, Any]) -> dict[str, Any]:
        for name in self.dropped:
            # A property may have such a name; a bound is never an object.
            if not isinstance(schema.get(name), dict):
                schema.pop(name, None)
        return super().transform(schema)


def open_client(endpoint: Endpoint) -> AsyncOpenAI:
    """Build it in the loop that uses it. Repeating is not its business."""
    return AsyncOpenAI(
        api_key=endpoint.api_key or "none",
        base_url=endpoint.base_url,
        timeout=endpoint.timeout_seconds,
        max_retries=0,
    )


def build_model(endpoint: Endpoint, client: AsyncOpenAI) -> Model:
    provider: Provider[AsyncOpenAI]
    if endpoint.host == OPENAI_HOST:
        provider = OpenAIProvider(openai_client=client)
    else:
        provider = OpenAICompatibleProvider("model-server", openai_client=client)
    profile = OpenAIModelProfile(
        json_schema_transformer=SmallSchema,
        supports_json_schema_output=True,
        supports_json_object_output=True,
        # Else a text that breaks off in good order would pass for whole.
        openai_chat_streaming_requires_finish_reason=True,
        openai_chat_supports_max_completion_tokens=(
            endpoint.max_tokens_field == "max_completion_tokens"
        ),
    )
    return OpenAIChatModel(endpoint.model, provider=provider, profile=profile)


def output_of(endpoint: Endpoint, schema: type[BaseModel]) -> Any:
    """How the library is told what is wanted."""
    if endpoint.output_mode == "tool":
        return ToolOutput(schema)
    if endpoint.output_mode == "prompted":
        return PromptedOutput(schema)
    return NativeOutput(schema)


class CountedModel(WrapperModel):
    """Every request of an agent goes through the gateway's limits and books."""

    def __init__(self, wrapped: Model, requests: Requests, tally: Tally, seconds: float) -> None:
        super().__init__(wrapped)
        self._requests, self._tally, self._seconds = requests, tally, seconds

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        async def ask() -> ModelResponse:
            return await self.wrapped.request(messages, model_settings, model_request_parameters)

        response = await self._requests.send(self._tally, ask, seconds=self._seconds)
        if model_request_parameters.output_mode == "tool":
            return response
        return only_object(response)


def only_object(response: ModelResponse) -> ModelResponse:
    """Without what models like to write around the object they were asked for."""
    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    found = find_object(text)
    return replace(response, parts=[TextPart(found)]) if found else response


def find_object(text: str) -> str:
    """The first whole JSON object in a text; empty where there is none."""
    text = text.rpartition("</think>")[2]
    decoder, start = json.JSONDecoder(), -1
    for _ in range(OPENINGS):
        start = text.find("{", start + 1)
        if start < 0:
            break
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if value:
            return text[start:end]
    return ""
