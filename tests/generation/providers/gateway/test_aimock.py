"""The provider against a model server of other people, over a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from concepts.content import ArtifactKind, QuizContent, ResourcesContent, TutorialContent
from generation.port.briefs import ConceptBrief
from generation.port.errors import SystemicError
from generation.port.provider import opened
from generation.port.request import OutlineRequest
from generation.port.spent import Spent
from generation.providers.endpoints import OUTPUT_MODES
from tests.generation import writings
from tests.generation.asking import BRIEF, EitherWay
from tests.generation.providers.gateway.aimock import IS_MISSING, KEY, WHY_MISSING, Aimock
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(IS_MISSING, reason=WHY_MISSING)]

OBJECTS = {
    "Plan the roadmap": writings.outline(),
    "Name the resources": writings.resources(),
    "Write the quiz": writings.quiz(),
}
USED = {"usage": {"prompt_tokens": 700, "completion_tokens": 50, "total_tokens": 750}}


def fixtures() -> list[dict[str, Any]]:
    """An object as the call of a tool, by a schema, or in a text with words around it. The first
    tutorial about fog breaks off."""
    listed: list[dict[str, Any]] = []
    for words, answer in OBJECTS.items():
        said = json.dumps(answer)
        wrapped = f"<think>JSON, then.</think>Sure!\n```json\n{said}\n```\nAnything else?"
        called = {"toolCalls": [{"name": "final_result", "arguments": said}]}
        for match, response in (
            ({"toolName": "final_result"}, called),
            ({"responseFormat": "json_schema"}, {"content": said}),
            ({"responseFormat": "json_object"}, {"content": wrapped}),
        ):
            listed.append({"match": match | {"userMessage": words}, "response": response | USED})
    whole = {"response": {"content": writings.tutorial()} | USED}
    fog: dict[str, Any] = {"match": {"userMessage": '"title": "Fog"'}}
    cut = {"chunkSize": 50, "truncateAfterChunks": 20}
    listed.append({"match": fog["match"] | {"sequenceIndex": 0}} | whole | cut)
    listed.append({"match": {"userMessage": "Write the tutorial"}} | whole)
    return listed


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aimock]:
    with Aimock(tmp_path_factory.mktemp("aimock"), fixtures()) as running:
        yield running


@pytest.fixture
def aimock(running: Aimock, settings: Settings) -> Iterator[Aimock]:
    settings.LLM_BASE_URL, settings.LLM_API_KEY = running.base_url, KEY
    settings.LLM_MODEL, settings.LLM_TIMEOUT_SECONDS = "bee-1", 20.0
    running.forget()
    yield running
    running.misbehave()


async def write(kind: ArtifactKind, brief: ConceptBrief = BRIEF) -> tuple[Any, Spent]:
    provider = EitherWay()
    async with opened(provider):
        written = await provider.write(kind, brief)
    return written.content, written.usage


async def test_a_tutorial_is_streamed(aimock: Aimock) -> None:
    content, usage = await write(ArtifactKind.TUTORIAL)
    [asked] = aimock.asked()
    assert content == TutorialContent(markdown=writings.tutorial().strip())
    assert (asked["stream"], asked.get("tools"), asked.get("response_format")) == (True, None, None)
    assert (usage.calls, usage.tokens_in, usage.tokens_out) == (1, 700, 50)


@pytest.mark.parametrize("mode", OUTPUT_MODES)
async def test_every_object_comes_in_every_mode(
    aimock: Aimock, settings: Settings, mode: str
) -> None:
    settings.LLM_OUTPUT_MODE = mode
    provider = EitherWay()
    async with opened(provider):
        outline = await provider.outline(OutlineRequest("Keep bees", concepts=8))
        resources = await provider.write(ArtifactKind.RESOURCES, BRIEF)
        quiz = await provider.write(ArtifactKind.QUIZ, BRIEF)
    assert len(outline.content.concepts()) == 8
    assert isinstance(resources.content, ResourcesContent)
    assert isinstance(quiz.content, QuizContent)
    assert outline.usage + resources.usage + quiz.usage == Spent(3, 2_100, 150)
    asked = aimock.asked()
    assert len(asked) == 3
    forms = {"native": "json_schema", "prompted": "json_object", "tool": None}
    for body in asked:
        assert (body.get("response_format") or {}).get("type") == forms[mode]
        assert bool(body.get("tools")) == (mode == "tool")
        assert not body.get("stream")


@pytest.mark.parametrize("fault", ["rateLimitRate", "dropRate", "disconnectRate", "malformedRate"])
@pytest.mark.parametrize("kind", [ArtifactKind.TUTORIAL, ArtifactKind.QUIZ])
async def test_what_fails_for_a_while_is_asked_again(
    aimock: Aimock, kind: ArtifactKind, fault: str
) -> None:
    aimock.misbehave(**{fault: 1})
    writing = asyncio.create_task(write(kind))
    await until(aimock.asked)
    aimock.misbehave()
    content, usage = await writing
    assert content
    assert usage.calls == len(aimock.asked()) > 1


async def test_a_tutorial_that_breaks_off_is_asked_for_again(aimock: Aimock) -> None:
    fog = ConceptBrief(**{**vars(BRIEF), "title": "Fog"})
    content, _ = await write(ArtifactKind.TUTORIAL, fog)
    assert content == TutorialContent(markdown=writings.tutorial().strip())
    assert len(aimock.asked()) == 2


async def test_an_unknown_key_is_told_as_such(aimock: Aimock, settings: Settings) -> None:
    settings.LLM_API_KEY = "sk-of-somebody-else"
    with pytest.raises(SystemicError, match="refused the key") as refusal:
        await write(ArtifactKind.TUTORIAL)
    assert "sk-of-somebody-else" not in refusal.value.detail
