"""Answers in the forms that servers really give them: used if they can be used, counted once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from concepts.content import QuizContent
from generation.port.calls import ModelCall
from generation.providers.gateway.opening import open_gateway
from generation.providers.openai.schemas import OutlineAnswer
from generation.puller.ledger import Ledger
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import ModelServer
from tests.generation.providers.gateway.writings import outline

Body = dict[str, Any]


def message_of(body: Body) -> Any:
    return body["choices"][0]["message"]


def bare(body: Body) -> Body:
    message = message_of(body)
    kept = {name: value for name, value in message.items() if name != "role"}
    return {"choices": [{"message": kept}]}


def with_nulls(body: Body) -> Body:
    message = message_of(body) | {"refusal": None, "function_call": None, "audio": None}
    choice = {"index": None, "finish_reason": "stop", "logprobs": None, "message": message}
    return dict.fromkeys(("id", "object", "created", "model", "usage")) | {"choices": [choice]}


def with_odd_types(body: Body) -> Body:
    choice = body["choices"][0] | {"index": "0", "logprobs": "none", "stop_reason": 7}
    odd = {"id": 17, "created": "yesterday", "object": 3, "system_fingerprint": [1], "extra": {}}
    return body | odd | {"service_tier": {}, "choices": [choice, {"index": 1, "message": None}]}


def in_another_order(body: Body) -> Body:
    other = {"index": 1, "message": {"role": "assistant", "content": "No, I will not."}}
    return body | {"choices": [other, *body["choices"]]}


def in_parts(body: Body) -> Body:
    message, text = message_of(body), message_of(body)["content"]
    if text is None:
        return body
    parts = [{"type": "thinking", "thinking": "Hm."}, *({"type": "text", "text": c} for c in text)]
    return body | {"choices": [{"message": message | {"content": parts}}]}


def as_an_object(body: Body) -> Body:
    """The object itself, where its text belongs."""
    message = message_of(body)
    if message["content"] is not None:
        message["content"] = json.loads(message["content"])
    for call in message.get("tool_calls") or []:
        call["function"]["arguments"] = json.loads(call["function"]["arguments"])
    return body


def as_text_of_text(body: Body) -> Body:
    for call in message_of(body).get("tool_calls") or []:
        call["function"]["arguments"] = json.dumps(call["function"]["arguments"])
        del call["id"], call["type"]
    return body


def as_an_old_call(body: Body) -> Body:
    message = message_of(body)
    if calls := message.pop("tool_calls", None):
        message["function_call"] = calls[0]["function"]
    return body


def with_a_mark_before_it(body: Body) -> Body:
    return body | {"usage": {"prompt_tokens": "12", "completion_tokens": 34.0}}


@pytest.mark.parametrize("mode", ["native", "tool"])
@pytest.mark.parametrize(
    "form",
    [
        bare,
        with_nulls,
        with_odd_types,
        in_another_order,
        in_parts,
        as_an_object,
        as_text_of_text,
        as_an_old_call,
        with_a_mark_before_it,
    ],
)
async def test_an_object_is_used_whatever_its_envelope(
    server: ModelServer, form: Callable[[Body], Body], mode: str
) -> None:
    server.envelope = form
    async with open_gateway(endpoint_of(server, output_mode=mode)) as gateway:
        answer = await gateway.write_object(prompt_for("quiz"), QuizContent)
    assert len(answer.content.questions) == 4
    assert len(server.received) == 1


async def test_lists_that_stand_in_strings_are_lists(server: ModelServer) -> None:
    plan = outline(4)
    plan["stages"] = json.dumps(plan["stages"])
    plan["assumptions"], plan["level"] = None, "Beginner"
    server.rewrite = lambda _request, _content: json.dumps(plan)
    async with open_gateway(endpoint_of(server)) as gateway:
        answer = await gateway.write_object(prompt_for("outline"), OutlineAnswer)
    assert len(answer.content.stages) == 2
    assert answer.content.level == "beginner"
    assert len(server.received) == 1


def changed(event: str, **changes: Any) -> str:
    if not event.startswith("data: {"):
        return event
    return "data: " + json.dumps({**json.loads(event[6:]), **changes})


def without_names(events: list[str]) -> list[str]:
    gone = dict.fromkeys(("id", "object", "created", "model"))
    return [changed(event, **gone).replace(" null", "null") for event in events]


def without_spaces(events: list[str]) -> list[str]:
    return ["\ufeff: here it comes", *(event.replace("data: ", "data:", 1) for event in events)]


def with_noise(events: list[str]) -> list[str]:
    noise = ["data:", "data: {}", "data: ping", "event: ping\ndata: {}", ": ping", "id: 7"]
    return [line for event in events for line in (*noise, event)]


def without_gaps(events: list[str]) -> list[str]:
    return ["\n".join(events)]


def in_two_lines(events: list[str]) -> list[str]:
    return [event.replace(', "choices"', '\ndata: , "choices"', 1) for event in events]


def with_carriage_returns(events: list[str]) -> list[str]:
    return [f"{event}\r\n\r" for event in events]


def beside_others(events: list[str]) -> list[str]:
    other = {"index": 1, "delta": {"content": "No, I will not."}}
    others = [changed(event, choices=[other]) for event in events if "content" in event]
    return [line for pair in zip(events, others, strict=False) for line in pair] + events[
        len(others) :
    ]


def without_a_last_line(events: list[str]) -> list[str]:
    return [event for event in events if "[DONE]" not in event]


@pytest.mark.parametrize(
    "form",
    [
        without_names,
        without_spaces,
        with_noise,
        without_gaps,
        in_two_lines,
        with_carriage_returns,
        beside_others,
        without_a_last_line,
    ],
)
async def test_a_text_is_the_same_however_it_is_streamed(
    server: ModelServer, form: Callable[[list[str]], list[str]]
) -> None:
    async with open_gateway(endpoint_of(server)) as gateway:
        plain = (await gateway.write_text(prompt_for("tutorial"))).content
        server.events = form
        assert (await gateway.write_text(prompt_for("tutorial"))).content == plain
    assert len(server.received) == 2


async def test_a_stream_that_was_asked_for_may_come_whole(server: ModelServer) -> None:
    body = {"choices": [{"message": {"content": "Bees dance."}}]}
    server.raw = lambda _request: answer_of(json.dumps(body, indent=2).encode())
    async with open_gateway(endpoint_of(server)) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial"))).content == "Bees dance."


async def test_an_answer_that_was_asked_for_may_come_in_pieces(server: ModelServer) -> None:
    pieces = [{"choices": [{"delta": {"content": text}}]} for text in ('{"words', '": ["a"]}')]
    lines = [*(f"data: {json.dumps(piece)}" for piece in pieces), "data: [DONE]"]
    server.raw = lambda _request: answer_of("\n\n".join(lines).encode())
    async with open_gateway(endpoint_of(server)) as gateway:
        from generation.providers.gateway.opening import Preloaded

        answer = await gateway.write_object(prompt_for("quiz"), Preloaded)
    assert answer.content.words == ["a"]


def answer_of(body: bytes, *headers: str, status: int = 200) -> bytes:
    head = [f"HTTP/1.1 {status} Answer", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def figures(tokens_in: Any, tokens_out: Any) -> Body:
    return {"usage": {"prompt_tokens": tokens_in, "completion_tokens": tokens_out}}


def told_with_each(events: list[str]) -> list[str]:
    told = [changed(event, **figures(300, number)) for number, event in enumerate(events)]
    return [*(event for event in told if "[DONE]" not in event), *last(figures(300, 400))]


def told_twice(events: list[str]) -> list[str]:
    plain = [event for event in events if '"usage"' not in event and "[DONE]" not in event]
    return [*plain, changed(plain[-1], **figures(300, 400)), *last(figures(300, 400))]


def told_in_halves(events: list[str]) -> list[str]:
    plain = [event for event in events if '"usage"' not in event and "[DONE]" not in event]
    return [changed(plain[0], **figures(300, 0)), *plain[1:], *last(figures(0, 400))]


def told_elsewhere(events: list[str]) -> list[str]:
    plain = [event for event in events if '"usage"' not in event and "[DONE]" not in event]
    return [*plain, *last({"x_groq": figures(300, 400)})]


def told_in_odd_types(events: list[str]) -> list[str]:
    plain = [event for event in events if '"usage"' not in event and "[DONE]" not in event]
    return [*plain, *last(figures("300", 400.0))]


def last(told: Body) -> list[str]:
    return ["data: " + json.dumps({"choices": []} | told), "data: [DONE]"]


@pytest.mark.parametrize(
    "form", [told_with_each, told_twice, told_in_halves, told_elsewhere, told_in_odd_types]
)
async def test_the_last_figure_a_stream_tells_counts(
    server: ModelServer, form: Callable[[list[str]], list[str]]
) -> None:
    """In the answer, the books and the pace alike."""
    books: list[ModelCall] = []
    server.events = form
    endpoint = endpoint_of(server, tokens_per_minute=60_000.0)
    async with open_gateway(endpoint, on_call=books.append) as gateway:
        answer = await gateway.write_text(prompt_for("tutorial"))
        pacer = gateway._requests._pacer  # type: ignore[attr-defined]
        # Of a minute's tokens, 59,000 are left at once after 700 of them.
        assert (await pacer.take(59_000)).wait == 0
    [call] = books
    assert (answer.usage.tokens_in, answer.usage.tokens_out) == (300, 400)
    assert (call.tokens_in, call.tokens_out) == (300, 400)


async def test_figures_told_again_and_again_are_counted_once(server: ModelServer) -> None:
    import uuid

    async def keep(_records: object) -> None: ...

    server.events = told_with_each
    async with (
        Ledger(uuid.uuid4(), keep=keep, drain_seconds=5) as ledger,
        open_gateway(endpoint_of(server), on_call=ledger.note) as gateway,
    ):
        for number in range(2):
            await gateway.write_text(prompt_for("tutorial", number))
        assert (ledger.spent.tokens_in, ledger.spent.tokens_out) == (600, 800)


@pytest.mark.parametrize(
    "told",
    [
        None,
        "none",
        figures(None, None),
        figures(-5, -7),
        figures("many", True),
        figures(0, float("nan")),
        figures(int("9" * 30), int("9" * 30)),
    ],
)
async def test_figures_that_are_none_are_estimated(server: ModelServer, told: Any) -> None:
    usage = told["usage"] if isinstance(told, dict) else told
    server.envelope = lambda body: body | {"usage": usage}
    async with open_gateway(endpoint_of(server)) as gateway:
        answer = await gateway.write_object(prompt_for("quiz"), QuizContent)
    assert 10 < answer.usage.tokens_in < 5_000
    assert 10 < answer.usage.tokens_out < 5_000


async def test_a_number_of_thousands_of_digits_harms_nobody(server: ModelServer) -> None:
    body = b'{"created": %b, "usage": {"prompt_tokens": %b}, "choices": [{"message": %b}]}' % (
        b"9" * 5_000,
        b"9" * 5_000,
        b'{"content": "Bees dance."}',
    )
    server.raw = lambda _request: answer_of(body)
    async with open_gateway(endpoint_of(server)) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial"))).content == "Bees dance."
