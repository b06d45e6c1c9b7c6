"""What a request may take at most, and whether anybody told what it took."""

from __future__ import annotations

from pydantic_ai.exceptions import ModelHTTPError

from generation.port.calls import Ceiling
from generation.providers.endpoints import Endpoint
from generation.providers.gateway.entries import Entry
from generation.providers.gateway.responses import price_of
from generation.providers.gateway.said_errors import SaidError

# Bytes of ASCII to one token, fewer than tokenizers make of text, names and figures; what is not
# ASCII may be a token a byte where a tokenizer does not know its script.
LEAST_BYTES_PER_TOKEN = 2
# What a server puts around each message.
FRAME_TOKENS = 200
# Whoever stands before a server gave up; the server may have written all the same.
GAVE_UP = frozenset({408, 499, 504, 524})


def tokens_at_most(text: str) -> int:
    whole = len(text.encode("utf-8", "replace"))
    plain = len(text.encode("ascii", "ignore"))
    return plain // LEAST_BYTES_PER_TOKEN + whole - plain + FRAME_TOKENS


def ceiling_of(sent: str, room: int, endpoint: Endpoint) -> Ceiling:
    """`sent` is all that goes to the server, schema included; `room` what it may answer."""
    tokens_in = tokens_at_most(sent)
    return Ceiling(tokens_in + room, price_of(endpoint, tokens_in, room))


def is_told(entry: Entry) -> bool:
    """Whether what is known of a request is what it took: its figures, or that it took nothing."""
    if not entry.is_sent or entry.is_refused or entry.is_free:
        return True
    usage = entry.usage()
    # Of a stream that broke off, the prompt alone says nothing.
    is_said = entry.response is not None and usage.input_tokens
    return bool(is_said or usage.output_tokens)


def says_no(error: BaseException) -> bool:
    """Whether a server answered with a status instead of an answer: that costs nothing."""
    if not isinstance(error, ModelHTTPError) or error.status_code in GAVE_UP:
        return False
    # In the midst of an answer it may have written half of it.
    return not isinstance(error.__cause__ or error.__context__, SaidError)
