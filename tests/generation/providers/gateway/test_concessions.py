"""What a server refuses to be asked with: the same is asked otherwise, at once and ever after."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from concepts.content import QuizContent
from generation.port.calls import ModelCall
from generation.port.errors import ContentError
from generation.providers.endpoints import OUTPUT_MODES
from generation.providers.gateway.concessions import Concessions
from generation.providers.gateway.opening import open_gateway
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import ModelServer, Refusal
from tests.generation.providers.gateway.received import Received
from tests.generation.providers.gateway.test_envelopes import bare

# As public reports quote them, with the status each came under.
NO_SYSTEM = [
    (400, "System role not supported"),
    (500, "Jinja Exception: System role not supported"),
    (400, "Conversation roles must alternate user/assistant/user/assistant/..."),
    (400, "Unsupported value: 'messages[0].role' does not support 'system' with this model."),
    (400, "Developer instruction is not enabled for models/gemma-3-27b-it"),
    (400, "This model doesn't support system messages. Try again without a system message."),
    (500, "Only user and assistant roles are supported!"),
    (422, "messages.0.role: Input should be 'user' or 'assistant'"),
    (400, 'messages: Unexpected role "system".'),
    (422, "Template error: unknown: System role not supported (in <string>:1)"),
]


# More of them, and of what else servers refuse to be asked with, in words without a field's name.
MORE = [
    ("merges_system", 400, "Please use a valid role: user, model."),
    ("merges_system", 422, "role must be one of: user, assistant"),
    ("merges_system", 400, "The first message must have role user"),
    ("merges_system", 400, "Expected 'user' as first role, got 'system'"),
    ("merges_system", 400, "'system' role messages are disabled for this model"),
    ("merges_system", 400, "role `system` is forbidden"),
    ("merges_system", 500, "No system role in chat template"),
    ("merges_system", 422, "Input tag 'system' found using 'role' does not match: 'user'"),
    ("merges_system", 400, "角色 system 不被支持"),
    ("tools", 400, "Function calling is not enabled for models/gemma-3-27b-it"),
    ("tools", 400, "This model does not support function calling"),
    ("tools", 400, "functions are not available for this model"),
    ("tools", 500, "tools param requires --jinja flag"),
    ("tools", 400, "tools.0.custom.input_schema: JSON schema is invalid"),
    ("form", 400, "Unknown name \"additionalProperties\" at 'generation_config.response_schema'"),
    ("form", 400, "The specified schema produces a constraint that has too many states"),
    ("form", 500, "failed to parse grammar"),
    ("form", 500, "Failed to convert json schema to grammar"),
    ("form", 400, "constrained decoding is disabled"),
    ("streams", 400, "stream must be false"),
    ("streams", 400, "Your organization must be verified to stream this model."),
    ("", 500, "Internal system error: unexpected exception"),
    ("", 400, "Invalid request: operating system not supported"),
    ("", 400, "max_tokens is too large"),
    ("", 500, "Internal error: unknown tool"),
    ("", 503, "System role not supported"),
]


@pytest.mark.parametrize(("learned", "status", "said"), MORE)
def test_what_is_refused_in_other_words_is_learned_of(learned: str, status: int, said: str) -> None:
    form = {"type": "json_schema", "json_schema": {"schema": {}}}
    sent: dict[str, Any] = {
        "messages": [{"role": "system", "content": ""}, {"role": "user", "content": ""}],
        **({"tools": [{}]} if learned == "tools" else {"response_format": form}),
        **({"stream": True} if learned != "form" else {}),
    }
    known = Concessions()
    assert known.learn(status, said, sent, 0) is bool(learned)
    changed = {name for name, value in vars(known).items() if value != vars(Concessions())[name]}
    assert changed == ({learned, "version"} if learned else set())


def as_error(status: int, message: str) -> Refusal:
    return status, {}, {"object": "error", "message": message, "code": status}


@pytest.mark.parametrize(("status", "message"), NO_SYSTEM)
async def test_without_a_system_role_the_user_says_it_all(
    server: ModelServer, status: int, message: str
) -> None:
    """Asked once in vain, of each thing once; the books have that request, too."""
    books: list[ModelCall] = []
    server.refuse = lambda request: as_error(status, message) if "system" in request.roles else None
    async with open_gateway(endpoint_of(server), on_call=books.append) as gateway:
        await gateway.write_text(prompt_for("tutorial"))
        await gateway.write_object(prompt_for("quiz"), QuizContent)
    async with open_gateway(endpoint_of(server)) as another:
        await another.write_text(prompt_for("tutorial", 1))
    _refused, *answered = server.received
    assert [request.roles for request in answered] == [["user"]] * 3
    assert all("You write lessons on keeping bees." in request.text for request in answered)
    assert [call.outcome for call in books] == ["transient", "ok", "ok"]
    assert (books[0].tokens_in, books[0].tokens_out) == (0, 0)


@pytest.mark.parametrize("mode", OUTPUT_MODES)
async def test_without_a_system_role_what_does_not_fit_goes_back(
    server: ModelServer, mode: str
) -> None:
    """In turns of user and assistant, which is all that such a template knows."""

    def refuse(request: Received) -> Refusal | None:
        turns = ["user", "assistant"] * 5
        is_known = request.roles == turns[: len(request.roles)]
        return (
            None if is_known else as_error(400, "Conversation roles must alternate user/assistant")
        )

    def forget_choices(_request: Received, content: str) -> str:
        return content.replace('"stem"', '"task"') if len(server.answered()) == 0 else content

    server.refuse, server.rewrite = refuse, forget_choices
    async with open_gateway(endpoint_of(server, output_mode=mode)) as gateway:
        await gateway.write_object(prompt_for("quiz"), QuizContent)
    assert [len(request.roles) for request in server.answered()] == [1, 3]


async def test_many_that_ask_at_once_all_learn_of_it(server: ModelServer) -> None:
    server.seconds = lambda _request: 0.05
    server.refuse = lambda request: (
        as_error(400, "System role not supported") if "system" in request.roles else None
    )
    async with open_gateway(endpoint_of(server)) as gateway:
        asking = [gateway.write_text(prompt_for("tutorial", number)) for number in range(8)]
        answers = await asyncio.gather(*asking)
    assert all(answer.content for answer in answers)


def field_error(name: str) -> dict[str, Any]:
    return {
        "error": {"message": f"Unsupported parameter: '{name}' is not supported.", "param": name}
    }


FIELDS: list[tuple[str, str, Any]] = [
    ("native", "response_format", field_error("response_format")),
    (
        "native",
        "json_schema",
        {"error": "response_format.type: invalid value: `json_schema`, supported: `json_object`"},
    ),
    ("prompted", "json_object", {"error": "'response_format.type' must be 'json_schema'"}),
    ("tool", "tool_choice", field_error("tool_choice")),
    ("tool", "tools", {"error": {"message": "registry/library/gemma:2b does not support tools"}}),
]


@pytest.mark.parametrize(("mode", "named", "body"), FIELDS)
async def test_a_field_that_is_refused_by_name_is_done_without(
    server: ModelServer, mode: str, named: str, body: Any
) -> None:
    """The model is told the form in words, where nothing else tells it."""
    server.refuse = lambda request: (
        (400, {}, body) if f'"{named}"' in str(request.body).replace("'", '"') else None
    )
    server.envelope = bare
    async with open_gateway(endpoint_of(server, output_mode=mode)) as gateway:
        for number in range(2):
            answer = await gateway.write_object(prompt_for("quiz", number), QuizContent)
            assert len(answer.content.questions) == 4
    assert all("stem" in str(request.body) for request in server.answered())
    assert len(server.received) - len(server.answered()) <= 2


@pytest.mark.parametrize(
    "body",
    [
        field_error("stream_options"),
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"]}]},
    ],
)
async def test_a_text_is_streamed_without_what_is_refused(server: ModelServer, body: Any) -> None:
    server.refuse = lambda request: (422, {}, body) if "stream_options" in request.body else None
    async with open_gateway(endpoint_of(server)) as gateway:
        for number in range(2):
            assert (await gateway.write_text(prompt_for("tutorial", number))).content
    assert [len(server.received), len(server.answered())] == [3, 2]


async def test_a_server_that_cannot_stream_answers_whole(server: ModelServer) -> None:
    message = "Unsupported value: 'stream' does not support true with this model."
    server.refuse = lambda request: as_error(400, message) if "stream" in request.body else None
    async with open_gateway(endpoint_of(server)) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial"))).content.endswith("is a share.")


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
async def test_the_bound_goes_by_the_name_that_the_server_knows(
    server: ModelServer, name: str
) -> None:
    """It is never left out: what ignores it may never stop."""
    server.refuse = lambda request: (400, {}, field_error(name)) if name in request.body else None
    async with open_gateway(endpoint_of(server, max_tokens_field=name)) as gateway:
        await gateway.write_text(prompt_for("tutorial", max_tokens=1_234))
    assert server.answered()[0].max_tokens == 1_234
    assert name not in server.answered()[0].body


async def test_what_is_refused_whatever_is_done_is_a_rejection(server: ModelServer) -> None:
    server.refuse = lambda _request: as_error(400, "System role not supported, nor stream_options")
    async with open_gateway(endpoint_of(server)) as gateway:
        with pytest.raises(ContentError, match="rejected"):
            await gateway.write_text(prompt_for("tutorial"))
    assert len(server.received) == 3
