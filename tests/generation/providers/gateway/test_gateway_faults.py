"""Model servers fail in many ways; one layer repeats what is worth it, and tells the rest."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from typing import Any

import pytest

from concepts.content import QuizContent
from generation.port.calls import ModelCall
from generation.port.errors import ContentError, CutOffError, SystemicError, TransientError
from generation.providers.dialogue import Gateway
from generation.providers.endpoints import OUTPUT_MODES
from generation.providers.gateway import repeating, requests
from generation.providers.gateway.opening import open_gateway
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import KEY, Faults, ModelServer, Refusal
from tests.waiting import until


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of the real kind, but short ones; what a server asks for is not shortened."""
    monkeypatch.setattr(repeating, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(repeating, "JITTER_SECONDS", 0.02)
    monkeypatch.setattr(requests, "HOLD_SECONDS", 0.05)
    monkeypatch.setattr(repeating, "UNREACHABLE_PAUSE_SECONDS", 0.01)


def fail_first(server: ModelServer, refusal: Refusal) -> None:
    server.refuse = lambda _request: refusal if len(server.received) == 1 else None


async def ask_many(gateway: Gateway, number: int) -> list[Any]:
    asking: list[Any] = []
    for index in range(number):
        if index % 2:
            asking.append(gateway.write_object(prompt_for("quiz", index), QuizContent))
        else:
            asking.append(gateway.write_text(prompt_for("tutorial", index)))
    return await asyncio.gather(*asking, return_exceptions=True)


@pytest.mark.slow
@pytest.mark.wide
async def test_under_all_faults_everything_comes_clean(hasty: None) -> None:
    faults = Faults(0.15, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, retry_after=0.1)
    with ModelServer(faults, seed=7) as server:
        # Long enough for an answer on a busy machine: only the silent ones run into it.
        endpoint = endpoint_of(server, timeout_seconds=5.0, concurrency=16)
        async with open_gateway(endpoint) as gateway:
            answers = await ask_many(gateway, 60)
        assert {request.fault for request in server.received} >= set(vars(faults)) - {"retry_after"}
        lost = [answer for answer in answers if isinstance(answer, Exception)]
        # One in some thousand may meet a fault in every attempt; then it says what kind.
        assert all(isinstance(error, TransientError | ContentError) for error in lost)
        assert len(lost) <= 2
        for answer in (answer for answer in answers if not isinstance(answer, Exception)):
            assert "<think>" not in str(answer.content)
            assert answer.content != ""
        assert sum(a.usage.calls for a in answers if not isinstance(a, Exception)) <= len(
            server.received
        )


@pytest.mark.parametrize("status", [500, 502, 503, 529])
async def test_a_passing_failure_is_asked_again(
    server: ModelServer, hasty: None, status: int
) -> None:
    fail_first(server, (status, {}, {}))
    async with open_gateway(endpoint_of(server)) as gateway:
        await gateway.write_text(prompt_for("tutorial"))
    assert len(server.received) == 2


async def test_the_wait_is_what_the_server_said(server: ModelServer) -> None:
    """For the call that was told, and for all others; our own pause would be shorter."""
    assert requests.HOLD_SECONDS < 2.0
    fail_first(server, (429, {"Retry-After": "2"}, {}))
    async with open_gateway(endpoint_of(server)) as gateway:
        refused = asyncio.create_task(gateway.write_text(prompt_for("tutorial", 0)))
        await until(lambda: server.received and server.received[0].answered_at)
        await asyncio.gather(
            refused, *(gateway.write_text(prompt_for("tutorial", n)) for n in (1, 2))
        )
    first, *others = server.received
    assert len(others) == 3
    assert all(other.at - first.answered_at >= 2.0 for other in others)


@pytest.mark.parametrize("said", ["all", "nothing"])
@pytest.mark.parametrize("mode", OUTPUT_MODES)
async def test_too_long_an_object_is_not_asked_for_again_here(
    server: ModelServer, mode: str, said: str
) -> None:
    """Whoever asked may ask for less. Thoughts may have left no room to say anything."""
    server.cut_off = lambda _request: True
    server.rewrite = lambda _request, content: content if said == "all" else ""
    async with open_gateway(endpoint_of(server, output_mode=mode)) as gateway:
        with pytest.raises(CutOffError, match="cut off") as cut:
            await gateway.write_object(prompt_for("quiz"), QuizContent)
    [request] = server.received
    assert (cut.value.usage.calls, cut.value.usage.tokens_in) == (1, request.tokens_in)
    assert cut.value.usage.tokens_out == request.tokens_out


@pytest.mark.parametrize("said", ["all", "nothing"])
async def test_too_long_a_text_is_not_asked_for_again_here(server: ModelServer, said: str) -> None:
    server.cut_off = lambda _request: True
    server.rewrite = lambda _request, content: content if said == "all" else ""
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(CutOffError, match="cut off") as cut:
            await gateway.write_text(prompt_for("tutorial"))
    [request] = server.received
    assert cut.value.usage.tokens_in == request.tokens_in
    assert cut.value.usage.tokens_out == request.tokens_out


@pytest.mark.parametrize("status", [400, 422])
async def test_a_rejected_request_is_not_asked_again(server: ModelServer, status: int) -> None:
    server.refuse = lambda _request: (status, {}, {"error": {"message": "no"}})
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(ContentError, match="rejected"):
            await gateway.write_text(prompt_for("tutorial"))
    assert len(server.received) == 1


def named(code: str) -> dict[str, Any]:
    return {"error": {"message": "You cannot.", "code": code, "type": code}}


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ((401, {}, named("invalid_api_key")), "refused the key"),
        ((402, {}, {}), "no credit"),
        ((429, {}, named("insufficient_quota")), "no credit or quota"),
        ((404, {}, named("model_not_found")), "does not know the model"),
        ((410, {}, {}), "does not know the model"),
        ((429, {"Retry-After": "7200"}, {}), "left alone for 120 minutes"),
    ],
)
async def test_what_a_person_must_mend_is_told_at_once(
    server: ModelServer, refusal: Refusal, words: str
) -> None:
    server.refuse = lambda _request: refusal
    async with open_gateway(endpoint_of(server)) as gateway:
        for _ in range(2):
            with pytest.raises(SystemicError, match=words):
                await gateway.write_text(prompt_for("tutorial"))
    assert len(server.received) == 1


async def test_a_revoked_key_stops_whoever_waits(server: ModelServer) -> None:
    """In back-off, for a place, for a turn: they all end without asking."""
    server.seconds = lambda _request: 0.05
    refusals: list[float] = []
    starts: list[float] = []

    def note(call: ModelCall) -> None:
        starts.append(time.monotonic() - call.seconds)
        if call.outcome == "systemic":
            refusals.append(time.monotonic())

    endpoint = endpoint_of(server, requests_per_minute=1_200.0)
    async with open_gateway(endpoint, on_call=note) as gateway:
        asking = [
            asyncio.create_task(gateway.write_text(prompt_for("tutorial", n))) for n in range(60)
        ]
        await until(lambda: len(server.answered()) >= 10)
        server.key = "another"
        async with asyncio.timeout(5):
            answers = await asyncio.gather(*asking, return_exceptions=True)
    assert sum(1 for start in starts if start > refusals[0]) <= 3
    lost = [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(lost) >= 30
    assert {str(error) for error in lost} == {"the model server refused the key (LLM_API_KEY)"}
    assert all(isinstance(error, SystemicError) for error in lost)


async def test_a_long_back_off_ends_with_a_refusal(server: ModelServer) -> None:
    fail_first(server, (503, {"Retry-After": "60"}, {}))
    async with open_gateway(endpoint_of(server)) as gateway:
        waiting = asyncio.create_task(gateway.write_text(prompt_for("tutorial", 0)))
        await until(lambda: server.received and server.received[0].answered_at)
        gateway._requests._breaker.open(SystemicError("the model server refused the key"))  # type: ignore[attr-defined]
        async with asyncio.timeout(5):
            with pytest.raises(SystemicError, match="refused the key"):
                await waiting


async def test_a_server_that_is_not_there_is_told_by_its_name(
    server: ModelServer, hasty: None
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    gone = endpoint_of(server, base_url=f"http://127.0.0.1:{port}/v1")
    async with open_gateway(gone) as gateway:
        with pytest.raises(SystemicError, match=r"cannot be reached at 127\.0\.0\.1"):
            await gateway.write_text(prompt_for("tutorial"))


async def test_a_cancelled_call_gives_its_place_back(server: ModelServer) -> None:
    server.seconds = lambda request: 30.0 if "lesson 0" in request.text else 0.0
    async with open_gateway(endpoint_of(server, concurrency=1)) as gateway:
        stuck = asyncio.create_task(gateway.write_text(prompt_for("tutorial", 0)))
        await until(lambda: server.received)
        queued = asyncio.create_task(gateway.write_text(prompt_for("tutorial", 1)))
        await asyncio.sleep(0)
        stuck.cancel()
        answer = await queued
    assert stuck.cancelled()
    assert answer.content


async def test_the_key_is_nowhere_but_in_the_request(
    server: ModelServer, caplog: pytest.LogCaptureFixture, hasty: None
) -> None:
    """Although this server repeats it in its refusal."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="generation")
    endpoint = endpoint_of(server)
    fail_first(server, (503, {}, {"error": {"message": f"{KEY} is too fast"}}))
    async with open_gateway(endpoint) as gateway:
        await gateway.write_text(prompt_for("tutorial"))
        server.key = "another"
        with pytest.raises(SystemicError) as refused:
            await gateway.write_text(prompt_for("tutorial"))
    assert server.received[0].key == KEY
    error = refused.value
    told = [repr(endpoint), str(error), error.detail, repr(error.__context__), caplog.text]
    assert "[key]" in error.detail
    assert "llm_request_retried" in caplog.text
    assert not any(KEY in text for text in told)


async def test_a_last_line_is_an_end_where_no_reason_is_given(server: ModelServer) -> None:
    """Some servers never give one."""
    server.gives_reasons = False
    async with open_gateway(endpoint_of(server)) as gateway:
        answer = await gateway.write_text(prompt_for("tutorial"))
    assert answer.content.endswith("is a share.")
    assert len(server.received) == 1


@pytest.mark.parametrize("gives_reasons", [True, False])
async def test_a_text_that_ends_without_an_end_is_asked_for_again(
    server: ModelServer, hasty: None, gives_reasons: bool
) -> None:
    """Its connection closed in good order; only the word that it is finished was missing."""
    server.faults, server.gives_reasons = Faults(truncated=1.0), gives_reasons
    async with open_gateway(endpoint_of(server)) as gateway:
        writing = asyncio.create_task(gateway.write_text(prompt_for("tutorial")))
        await until(lambda: server.received and server.received[0].answered_at)
        server.faults = Faults()
        answer = await writing
    assert answer.content.endswith("is a share.")
    assert len(server.received) == answer.usage.calls == 2
