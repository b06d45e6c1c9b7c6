"""A value that is worked out anew: what a real server is asked, and what it costs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_django import Settings

from concepts.content import ArtifactKind
from generation.port.errors import ContentError
from generation.port.provider import Written, opened
from generation.providers.openai.provider import OpenAIProvider
from tests.generation.asking import BRIEF
from tests.generation.providers.gateway.model_server import KEY, MODEL, ModelServer
from tests.generation.providers.gateway.received import Received
from tests.generation.providers.gateway.writings import data_in, predict_output


@pytest.fixture(autouse=True)
def configured(server: ModelServer, settings: Settings) -> None:
    settings.LLM_BASE_URL, settings.LLM_API_KEY = server.base_url, KEY
    settings.LLM_MODEL, settings.LLM_BLIND_SOLVE = MODEL, True


def solve_as(server: ModelServer, *outputs: str) -> None:
    """The fourth question asks for an output; the server predicts one after the other."""
    left = list(outputs)

    def rewrite(request: Received, content: str) -> str:
        said: dict[str, Any] = json.loads(content)
        if request.purpose == "quiz":
            said["questions"][3] = predict_output("a1", 3)
        for one in said.get("answers", []):
            if one["question"] == 4:
                one["output"] = left.pop(0)
        return json.dumps(said)

    server.rewrite = rewrite


async def write_quiz() -> Written[Any]:
    provider = OpenAIProvider()
    async with opened(provider):
        return await provider.write(ArtifactKind.QUIZ, BRIEF)


def asked(server: ModelServer) -> list[list[int]]:
    """The numbers of the questions, an answer each."""
    solving = [one for one in server.received if one.purpose == "blind_solve"]
    return [[one["number"] for one in data_in(request.text)["questions"]] for request in solving]


@pytest.mark.parametrize(
    ("outputs", "questions"),
    [(["6"], [[1, 2, 3, 4]]), (["7", "6", "6"], [[1, 2, 3, 4], [4], [4]])],
)
async def test_only_a_value_that_differs_is_asked_for_again(
    server: ModelServer, outputs: list[str], questions: list[list[int]]
) -> None:
    solve_as(server, *outputs)
    written = await write_quiz()
    assert asked(server) == questions
    assert written.usage.calls == len(server.received) == 1 + len(questions)
    assert written.usage.tokens_out == sum(request.tokens_out for request in server.received)


async def test_a_key_that_two_contradict_goes_back_with_what_they_said(
    server: ModelServer,
) -> None:
    solve_as(server, *["7"] * 6)
    with pytest.raises(ContentError, match="the answers were “7” and “7”, and the key says “6”"):
        await write_quiz()
    assert asked(server)[:2] == [[1, 2, 3, 4], [4]]
    assert "question 4: solved twice without the key" in server.received[3].text
