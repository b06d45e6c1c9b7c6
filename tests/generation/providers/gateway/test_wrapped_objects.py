"""Objects with another around them: tools nobody offered, calls written down, names put before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generation.providers.endpoints import OUTPUT_MODES
from generation.providers.gateway.opening import open_gateway
from generation.providers.openai.schemas import OutlineAnswer, QuizAnswer
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import ModelServer
from tests.generation.providers.gateway.test_envelopes import Body
from tests.generation.providers.gateway.writings import outline

WRITTEN = {
    "Hermes, Qwen": '<tool_call>\n{"name": "final_result", "arguments": %s}\n</tool_call>',
    "Llama": '<|python_tag|>{"name": "final_result", "parameters": %s}',
    "Mistral": '[TOOL_CALLS][{"name": "final_result", "arguments": %s}]',
    "Nemotron": '<TOOLCALL>[{"name": "final_result", "arguments": %s}]</TOOLCALL>',
    "Phi": 'functools[{"name": "final_result", "arguments": %s}]',
    "Cohere": (
        '<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "final_result", "parameters": %s}]'
        "<|END_ACTION|>"
    ),
    "Kimi": (
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.final_result:0"
        "<|tool_call_argument_begin|>%s<|tool_call_end|><|tool_calls_section_end|>"
    ),
    "gpt-oss": (
        "<|channel|>commentary to=functions.final_result <|constrain|>json<|message|>%s<|call|>"
    ),
    "a whole call": '{"type": "function", "function": {"name": "f", "arguments": %s}}',
    "a name": '{"response": %s}',
    "a name and words": '{"thinking": "Hm.", "answer": %s}',
    "the schema": '{"type": "object", "properties": %s}',
}


@pytest.mark.parametrize("mode", OUTPUT_MODES)
@pytest.mark.parametrize("what", WRITTEN)
async def test_an_object_is_taken_out_of_what_was_put_around_it(
    server: ModelServer, what: str, mode: str
) -> None:
    server.envelope = lambda body: as_text(body, WRITTEN[what])
    async with open_gateway(endpoint_of(server, output_mode=mode)) as gateway:
        answer = await gateway.write_object(prompt_for("quiz"), QuizAnswer)
    assert len(answer.content.questions) == 4
    assert len(server.received) == 1


def as_text(body: Body, around: str) -> Body:
    message = body["choices"][0]["message"]
    calls = message.get("tool_calls")
    said = calls[0]["function"]["arguments"] if calls else message["content"]
    return body | {"choices": [{"message": {"content": around % said}}]}


@pytest.mark.parametrize("around", ["{}", '{"name": "final_result", "arguments": {}}'])
async def test_a_plan_is_no_empty_plan_for_what_was_put_around_it(
    server: ModelServer, around: str
) -> None:
    """All of a plan may be left out, so that whatever comes would be one."""
    wrapped = around.replace("{}", json.dumps(outline(4)))
    server.rewrite = lambda _request, _content: wrapped
    async with open_gateway(endpoint_of(server)) as gateway:
        answer = await gateway.write_object(prompt_for("outline"), OutlineAnswer)
    assert len(answer.content.stages) == 2


async def test_an_object_that_stands_in_a_string_is_one(server: ModelServer) -> None:
    server.rewrite = lambda _request, content: json.dumps(content)
    async with open_gateway(endpoint_of(server)) as gateway:
        answer = await gateway.write_object(prompt_for("quiz"), QuizAnswer)
    assert len(answer.content.questions) == 4
    assert len(server.received) == 1


@pytest.mark.parametrize("mode", OUTPUT_MODES)
@pytest.mark.parametrize(
    "call",
    [
        {"function": {"name": "final_result"}},
        {"id": "a", "function": {"name": "functions.final_result:0"}},
        {"function": {}},
        {"index": 7, "type": "custom", "function": {"name": "json"}},
    ],
)
async def test_a_call_is_an_answer_whatever_tool_it_names(
    server: ModelServer, mode: str, call: dict[str, Any]
) -> None:
    def called(body: Body) -> Body:
        message = body["choices"][0]["message"]
        calls = message.get("tool_calls")
        said = calls[0]["function"]["arguments"] if calls else message["content"]
        function = call["function"] | {"arguments": json.loads(said)}
        made = {"content": "", "tool_calls": [call | {"function": function}]}
        return body | {"choices": [{"message": made, "finish_reason": "tool_calls"}]}

    server.envelope = called
    async with open_gateway(endpoint_of(server, output_mode=mode)) as gateway:
        answer = await gateway.write_object(prompt_for("quiz"), QuizAnswer)
    assert len(answer.content.questions) == 4
    assert len(server.received) == 1
