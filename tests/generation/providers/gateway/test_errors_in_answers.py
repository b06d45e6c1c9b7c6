"""An error under a status that says that all is well, and whatever else is no answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from concepts.content import QuizContent
from generation.port.errors import ContentError, ProviderError, SystemicError, TransientError
from generation.providers.dialogue import Gateway
from generation.providers.gateway import repeating, requests
from generation.providers.gateway.opening import open_gateway
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import ModelServer
from tests.generation.providers.gateway.test_envelopes import answer_of

WORDS = "You have run out of honey."


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeating, "ATTEMPTS", 2)
    monkeypatch.setattr(repeating, "MOST_REFUSALS", 2)
    monkeypatch.setattr(repeating, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(repeating, "JITTER_SECONDS", 0.02)
    monkeypatch.setattr(requests, "HOLD_SECONDS", 0.01)


def named(code: Any, **others: Any) -> dict[str, Any]:
    return {"error": {"message": WORDS, "code": code, **others}}


ERRORS: list[tuple[Any, type[ProviderError], str]] = [
    (named(401), SystemicError, "refused the key"),
    (named("invalid_api_key"), SystemicError, "refused the key"),
    (named("402"), SystemicError, "no credit"),
    (named(402.0), SystemicError, "no credit"),
    (named("insufficient_quota", type="insufficient_quota"), SystemicError, "no credit"),
    (named(None, type="authentication_error"), SystemicError, "refused the key"),
    (named("model_not_found"), SystemicError, "does not know the model"),
    (named(429), TransientError, "asked too often"),
    (named("rate_limit_exceeded"), TransientError, "asked too often"),
    (named(503), TransientError, "failed for a moment"),
    (named(None), TransientError, "failed for a moment"),
    (named(None, type="invalid_request_error"), ContentError, "rejected"),
    ({"error": f"402 payment required: {WORDS}"}, SystemicError, "no credit"),
    ({"error": WORDS}, TransientError, "failed for a moment"),
    ({"errors": [{"message": WORDS, "status": 401}]}, SystemicError, "refused the key"),
    ({"detail": f"Unauthorized. {WORDS}"}, SystemicError, "refused the key"),
    ({"detail": [{"msg": WORDS, "type": "bad_request"}]}, ContentError, "rejected"),
    ({"object": "error", "message": WORDS, "code": 402}, SystemicError, "no credit"),
    ({"message": WORDS, "status": "402"}, SystemicError, "no credit"),
    ({"code": "InvalidApiKey", "message": WORDS, "request_id": "7"}, SystemicError, "the key"),
    ([named(401)], SystemicError, "refused the key"),
    (
        {"base_resp": {"status_code": 1008, "status_msg": f"insufficient balance. {WORDS}"}},
        SystemicError,
        "no credit",
    ),
    (
        {"base_resp": {"status_code": 1004, "status_msg": f"login fail. {WORDS}"}},
        SystemicError,
        "the key",
    ),
    ({"detail": f"Not authenticated. {WORDS}"}, SystemicError, "refused the key"),
    ({"fault": {"faultstring": f"Invalid ApiKey. {WORDS}"}}, SystemicError, "refused the key"),
    ({"Message": f"Unauthorized. {WORDS}"}, SystemicError, "refused the key"),
    ({"errorMessage": f"Task timed out. {WORDS}"}, TransientError, "failed for a moment"),
    ({"title": WORDS, "status": 401}, SystemicError, "refused the key"),
    ({"success": False, "reason": f"no credits left. {WORDS}"}, SystemicError, "no credit"),
    ({"exception": WORDS}, TransientError, "failed for a moment"),
    ({"error": {"message": WORDS, "code": "Arrearage"}}, SystemicError, "no credit"),
    (
        {
            "choices": [
                {
                    "message": {"content": ""},
                    "finish_reason": "error",
                    "error": {"code": 402, "message": WORDS},
                }
            ]
        },
        SystemicError,
        "no credit",
    ),
]


@pytest.mark.parametrize("way", ["whole", "first event", "in the midst", "an event of its own"])
@pytest.mark.parametrize(("body", "kind", "words"), ERRORS)
async def test_an_error_in_an_answer_has_its_own_words_and_its_consequence(
    server: ModelServer, body: Any, kind: type[ProviderError], words: str, way: str
) -> None:
    said = json.dumps(body).encode()
    begun = b'data: {"choices": [{"delta": {"content": "Bees"}}]}\n\n'
    sent = {
        "whole": said,
        "first event": b"data: " + said + b"\n\n",
        "in the midst": begun + b"data: " + said + b"\n\ndata: [DONE]\n\n",
        "an event of its own": begun + b"event: error\ndata: " + said + b"\n\n",
    }
    server.raw = lambda _request: answer_of(sent[way])
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(kind, match=words) as failed:
            await gateway.write_text(prompt_for("tutorial"))
    assert WORDS in failed.value.detail
    assert len(server.received) == (2 if kind is TransientError else 1)


@pytest.mark.parametrize(
    "line",
    [
        f'error: {{"code": 401, "message": "{WORDS}", "type": "authentication_error"}}',
        f"event: error\ndata: Invalid API key. {WORDS}",
        f"error: Invalid API key. {WORDS}",
    ],
)
@pytest.mark.parametrize("before", ["", 'data: {"choices": [{"delta": {"content": "Bees"}}]}\n\n'])
async def test_an_error_in_a_line_of_its_own_kind_is_one(
    server: ModelServer, before: str, line: str
) -> None:
    server.raw = lambda _request: answer_of(f"{before}{line}\n\n".encode())
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(SystemicError, match="refused the key") as failed:
            await gateway.write_text(prompt_for("tutorial"))
    assert WORDS in failed.value.detail
    assert len(server.received) == 1


@pytest.mark.parametrize(
    "beside",
    [
        {"base_resp": {"status_code": 0, "status_msg": ""}},
        {"base_resp": {"status_code": 0, "status_msg": "success"}, "code": 0, "msg": "success"},
        {"error": None, "errors": [], "detail": "", "message": "OK", "success": True},
        {"status": 200, "error": {}},
    ],
)
async def test_what_says_that_all_is_well_is_no_error(server: ModelServer, beside: Any) -> None:
    events = [
        {"choices": [{"delta": {"content": "Bees dance."}, "finish_reason": "stop"}]},
        {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}},
        {},
    ]
    lines = [*(f"data: {json.dumps(event | beside)}" for event in events), "data: [DONE]"]
    server.raw = lambda _request: answer_of("\n\n".join(lines).encode())
    async with open_gateway(endpoint_of(server)) as gateway:
        answer = await gateway.write_text(prompt_for("tutorial"))
    assert (answer.content, answer.usage.tokens_in) == ("Bees dance.", 7)


async def test_an_error_in_an_object_stops_likewise(server: ModelServer) -> None:
    server.envelope = lambda _body: named(402)
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(SystemicError, match="no credit") as failed:
            await gateway.write_object(prompt_for("quiz"), QuizContent)
    assert WORDS in failed.value.detail
    assert len(server.received) == 1


ASK: dict[str, Callable[[Gateway], Awaitable[object]]] = {
    "a text": lambda gateway: gateway.write_text(prompt_for("tutorial")),
    "an object": lambda gateway: gateway.write_object(prompt_for("quiz"), QuizContent),
}
PAGE = b"<!DOCTYPE html><html><body>Welcome to my server</body></html>"
HTML = "Content-Type: text/html; charset=utf-8"
PAGES = {
    "a page": answer_of(PAGE, HTML),
    "a page without a type": answer_of(b"\n  " + PAGE),
    "a page that says it is JSON": answer_of(PAGE, "Content-Type: application/json"),
    "a page under 404": answer_of(PAGE, HTML, status=404),
    "a page under 405": answer_of(PAGE, HTML, status=405),
    "words": answer_of(b"Ollama is running", "Content-Type: text/plain"),
    "another API": answer_of(b'{"status": "ok", "version": "1.2"}'),
    "a way to sign in": answer_of(b"", "Location: https://login.example/", status=302),
    "a list of models": answer_of(b'{"object": "list", "data": []}'),
}


@pytest.mark.parametrize("what", PAGES)
@pytest.mark.parametrize("asks", ["a text", "an object"])
async def test_what_is_no_model_server_names_the_address_and_how_it_ends(
    server: ModelServer, what: str, asks: str
) -> None:
    server.raw = lambda _request: PAGES[what]
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(SystemicError, match=r"no model server \(LLM_BASE_URL.*/v1"):
            await ASK[asks](gateway)
    assert len(server.received) == 1


@pytest.mark.parametrize("body", [b"", b" \n ", b'{"choices": [{"mess'])
async def test_an_empty_or_torn_answer_is_asked_for_again(server: ModelServer, body: bytes) -> None:
    server.raw = lambda _request: answer_of(body)
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(TransientError, match="could not be read") as failed:
            await gateway.write_text(prompt_for("tutorial"))
    assert ("LLM_BASE_URL" in failed.value.detail) is not body.startswith(b"{")
    assert len(server.received) == 2


@pytest.mark.parametrize("status", [200, 502, 503])
async def test_a_page_where_answers_came_before_is_a_passing_failure(
    server: ModelServer, status: int
) -> None:
    """Of whatever stands before the server, while that is away."""
    async with open_gateway(endpoint_of(server)) as gateway:
        await gateway.write_text(prompt_for("tutorial"))
        page = answer_of(PAGE, HTML, status=status)
        server.raw = lambda _request: page if len(server.received) == 2 else None
        assert (await gateway.write_text(prompt_for("tutorial", 1))).content
    assert len(server.received) == 3
