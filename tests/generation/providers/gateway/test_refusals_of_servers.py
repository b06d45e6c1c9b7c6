"""What servers say when they will not, each in its own way, and what that means for a run."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from pytest_django import Settings

from concepts.content import QuizContent
from generation.port.calls import ModelCall
from generation.port.errors import ContentError, CutOffError, SystemicError, TransientError
from generation.providers.gateway import repeating
from generation.providers.gateway.opening import open_gateway
from generation.providers.openai.schemas import OutlineAnswer
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import ModelServer, Refusal, completion
from tests.generation.providers.gateway.received import Received
from tests.generation.providers.gateway.writings import write
from tests.waiting import until


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeating, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(repeating, "JITTER_SECONDS", 0.02)
    monkeypatch.setattr(repeating, "UNREACHABLE_PAUSE_SECONDS", 0.01)


def says(message: str, **others: Any) -> dict[str, Any]:
    return {"error": {"message": message, **others}}


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, says("API key not valid. Please pass a valid API key."), "refused the key"),
        (400, says("Bad.", details=[{"reason": "API_KEY_INVALID"}]), "refused the key"),
        (400, says("Incorrect API key provided: xa***"), "refused the key"),
        (400, says("Your credit balance is too low to access the API."), "no credit"),
        (429, says("Full.", type="exceeded_current_quota_error"), "no credit"),
        (429, says("Insufficient balance or no resource package.", code="1113"), "no credit"),
        (429, says("Your account is not active.", code="billing_not_active"), "no credit"),
    ],
)
async def test_a_refused_key_and_an_empty_account_have_many_names(
    server: ModelServer, status: int, body: dict[str, Any], words: str
) -> None:
    server.refuse = lambda _request: (status, {}, body)
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(SystemicError, match=words):
            await gateway.write_text(prompt_for("tutorial"))
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (413, says("Payload too large.")),
        (451, says("Not here.")),
        (422, says("Invalid input: How to rotate an incorrect API key")),
        (400, says("This asks for too much.")),
    ],
)
async def test_one_rejected_text_is_no_reason_to_stop(
    server: ModelServer, status: int, body: dict[str, Any]
) -> None:
    server.refuse = lambda request: (status, {}, body) if "lesson 0" in request.text else None
    async with open_gateway(endpoint_of(server)) as gateway:
        for _ in range(4):
            with pytest.raises(ContentError, match="rejected"):
                await gateway.write_text(prompt_for("tutorial", 0))
            assert (await gateway.write_text(prompt_for("tutorial", 1))).content


async def test_a_server_that_rejects_every_subject_is_given_up(server: ModelServer) -> None:
    server.refuse = lambda _request: (400, {}, says("Unknown field: response_format"))
    async with open_gateway(endpoint_of(server)) as gateway:
        for number in range(4):
            with pytest.raises(ContentError, match="rejected"):
                await gateway.write_text(prompt_for("tutorial", number))
        with pytest.raises(SystemicError, match=r"rejects every request \(LLM_MODEL") as given_up:
            await gateway.write_text(prompt_for("tutorial", 5))
    assert "Unknown field: response_format" in given_up.value.detail


@pytest.mark.parametrize("status", [400, 403])
async def test_all_that_is_refused_of_one_or_two_concepts_stops_nothing(
    server: ModelServer, status: int
) -> None:
    """Also where it is asked for first, as when a run is resumed that lacks nothing else."""
    server.refuse = lambda _request: (status, {}, says("Not of this."))
    async with open_gateway(endpoint_of(server, concurrency=1)) as gateway:
        for purpose in ("tutorial", "resources", "quiz", "tutorial again", "quiz again"):
            for number in (0, 1):
                with pytest.raises(ContentError):
                    await gateway.write_text(prompt_for(purpose, number))


async def test_what_is_made_of_many_errors_is_told_to_nobody_else(
    server: ModelServer, settings: Settings, redis_url: str
) -> None:
    """Another run may well be served."""
    settings.REDIS_URL = redis_url
    server.refuse = lambda request: (403, {}, {}) if "lesson 1" in request.text else None
    async with (
        open_gateway(endpoint_of(server)) as unlucky,
        open_gateway(endpoint_of(server)) as other,
    ):
        await other.write_text(prompt_for("tutorial", 20))
        for number in (10, 11):
            with pytest.raises(ContentError):
                await unlucky.write_text(prompt_for("tutorial", number))
        with pytest.raises(SystemicError, match="it forbids everything"):
            await unlucky.write_text(prompt_for("tutorial", 12))
        assert (await other.write_text(prompt_for("tutorial", 21))).content


async def test_one_forbidden_text_is_one_and_a_forbidden_goal_is_the_key(
    server: ModelServer,
) -> None:
    """A firewall may take a tutorial on injections for one."""
    server.refuse = lambda request: (403, {}, {}) if "lesson 0" in request.text else None
    async with open_gateway(endpoint_of(server)) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial", 1))).content
        for _ in range(2):
            with pytest.raises(ContentError, match="forbids this"):
                await gateway.write_text(prompt_for("tutorial", 0))
            assert (await gateway.write_text(prompt_for("tutorial", 2))).content
        server.refuse = lambda _request: (403, {}, {})
        with pytest.raises(SystemicError, match="refused the key"):
            await gateway.write_object(prompt_for("outline"), OutlineAnswer)


def ends_with(reason: str) -> Any:
    """An answer that looks whole, and says that it is not."""

    def refuse(request: Received) -> Refusal | None:
        if request.body.get("stream"):
            return None
        answer = write("quiz", request.schema, request.text, concepts=1)
        body = completion(request, str(answer).replace("'", '"'))
        body["choices"][0]["finish_reason"] = reason
        return 200, {}, body

    return refuse


@pytest.mark.parametrize("reason", ["length", "model_length", "max_tokens", "MAX_TOKENS"])
async def test_cut_off_has_many_names(server: ModelServer, reason: str) -> None:
    server.refuse = ends_with(reason)
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(CutOffError):
            await gateway.write_object(prompt_for("quiz"), QuizContent)
    assert len(server.received) == 1


@pytest.mark.parametrize("reason", ["error", "insufficient_system_resource", "abort"])
async def test_an_answer_that_broke_off_is_asked_for_again(
    server: ModelServer, reason: str
) -> None:
    server.refuse = ends_with(reason)
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(TransientError, match="broke off"):
            await gateway.write_object(prompt_for("quiz"), QuizContent)
    assert len(server.received) == repeating.ATTEMPTS


@pytest.mark.parametrize(
    "message",
    [
        "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]",
        "max_tokens is too large: 32000. This model supports at most 8192 completion tokens.",
    ],
)
async def test_too_much_room_is_asked_for_once_and_then_less(
    server: ModelServer, message: str
) -> None:
    """A number that is refused costs nothing; what is learned holds for the next ones, too."""

    def refuse(request: Received) -> Refusal | None:
        return (400, {}, says(message)) if request.body["max_tokens"] > 8_192 else None

    server.refuse = refuse
    async with open_gateway(endpoint_of(server)) as gateway:
        await gateway.write_object(prompt_for("outline", max_tokens=32_000), OutlineAnswer)
        await gateway.write_text(prompt_for("tutorial", max_tokens=20_000))
        await gateway.write_text(prompt_for("tutorial", 1, max_tokens=3_000))
    asked = [request.body["max_tokens"] for request in server.received]
    assert asked == [32_000, 16_000, 8_000, 8_000, 3_000]


@pytest.mark.parametrize("status", [400, 413, 429])
async def test_a_context_that_is_too_small_for_one_prompt_is_large_enough_for_others(
    server: ModelServer, status: int
) -> None:
    words = {
        400: "This model's maximum context length is 8192 tokens. However, you requested 9000.",
        413: "Request too large for model `bee-1`: Limit 10000, Requested 12000.",
        429: "Request too large for bee-1 on tokens per min (TPM): Limit 10000, Requested 12000. "
        "The input or output tokens must be reduced in order to run successfully.",
    }

    def refuse(request: Received) -> Refusal | None:
        is_too_much = "lesson 0" in request.text and request.body["max_tokens"] > 2_000
        return (status, {}, says(words[status])) if is_too_much else None

    server.refuse = refuse
    async with open_gateway(endpoint_of(server)) as gateway:
        await gateway.write_text(prompt_for("tutorial", 0, max_tokens=8_000))
        await gateway.write_text(prompt_for("tutorial", 1, max_tokens=8_000))
    asked = [request.body["max_tokens"] for request in server.received]
    assert asked == [8_000, 4_000, 2_000, 8_000]


async def test_a_number_in_a_message_is_no_code(server: ModelServer) -> None:
    message = "Rate limit reached: Limit 30000, Used 29312, Requested 1113."
    server.refuse = lambda _request: (
        (429, {"retry-after-ms": "10"}, says(message)) if len(server.received) == 1 else None
    )
    async with open_gateway(endpoint_of(server)) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial"))).content


async def test_no_room_at_all_is_a_rejection(server: ModelServer) -> None:
    server.refuse = lambda _request: (400, {}, says("max_tokens is too large"))
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(ContentError, match="no room"):
            await gateway.write_text(prompt_for("tutorial", max_tokens=8_000))
    assert [request.body["max_tokens"] for request in server.received] == [
        8_000,
        4_000,
        2_000,
        1_000,
    ]


async def test_a_field_by_another_name_is_no_question_of_room(server: ModelServer) -> None:
    """Under the other name as much is asked for."""
    message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    server.refuse = lambda request: (
        (400, {}, says(message)) if "max_tokens" in request.body else None
    )
    async with open_gateway(endpoint_of(server)) as gateway:
        await gateway.write_text(prompt_for("tutorial", max_tokens=8_000))
    assert [request.max_tokens for request in server.received] == [8_000, 8_000]


async def test_an_answer_without_figures_is_estimated(server: ModelServer) -> None:
    """Else no budget and no limit would ever hold for such a server."""
    books: list[ModelCall] = []

    server.tells_usage = False
    async with open_gateway(endpoint_of(server), on_call=books.append) as gateway:
        answer = await gateway.write_text(prompt_for("tutorial"))
    [call] = books
    assert call.tokens_out == answer.usage.tokens_out == len(answer.content.encode()) // 4
    assert call.tokens_in > 0


async def test_a_stream_that_broke_off_has_cost_what_the_server_told(server: ModelServer) -> None:
    """Neither a reason nor a last line at its end, but the tokens."""
    books: list[ModelCall] = []
    server.gives_reasons = server.says_done = False
    async with open_gateway(endpoint_of(server), on_call=books.append) as gateway:
        with pytest.raises(TransientError, match="broke off"):
            await gateway.write_text(prompt_for("tutorial"))
    assert [call.tokens_out for call in books] == [one.tokens_out for one in server.received]
    assert all(call.tokens_out for call in books)


async def test_turns_that_were_not_used_are_given_back(server: ModelServer) -> None:
    """Whoever was told to stop while it waited must not cost those who come later their minute."""
    server.seconds = lambda _request: 30.0
    endpoint = endpoint_of(server, tokens_per_minute=30_000.0)
    async with open_gateway(endpoint) as gateway:
        asking = [
            asyncio.create_task(gateway.write_text(prompt_for("tutorial", n, max_tokens=8_000)))
            for n in range(8)
        ]
        await until(lambda: server.received)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        pacer = gateway._requests._pacer  # type: ignore[attr-defined]
        # One was sent, and may have cost all of its 8,000.
        assert 10 < (await pacer.take(0)).wait < 20


async def test_it_says_why_a_server_cannot_be_reached(server: ModelServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with open_gateway(endpoint_of(server, base_url=f"http://127.0.0.1:{port}/v1")) as gateway:
        with pytest.raises(SystemicError, match="cannot be reached") as gone:
            await gateway.write_text(prompt_for("tutorial"))
    assert "Connect call failed" in gone.value.detail
