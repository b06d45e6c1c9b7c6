"""What a server answered: whether it can be used, and what it cost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pydantic_ai.messages import ModelResponse, TextPart, ThinkingPart, ToolCallPart
from pydantic_ai.usage import RequestUsage

from generation.port.errors import ContentError, CutOffError
from generation.providers.endpoints import Endpoint
from generation.providers.gateway.endings import Ending
from generation.providers.gateway.errors import Again
from generation.providers.thoughts.stripping import strip_thoughts

# Bytes of a prompt to one token, about; also in scripts of three bytes a character.
BYTES_PER_TOKEN = 4
# What some say instead of “length” (Mistral, Gemini, Anthropic), and of an answer that went wrong
# on the way (OpenRouter, DeepSeek, vLLM): both would pass for whole.
TOO_LONG = {"length", "model_length", "max_length", "max_tokens", "max_output_tokens"}
BROKEN_OFF = {
    *("error", "failed", "insufficient_system_resource", "network_error", "timeout"),
    *("abort", "aborted", "cancelled", "canceled", "interrupted"),
}
# What filters are called (Gemini, Zhipu), besides “content_filter”.
FILTERED = {
    *("content_filter", "content_filtered", "safety", "recitation", "blocklist"),
    *("prohibited_content", "spii", "sensitive"),
}


def tokens_about(text: str) -> int:
    return len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN


def written(response: ModelResponse) -> str:
    """All that it says, be it text or what a tool is called with."""
    calls = [part.args_as_json_str() for part in response.tool_calls]
    return "".join([response.text or "", *calls])


def check_ending(response: ModelResponse, ending: Ending) -> None:
    """Raises Again for a text that broke off in good order; it would pass for whole."""
    if not (_finish_reason(response) or ending.is_done):
        raise Again("The model server broke off.", detail="a stream without an end")


def _finish_reason(response: ModelResponse) -> str:
    """In the server's own word."""
    return str((response.provider_details or {}).get("finish_reason") or "").casefold()


def check_response(response: ModelResponse, ending: Ending | None = None) -> None:
    """Raises CutOffError, ContentError or Again for a response that nobody can use.

    `ending`: of a stream.
    """
    if ending is not None:
        check_ending(response, ending)
    said = _finish_reason(response)
    if said in BROKEN_OFF:
        raise Again("The model server broke off.", detail=f"finish_reason: {said}")
    if response.finish_reason == "length" or said in TOO_LONG:
        raise CutOffError("The answer was cut off at the limit of tokens.")
    if response.finish_reason == "content_filter" or said in FILTERED:
        raise ContentError("The model server's content filter refused this.")
    parts = response.parts
    if not any(isinstance(part, ToolCallPart) or _says_something(part) for part in parts):
        raise _nothing(response)


def _nothing(response: ModelResponse) -> Again:
    if any(isinstance(part, ThinkingPart) for part in response.parts):
        return Again(
            "The model server answered with thoughts alone.",
            detail="all of it came as thoughts (reasoning_content): see how the server tells them "
            "from the answer (its reasoning parser)",
        )
    return Again("The model server answered nothing.")


def _says_something(part: object) -> bool:
    """Thoughts alone are nothing; they are not always told apart where they are streamed."""
    return isinstance(part, TextPart) and bool(strip_thoughts(part.content).strip())


def price_of(endpoint: Endpoint, tokens_in: int, tokens_out: int) -> Decimal | None:
    """US dollars for so many tokens of an endpoint; None where nobody knows."""
    usage = RequestUsage(input_tokens=tokens_in, output_tokens=tokens_out)
    answer = ModelResponse(parts=[], model_name=endpoint.model, provider_url=endpoint.base_url)
    return cost_of(answer, usage, endpoint)


def cost_of(response: ModelResponse, usage: RequestUsage, endpoint: Endpoint) -> Decimal | None:
    """US dollars of a response with that usage; None where nobody knows."""
    if endpoint.prices is not None:
        return endpoint.prices.cost(usage.input_tokens, usage.output_tokens)
    if not usage.output_tokens:
        return None
    try:
        return replace(response, usage=usage).cost().total_price
    except (LookupError, ValueError, AssertionError):
        return None
