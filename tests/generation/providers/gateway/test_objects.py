"""Objects are found in whatever a model writes around them, or instead of calling a tool."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from concepts.content import QuizContent
from generation.providers.endpoints import OUTPUT_MODES
from generation.providers.gateway.models import find_object
from generation.providers.gateway.opening import open_gateway
from generation.providers.openai.schemas import OutlineAnswer, ResourcesAnswer
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import ModelServer, Refusal, completion
from tests.generation.providers.gateway.received import Received
from tests.generation.providers.gateway.writings import write

WANTED = {"title": "Bees", "list": [{"url": "https://bees.example", "why": "They hum."}]}
JSON = json.dumps(WANTED)


@pytest.mark.parametrize(
    "said",
    [
        JSON,
        f"Sure! Here it is:\n```json\n{JSON}\n```\nTell me if you need more.",
        f'<think>They want {{something}} like {{"title": "x"}}.</think>\n{JSON}',
        f'They want {{something}} with {{"title": 1}} in it.</think>{JSON}',
        f"<reasoning>Hm.</reasoning>{JSON}",
        f'A draft: {{"title": "x", "list": ["{"long " * 40}"]}}</think>{JSON}',
        f'A broken draft: {{"title": [...]}}</think>\n```json\n{JSON}\n```',
        f'For instance {{"title": "x"}} would do, but better: {JSON}',
        f"In LaTeX, \\frac{{a}}{{b}} is a share. {JSON}",
        f"{JSON} {{}}",
    ],
)
def test_the_object_is_found_in_what_stands_around_it(said: str) -> None:
    assert json.loads(find_object(said)) == WANTED


def test_an_object_may_speak_of_thoughts_and_hold_line_breaks() -> None:
    spoken = {"why": "Models end their thoughts with </think>, or not."}
    assert json.loads(find_object(json.dumps(spoken))) == spoken
    assert json.loads(find_object('{"why": "one\nline"}')) == {"why": "one\nline"}


@pytest.mark.parametrize(
    "said",
    [
        "",
        "There is nothing.",
        "{}",
        JSON[:-9],
        JSON.replace("They hum.", "They \\(hum\\)."),
        JSON.replace("}]", "},]"),
        "{" * 10_000,
    ],
)
def test_a_part_of_a_faulty_object_is_never_taken_for_it(said: str) -> None:
    assert find_object(said) == ""


async def test_an_object_that_is_written_instead_of_called_is_taken(server: ModelServer) -> None:
    """Some models do that with a tool they must call."""
    server.refuse = write_in_words
    async with open_gateway(endpoint_of(server, output_mode="tool")) as gateway:
        answer = await gateway.write_object(prompt_for("quiz"), QuizContent)
    assert len(answer.content.questions) == 4
    assert len(server.received) == 1


def write_in_words(request: Received) -> Refusal:
    content = json.dumps(write("quiz", request.schema, request.text, concepts=1))
    body = {name: value for name, value in request.body.items() if name != "tools"}
    request = Received(at=0.0, body=body, key="")
    return 200, {}, completion(request, f"Here it is: {content}")


@pytest.mark.parametrize("extra", [{}, {"level": ""}, {"title": "", "stages": []}])
async def test_a_verdict_alone_is_an_answer(server: ModelServer, extra: dict[str, object]) -> None:
    verdict = {"verdict": "question", "suggestions": ["Heating technology"]}
    server.rewrite = lambda _request, _content: json.dumps(verdict | extra)
    async with open_gateway(endpoint_of(server)) as gateway:
        answer = await gateway.write_object(prompt_for("outline"), OutlineAnswer)
    assert (answer.content.verdict, answer.usage.calls) == ("question", 1)


@pytest.mark.parametrize("mode", OUTPUT_MODES)
@pytest.mark.parametrize("schema", [OutlineAnswer, ResourcesAnswer])
async def test_every_field_is_asked_for_also_those_we_could_do_without(
    server: ModelServer, mode: str, schema: type[Any]
) -> None:
    """Servers hold a model only to what is required."""
    purpose = "outline" if schema is OutlineAnswer else "resources"
    async with open_gateway(endpoint_of(server, output_mode=mode)) as gateway:
        await gateway.write_object(prompt_for(purpose), schema)
    sent = server.received[0].schema
    assert sent is not None
    for part in objects_in(sent):
        assert set(part["required"]) == set(part["properties"])


def objects_in(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from objects_in(part)
