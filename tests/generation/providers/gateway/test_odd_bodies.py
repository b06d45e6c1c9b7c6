"""Answers that are good, in bodies that no documentation shows; and what says that it is well."""

from __future__ import annotations

import json
from typing import Any

import pytest

from concepts.content import QuizContent
from generation.port.errors import ProviderError, TransientError
from generation.providers.gateway import opening, repeating
from generation.providers.gateway.opening import open_gateway
from generation.providers.gateway.said_errors import find_error
from generation.providers.gateway.texts import Texts
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import MODEL, ModelServer
from tests.generation.providers.gateway.test_envelopes import Body, answer_of, message_of
from tests.generation.providers.gateway.test_errors_in_answers import ASK

TEXT = "Bienen tänzeln gern."
STREAM = "Content-Type: text/event-stream"


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeating, "ATTEMPTS", 1)


def piece(text: Any = None, finish: Any = None, **others: Any) -> Body:
    delta = {} if text is None else {"content": text}
    return {"choices": [{"delta": delta, "finish_reason": finish}], **others}


def message(text: Any, finish: Any = None) -> Body:
    return {"choices": [{"message": {"content": text}, "finish_reason": finish}]}


PIECES = [piece("Bienen "), piece("tänzeln "), piece("gern."), piece(finish="stop")]
WHOLE = message(TEXT, "stop")


def lines(*pieces: Body, before: str = "data: ", between: str = "\n\n") -> bytes:
    said = (json.dumps(one, ensure_ascii=False) for one in pieces)
    return "".join(f"{before}{one}{between}" for one in said).encode()


def dumped(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def in_latin(raw: bytes) -> bytes:
    return raw.decode().encode("latin-1")


LATIN = "Content-Type: application/json; charset=ISO-8859-1"
GOOD = {
    "created": answer_of(dumped(WHOLE), status=201),
    "a stream under 203": answer_of(lines(*PIECES), STREAM, status=203),
    "a stream in a stream": answer_of(lines(*PIECES, before="data: data: "), STREAM),
    "indented": answer_of(lines(*PIECES, before="  data: "), STREAM),
    "in capitals": answer_of(lines(*PIECES, before="Data : "), STREAM),
    "two marks of an encoding": answer_of(b"\xef\xbb\xbf" * 2 + lines(*PIECES), STREAM),
    "a mark before each": answer_of(lines(*PIECES, before="\ufeffdata: "), STREAM),
    "a piece a line": answer_of(lines(*PIECES, before="", between="\n")),
    "a list of pieces": answer_of(dumped(PIECES)),
    "a list of one": answer_of(dumped([WHOLE])),
    "in Latin-1": answer_of(in_latin(dumped(WHOLE)), LATIN),
    "a stream in Latin-1": answer_of(in_latin(lines(*PIECES)), f"{STREAM}; charset=latin-1"),
    "in UTF-8 that calls itself Latin-1": answer_of(dumped(WHOLE), LATIN),
    "text with a value": answer_of(
        dumped(message([{"type": "text", "text": {"value": TEXT}}], "stop"))
    ),
    "a part with content": answer_of(dumped(message([{"type": "text", "content": TEXT}], "stop"))),
    "a list of reasons": answer_of(lines(*PIECES[:3], piece(finish=["stop"]))),
    "a number as reason": answer_of(lines(*PIECES[:3], piece(finish=1))),
    "the whole once more": answer_of(lines(*PIECES[:3], WHOLE)),
    "the whole once more, trimmed": answer_of(lines(piece("\n"), *PIECES[:3], WHOLE)),
    "all so far with each": answer_of(
        lines(*(piece(TEXT[:end]) for end in range(2, len(TEXT) + 1, 2)), piece(finish="stop"))
    ),
    "all so far as messages": answer_of(
        lines(message(TEXT[:9]), message(TEXT[:15]), message(TEXT), message(TEXT, "stop"))
    ),
    "a place in a queue": answer_of(
        lines({"status": "queued", "message": "You are the third."}, *PIECES)
    ),
}


@pytest.mark.parametrize("what", GOOD)
async def test_a_good_answer_is_used_once_and_whole(server: ModelServer, what: str) -> None:
    server.raw = lambda _request: GOOD[what]
    async with open_gateway(endpoint_of(server)) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial"))).content == TEXT
    assert len(server.received) == 1


async def test_a_text_of_any_length_may_be_told_anew_with_each_piece(server: ModelServer) -> None:
    """Together they are far longer than an answer may be."""
    text = "Bees dance. " * 1_500
    told = [piece(text[:end]) for end in range(500, len(text) + 1, 500)]
    server.raw = lambda _request: answer_of(lines(*told, piece(finish="stop")), STREAM)
    async with open_gateway(endpoint_of(server)) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial"))).content == text.strip()


@pytest.mark.parametrize(
    "pieces",
    [
        ["ha", "ha", "!"],
        ["ha", "ha"],
        [" ", "  ", "   if"],
        ["The bees. ", "The bees. Again", " and again."],
        ["# Bees\n", "", "Bees dance."],
        ["[", "[1]]"],
    ],
)
def test_what_only_sounds_alike_is_said_as_often_as_it_was(pieces: list[str]) -> None:
    texts = Texts()
    for one in pieces:
        texts.add(one)
    assert texts.joined() == "".join(pieces)


@pytest.mark.parametrize(
    "error",
    [
        "none",
        "null",
        {"message": "", "type": "", "param": "", "code": None},
        {"code": 0, "message": "success"},
        {"code": "200", "message": "OK"},
        {"message": None},
    ],
)
@pytest.mark.parametrize("body", [WHOLE, piece("Bees")])
def test_an_error_that_is_none_beside_an_answer_is_none(body: Body, error: Any) -> None:
    assert find_error(body | {"error": error}) is None
    in_choice = {"choices": [body["choices"][0] | {"error": error}]}
    assert find_error(in_choice) is None


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("Generation failed: no tokens were generated", 502),
        ("unknown token at position 5", 502),
        ("Invalid token at position 5", 502),
        ("Missing stop token", 502),
        ("cannot generate more tokens", 502),
        ("The model failed: unknown error", 502),
        ("Invalid max_tokens: it must be 8192 at most", 400),
        ("invalid_token", 401),
        ("InvalidToken", 401),
        ("no auth credentials found", 401),
        ("The model is unknown", 404),
    ],
)
def test_tokens_of_a_text_are_no_key(said: str, status: int) -> None:
    """A run would be stopped, and somebody look for a key that is right."""
    found = find_error({"error": said})
    assert found is not None
    assert found[0] == status


@pytest.mark.parametrize("packing", ["br", "zstd"])
async def test_what_cannot_be_unpacked_is_told_as_that(server: ModelServer, packing: str) -> None:
    server.raw = lambda _request: answer_of(b"\x1b\x0a\x00\xf8", f"Content-Encoding: {packing}")
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(TransientError, match="could not be read") as failed:
            await gateway.write_text(prompt_for("tutorial"))
    assert f"Content-Encoding: {packing}" in failed.value.detail


@pytest.mark.parametrize("asks", ASK)
async def test_thoughts_alone_are_told_as_that(server: ModelServer, asks: str) -> None:
    thought = {"choices": [{"message": {"reasoning_content": "Hm."}, "finish_reason": "stop"}]}
    server.raw = lambda _request: answer_of(dumped(thought))
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(ProviderError, match="thoughts alone") as failed:
            await ASK[asks](gateway)
    assert "reasoning_content" in failed.value.detail


async def test_an_object_that_was_taken_for_a_thought_is_one(server: ModelServer) -> None:
    """vLLM, told to look for thoughts of a model that has none."""

    def mistaken(body: Body) -> Body:
        said = message_of(body)["content"]
        return {"choices": [{"message": {"content": None, "reasoning_content": said}}]}

    server.envelope = mistaken
    async with open_gateway(endpoint_of(server)) as gateway:
        answer = await gateway.write_object(prompt_for("quiz"), QuizContent)
    assert len(answer.content.questions) == 4
    assert len(server.received) == 1


async def test_an_end_in_each_piece_is_no_end(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pause in such a stream would pass for its end, and half a text for the whole."""
    monkeypatch.setattr(opening, "STREAM_PATIENCE", 1_000.0)

    def speak(_request: object) -> Any:
        yield answer_of(b"", STREAM) + lines(piece("Bees ", "stop"), piece("dance, ", "stop"))
        while True:
            yield b""

    server.raw = speak
    async with open_gateway(endpoint_of(server, timeout_seconds=0.5)) as gateway:
        with pytest.raises(TransientError, match="did not answer in time"):
            await gateway.write_text(prompt_for("tutorial"))


@pytest.mark.parametrize("query", ["", "?api-version=2026-01-01&a=", "?key=0123456789abcdef"])
async def test_a_query_of_the_address_goes_with_each_request(
    server: ModelServer, query: str
) -> None:
    async with open_gateway(endpoint_of(server, base_url=f"{server.base_url}{query}")) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial"))).content
        server.refuse = lambda _request: (401, {}, {"error": {"message": f"{MODEL}{query}"}})
        with pytest.raises(ProviderError) as refused:
            await gateway.write_text(prompt_for("tutorial"))
    assert server.received[0].query == query.removeprefix("?")
    assert "0123456789abcdef" not in f"{refused.value}{refused.value.detail}"
