"""The library's model for an endpoint, and how it is brought to answer with an object."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any, ClassVar

from openai import AsyncOpenAI, Timeout
from pydantic import BaseModel
from pydantic_ai import NativeOutput, PromptedOutput, ToolOutput
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.profiles.openai import OpenAIJsonSchemaTransformer, OpenAIModelProfile
from pydantic_ai.providers import Provider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.settings import ModelSettings

from generation.awaiting.apart import apart
from generation.port.characters import escape_halves, whole_characters
from generation.providers.endpoints import Endpoint
from generation.providers.gateway.concessions import concessions_of
from generation.providers.gateway.entries import Tally
from generation.providers.gateway.envelopes import arguments_of
from generation.providers.gateway.network import client_options
from generation.providers.gateway.requests import Requests
from generation.providers.gateway.wire import WireClient
from generation.providers.thoughts.stripping import ends_of_thoughts, strip_thoughts

OPENAI_HOST = "api.openai.com"
# For a connection; a host that is silent is not there.
CONNECT_SECONDS = 10.0
# Openings looked at for the beginning of an object.
OPENINGS = 50
# Ends of thoughts after which it is looked for, the last ones.
THOUGHTS = 20
_OBJECT_BEGINS = re.compile(r'\{\s*"')


class SmallSchema(OpenAIJsonSchemaTransformer):
    """Without what is checked afterwards anyway: large bounds break llama.cpp's grammars.

    Every field is asked for, also those that we can do without: else a server holds to none.
    """

    dropped: ClassVar[tuple[str, ...]] = ("minLength", "maxLength", "pattern", "format", "default")

    def transform(self, schema: dict[str, Any]) -> dict[str, Any]:
        for name in self.dropped:
            # A property may have such a name; a bound is never an object.
            if not isinstance(schema.get(name), dict):
                schema.pop(name, None)
        if schema.get("properties"):
            schema["required"] = list(schema["properties"])
        return super().transform(schema)


def open_client(endpoint: Endpoint) -> AsyncOpenAI:
    """Build it in the loop that uses it. Repeating is not its business. Raises SystemicError."""
    return AsyncOpenAI(
        api_key=endpoint.api_key or "none",
        base_url=endpoint.address,
        default_query=endpoint.query,
        timeout=Timeout(endpoint.timeout_seconds, connect=CONNECT_SECONDS),
        max_retries=0,
        http_client=WireClient(
            seconds=endpoint.timeout_seconds,
            concessions=concessions_of(endpoint.base_url, endpoint.model),
            **client_options(endpoint),
        ),
    )


def build_model(endpoint: Endpoint, client: AsyncOpenAI) -> Model:
    provider: Provider[AsyncOpenAI]
    if endpoint.host == OPENAI_HOST:
        provider = OpenAIProvider(openai_client=client)
    else:
        provider = OpenAICompatibleProvider("model-server", openai_client=client)
    profile = OpenAIModelProfile(
        json_schema_transformer=SmallSchema,
        # Strict chat templates (Qwen's, Gemma's) take one system message, and that first.
        supports_inline_system_prompts=False,
        openai_chat_supports_multiple_system_messages=False,
        # Nobody's: the library cuts out what stands between the usual ones, also where a text only
        # speaks of them. `unwrapping` tells the two apart.
        thinking_tags=("<nobody-thinks>", "</nobody-thinks>"),
        supports_json_schema_output=True,
        supports_json_object_output=True,
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
    return NativeOutput(schema, strict=True)


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
        async def ask(room: int) -> ModelResponse:
            limited: ModelSettings = {**(model_settings or {}), "max_tokens": room}
            return await self.wrapped.request(messages, limited, model_request_parameters)

        # What was answered before, and sent back with the reasons, is in there, too.
        sent = f"{messages!r}{model_request_parameters!r}"
        response = await self._requests.send(self._tally, ask, seconds=self._seconds, sent=sent)
        tools = [tool.name for tool in model_request_parameters.output_tools]
        # What a text holds is looked for long: whole objects in the midst of others.
        return await apart(only_object, response, tool=tools[0] if tools else None)


def only_object(response: ModelResponse, *, tool: str | None = None) -> ModelResponse:
    """Without what models like to write around the object they were asked for.

    `tool`: what should have been called with it; some models write it down all the same.
    """
    called = [part for part in response.parts if isinstance(part, ToolCallPart)]
    if called and tool is not None:
        # What it says besides is read by nobody, and would go back to it with the reasons. There is
        # one tool to call, whatever name it calls.
        renamed = [
            ToolCallPart(tool, part.args_as_json_str(), part.tool_call_id) for part in called
        ]
        return replace(response, parts=renamed)
    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    # Nobody offered a tool: what it is called with is the answer.
    text = max((part.args_as_json_str() for part in called), key=len, default=text)
    found = find_object(text)
    if not found:
        # It goes back with the reasons, for which it must be fit to be sent.
        return replace(response, parts=[TextPart(whole_characters(text))] if text else [])
    part = TextPart(found) if tool is None else ToolCallPart(tool, found)
    return replace(response, parts=[part])


def find_object(text: str) -> str:
    """The longest whole JSON object in a text; empty where there is none, or the one is faulty.

    Parts of a faulty one are never taken for it: its fault is told to the model. Nor are drafts in
    thoughts, which come before the answer; but an answer may speak of the tags of thoughts.
    """
    text = arguments_of(text)
    ends = list(ends_of_thoughts(text))[-THOUGHTS:]
    answers = [text, *(text[end:] for end in ends), strip_thoughts(text)]
    for answer in reversed(answers):
        if answer.lstrip().startswith(("{", "```")) and (found := _longest_object(answer)):
            return found
    return _longest_object(answers[-1]) or _longest_object(answers[-2]) or _longest_object(text)


def _longest_object(text: str) -> str:
    # Not strict: a line break in a string is what it says.
    decoder, start, longest = json.JSONDecoder(strict=False), text.find("{"), ""
    for _ in range(OPENINGS):
        if start < 0:
            break
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            if _OBJECT_BEGINS.match(text, start):
                break
            end = start + 1
        else:
            found = escape_halves(json.dumps(value, ensure_ascii=False))
            longest = max(longest, found, key=len) if value else longest
        start = text.find("{", end)
    return longest
