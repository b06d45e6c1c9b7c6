"""Pieces of answers in which the parts contradict each other, and odd reasons for an end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from concepts.content import QuizContent
from generation.port.errors import ContentError, CutOffError, TransientError
from generation.providers.gateway import repeating
from generation.providers.gateway.opening import open_gateway
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import ModelServer
from tests.generation.providers.gateway.test_envelopes import Body, answer_of, message_of

TEXT = "Bees dance."
EMPTY = {"role": "assistant", "content": None}


def streamed(*choices: Any, is_done: bool = True) -> bytes:
    events = [json.dumps({"choices": list(pieces)}) for pieces in choices]
    lines = [*(f"data: {event}" for event in events), *(["data: [DONE]"] if is_done else [])]
    return answer_of("".join(f"{line}\n\n" for line in lines).encode())


@pytest.mark.parametrize(
    "pieces",
    [
        [[{"delta": EMPTY, "message": {"content": TEXT}}]],
        [[{"delta": {"content": ""}, "message": {"content": TEXT}, "finish_reason": "stop"}]],
        [[{"delta": {}, "message": {}, "text": TEXT}]],
        [[{"delta": {"content": TEXT}, "message": {"content": ""}}]],
        [[{"delta": None, "message": TEXT}]],
        [
            [{"delta": {"content": TEXT}}],
            [{"delta": {"content": ""}, "message": {"content": TEXT}}],
        ],
        [[{"delta": {"content": TEXT}}], [{"delta": None, "message": {"content": TEXT}}]],
        [[{"delta": {"content": [None, {"type": "text", "text": TEXT}, 7]}}]],
        # The other choice came first, and had nothing to say yet.
        [
            [{"index": 1, "delta": {"role": "assistant", "content": ""}}],
            [{"index": 0, "delta": {"content": TEXT}}],
            [{"index": 1, "delta": {"content": "No, I will not."}}],
        ],
        [[{"index": 3, "delta": {"content": TEXT}}], [{"index": 0, "delta": {"content": "No."}}]],
    ],
)
async def test_of_several_parts_the_one_that_speaks_is_taken(
    server: ModelServer, pieces: list[Any]
) -> None:
    server.raw = lambda _request: streamed(*pieces)
    async with open_gateway(endpoint_of(server)) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial"))).content == TEXT
    assert len(server.received) == 1


async def test_of_several_parts_of_an_object_the_one_that_speaks_is_taken(
    server: ModelServer,
) -> None:
    def doubled(body: Body) -> Body:
        return body | {"choices": [{"delta": EMPTY, "message": message_of(body)}]}

    server.envelope = doubled
    async with open_gateway(endpoint_of(server)) as gateway:
        answer = await gateway.write_object(prompt_for("quiz"), QuizContent)
    assert len(answer.content.questions) == 4
    assert len(server.received) == 1


@pytest.mark.parametrize("word", ["null", "None", "NONE", "", " "])
async def test_a_word_for_no_reason_yet_is_no_end(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """Else a stream that breaks off would pass for whole."""
    monkeypatch.setattr(repeating, "ATTEMPTS", 1)
    choice = {"delta": {"content": TEXT}, "finish_reason": word}
    server.raw = lambda _request: streamed([choice], is_done=False)
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(TransientError, match="broke off"):
            await gateway.write_text(prompt_for("tutorial"))


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("LENGTH", CutOffError),
        ("max_length", CutOffError),
        ("MAX_TOKENS", CutOffError),
        ("SAFETY", ContentError),
        ("sensitive", ContentError),
        ("CONTENT_FILTER", ContentError),
        ("network_error", TransientError),
        ("ABORTED", TransientError),
        ("cancelled", TransientError),
    ],
)
async def test_what_ended_too_early_is_not_taken_for_whole_whatever_that_is_called(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch, word: str, kind: type[Exception]
) -> None:
    monkeypatch.setattr(repeating, "ATTEMPTS", 1)
    choice = {"delta": {"content": TEXT}, "finish_reason": word}
    server.raw = lambda _request: streamed([choice])
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(kind):
            await gateway.write_text(prompt_for("tutorial"))
