"""Half an emoji (a lone surrogate), and NUL, wherever a server may put them: a fault to repair."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_django import Settings

from concepts.content import ArtifactKind
from generation.port.errors import SystemicError
from generation.port.provider import Written, opened
from generation.port.request import OutlineRequest
from generation.providers.endpoints import OUTPUT_MODES
from generation.providers.gateway.opening import open_gateway
from generation.providers.openai.judging import (
    judge_outline,
    judge_quiz,
    judge_resources,
    judge_tutorial,
)
from generation.providers.openai.schemas import OutlineAnswer, QuizAnswer, ResourcesAnswer
from tests.generation import writings
from tests.generation.asking import BRIEF, EitherWay
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import KEY, MODEL, ModelServer
from tests.generation.providers.gateway.received import Received

HALF = "\ud83d"


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


def spoil(content: str, bad: str) -> str:
    """At the end of a text; in JSON, at the end of its last text."""
    if not content.startswith("{"):
        return content + bad
    escaped = json.dumps(bad)[1:-1]
    start, end = content.rsplit('", ', 1)
    return f'{start}{escaped}", {end}'


@pytest.mark.parametrize("mode", OUTPUT_MODES)
@pytest.mark.parametrize("bad", [HALF, "\x00"])
@pytest.mark.parametrize("task", ["outline", *(kind.value for kind in ArtifactKind)])
async def test_half_a_character_is_refused_once_and_repaired(
    server: ModelServer, settings: Settings, task: str, bad: str, mode: str
) -> None:
    settings.LLM_OUTPUT_MODE = mode

    def rewrite(_request: Received, content: str) -> str:
        return spoil(content, bad) if len(server.received) == 1 else content

    server.rewrite = rewrite
    written = await write(task)
    assert written.content
    # A bad link among good ones is dropped; all else is asked for once more.
    assert written.usage.calls == len(server.received) <= 2
    assert HALF not in str(written.content)


def test_what_is_wrong_is_told_by_its_name() -> None:
    tutorial = judge_tutorial(writings.tutorial() + HALF, BRIEF)
    assert any("half a character" in problem for problem in tutorial.problems)
    tutorial.said.encode()


@pytest.mark.parametrize("field", ["title", "summary"])
def test_an_answer_with_half_a_character_can_be_sent_back(field: str) -> None:
    plan = OutlineAnswer.model_validate(writings.outline() | {field: f"Bees {HALF}"})
    quiz, links = writings.quiz(), writings.resources()
    quiz["questions"][0]["stem"] += HALF
    for link in links["resources"]:
        link["title"] += HALF
    from datetime import date

    request = OutlineRequest("Keep bees", concepts=8)
    for tried in (
        judge_outline(plan, request, "en", date(2026, 11, 26)),
        judge_quiz(QuizAnswer.model_validate(quiz), BRIEF),
        judge_resources(ResourcesAnswer.model_validate(links), BRIEF),
    ):
        tried.said.encode()
        assert tried.usable is None
        assert any("half a character" in problem for problem in tried.problems)


@pytest.mark.parametrize("bad", [HALF, "\x00"])
async def test_an_error_with_half_a_character_can_be_kept(server: ModelServer, bad: str) -> None:
    """In its words, its code, its header and the model's name; an operator reads it from a row."""
    body = {"error": {"message": f"No money {bad}", "code": f"insufficient_quota{bad}"}}
    server.refuse = lambda _request: (402, {}, body)
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(SystemicError, match="no credit") as failed:
            await gateway.write_text(prompt_for("tutorial"))
    failed.value.detail.encode()
    assert "No money" in failed.value.detail
    assert bad not in failed.value.detail


@pytest.mark.parametrize("bad", [HALF, "\x00"])
async def test_names_with_half_a_character_harm_nobody(server: ModelServer, bad: str) -> None:
    server.events = lambda events: [
        event.replace('"bee-1"', json.dumps(f"bee{bad}")).replace("chatcmpl-1", f"id{bad}")
        for event in events
    ]
    async with open_gateway(endpoint_of(server)) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial"))).content
