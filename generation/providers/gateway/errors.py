"""From the library's errors to ours: what may be asked again, what not, and what stops a run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ssl import SSLCertVerificationError
from typing import Literal

from httpx2 import ProxyError
from pydantic_ai import exceptions as theirs

from generation.port.characters import whole_characters
from generation.port.errors import (
    ContentError,
    CutOffError,
    ProviderError,
    SystemicError,
    TransientError,
)
from generation.providers.endpoints import Endpoint
from generation.providers.gateway.bounds import (
    Conceded,
    NotAServer,
    TooLarge,
    WireFault,
)
from generation.providers.gateway.concessions import OF_THE_FIELD
from generation.providers.gateway.network import place, proxy_refuses, through

# A server that asks for more patience than this is waited for by people, not by processes.
MOST_PATIENCE_SECONDS = 600.0
# What an address answers where no model lives, besides 404.
GONE = (405, 410)
PROXY_REFUSES = "407"
# What is not to be had by asking again: too long, or not for these eyes.
NEVER = (413, 451)
DETAIL_CHARACTERS = 500
# Characters of a key in a query; `2024-10-21` and the like may be a part of what is said.
LEAST_SECRET = 16
# What servers write of a key or an account under a status that tells something else: Gemini and xAI
# answer 400 to a wrong key, Moonshot, Z.ai and OpenAI 429 to an empty account.
SAID_CHARACTERS = 1_000
_OF_THE_KEY = re.compile(
    r"api[_ ]?key[_ ](is )?(not valid|invalid)|(incorrect|invalid|wrong|expired) api[_ ]?key",
    re.IGNORECASE,
)
_OF_THE_ACCOUNT = re.compile(
    r"exceeded_current_quota|insufficient[_ ](quota|balance|funds|credits?)"
    r"|credit balance is too low"
    r"|billing_not_active|account is not active|余额不足|欠费",
    re.IGNORECASE,
)
EMPTY_ACCOUNT_AT_ZAI = "1113"
_OF_ROOM = re.compile(r"max_?(completion_|output_|new_)?tokens", re.IGNORECASE)
# Also what no minute's limit ever lets through (OpenAI, Groq: under 429 and 413).
_OF_CONTEXT = re.compile(
    r"maximum context length|request too large|tokens must be reduced", re.IGNORECASE
)


class Again(TransientError):
    """Worth another attempt; after `wait` seconds, where the server said how many."""

    def __init__(self, message: str, *, detail: str = "", wait: float | None = None) -> None:
        super().__init__(message, detail=detail)
        self.wait = wait


class TooMany(Again):
    """The server wants to be asked less often, by everybody."""


class Unreachable(Again):
    """Nothing was sent: no such host, nobody who listens."""


class Costless(Again):
    """Refused unread: it is asked again at once, in another way, as often as there is one."""


class Otherwise(Costless):
    """The server does not take what we asked with; we know what it takes."""


class NoRoom(Costless):
    """The server does not have the room that was asked for; or the model's context, for prompt and
    answer together."""

    is_of_context = False


class Rejected(ContentError):
    """The server will not have this request; perhaps none like it: see `Trouble.reject`."""


class Forbidden(ContentError):
    """Of this one text, or of all: see `Trouble.forbid`."""


class NoServer(SystemicError):
    """At this address lives something else."""


def translate(error: Exception, endpoint: Endpoint) -> ProviderError:
    """What became of a request. Neither message nor detail holds the key."""
    detail = _detail(error, endpoint)
    fault = next((one for one in _chain(error) if isinstance(one, WireFault)), None)
    if fault is not None:
        return _of_the_wire(fault, detail, endpoint)
    if isinstance(error, theirs.ModelAPIError):
        return _of_the_server(error, detail, endpoint)
    return _of_others(error, detail)


def _of_others(error: Exception, detail: str) -> ProviderError:
    if isinstance(error, theirs.ContentFilterError):
        return ContentError("The model server's content filter refused this.", detail=detail)
    if isinstance(error, theirs.UnexpectedModelBehavior | ValueError):
        return Again("The model server's answer could not be read.", detail=detail)
    if isinstance(error, TimeoutError):
        return Again("The model server did not answer in time.", detail=detail)
    if isinstance(error, OSError):
        return Again("The connection to the model server broke.", detail=detail)
    return ContentError("The model server could not be asked.", detail=detail)


def _of_the_wire(fault: WireFault, detail: str, endpoint: Endpoint) -> ProviderError:
    if isinstance(fault, Conceded):
        return Otherwise("The model server has to be asked otherwise.", detail=detail, wait=0.0)
    if isinstance(fault, NotAServer):
        return NoServer(
            f"what answers at {endpoint.address}{through(endpoint)} is no model server "
            "(LLM_BASE_URL; most such addresses end in /v1)",
            detail=detail,
        )
    if isinstance(fault, TooLarge):
        return CutOffError("The model server's answer is far too long.", detail=detail)
    return Again("The model server's answer could not be read.", detail=detail)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """It, and what it came of."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _detail(error: Exception, endpoint: Endpoint) -> str:
    """With the cause behind it all: a library's “Connection error.” says nothing."""
    text, cause = f"{type(error).__name__}: {error}", _innermost(error)
    if cause is not error and str(cause) and str(cause) not in text:
        text = f"{text} ({cause})"
    return whole_characters(without_key(text, endpoint)[:DETAIL_CHARACTERS])


def _innermost(error: BaseException) -> BaseException:
    *_, innermost = _chain(error)
    return innermost


def _of_the_server(error: theirs.ModelAPIError, detail: str, endpoint: Endpoint) -> ProviderError:
    if (reason := _systemic(error, endpoint)) is not None:
        return SystemicError(reason, detail=detail)
    if (about := _about_room(error)) is not None:
        no_room = NoRoom("The model server never writes so much.", detail=detail, wait=0.0)
        no_room.is_of_context = about == "context"
        return no_room
    if isinstance(error, theirs.ModelContextWindowExceededError):
        return ContentError("This is too long for the model.", detail=detail)
    if isinstance(error, theirs.ModelAuthenticationError):
        return Forbidden("The model server forbids this.", detail=detail)
    if isinstance(error, theirs.ModelRequestRejectedError) or _status(error) in NEVER:
        return Rejected("The model server rejected the request.", detail=detail)
    return _transient(error, detail, endpoint)


def _transient(error: theirs.ModelAPIError, detail: str, endpoint: Endpoint) -> Again:
    wait = error.retry_after
    if isinstance(error, theirs.ModelRateLimitError):
        return TooMany("The model server is asked too often.", detail=detail, wait=wait)
    if isinstance(error, theirs.ModelConnectionError) and error.phase == "connect":
        return Unreachable(f"Nobody answers at {place(endpoint)}.", detail=detail)
    if isinstance(error, theirs.ModelTimeoutError | theirs.ModelRequestTimeout):
        return Again("The model server did not answer in time.", detail=detail)
    return Again("The model server failed for a moment.", detail=detail, wait=wait)


def _systemic(error: theirs.ModelAPIError, endpoint: Endpoint) -> str | None:
    """Why nothing will succeed until a person acts, in words for that person."""
    said = _said(error)
    if (reason := _on_the_way(error, endpoint)) is not None:
        return reason
    is_unknown = isinstance(error, theirs.ModelAuthenticationError) and _status(error) != 403
    if is_unknown or _OF_THE_KEY.search(said):
        return REFUSED_KEY
    is_empty = error.provider_error_code == EMPTY_ACCOUNT_AT_ZAI or _OF_THE_ACCOUNT.search(said)
    if isinstance(error, theirs.ModelQuotaExceededError) or is_empty:
        return "the account at the model server has no credit or quota left"
    if _status(error) in GONE or isinstance(error, theirs.ModelNotFoundError):
        return (
            f"the model server at {place(endpoint)} does not know the model “{endpoint.model}” or "
            "the address (LLM_MODEL, LLM_BASE_URL)"
        )
    if error.retry_after is not None and error.retry_after > MOST_PATIENCE_SECONDS:
        minutes = round(error.retry_after / 60)
        return f"the model server asks to be left alone for {minutes} minutes"
    return None


def _on_the_way(error: theirs.ModelAPIError, endpoint: Endpoint) -> str | None:
    """Why nothing comes through, where that is no matter of patience."""
    chain = list(_chain(error))
    if isinstance(chain[-1], SSLCertVerificationError):
        return (
            f"the certificate of the model server at {place(endpoint)} is not trusted; "
            "SSL_CERT_FILE may name a file with whom to trust"
        )
    # The answer of a proxy to a request; to a CONNECT it is an error whose text is the status.
    told = next((str(one) for one in chain if isinstance(one, ProxyError)), str(_status(error)))
    return proxy_refuses(endpoint) if told.startswith(PROXY_REFUSES) else None


REFUSED_KEY = "the model server refused the key (LLM_API_KEY)"


def _status(error: theirs.ModelAPIError) -> int:
    return error.status_code if isinstance(error, theirs.ModelHTTPError) else 0


def _about_room(error: theirs.ModelAPIError) -> Literal["answer", "context"] | None:
    """What a refusal finds too large: the answer that may come, or that and the prompt together."""
    said = str(error.body)[:SAID_CHARACTERS]
    if _status(error) not in {400, 413, 422, 429} or OF_THE_FIELD.search(said):
        return None
    if _OF_CONTEXT.search(said):
        return "context"
    return "answer" if _status(error) in {400, 422} and _OF_ROOM.search(said) else None


def _said(error: theirs.ModelAPIError) -> str:
    """What the server wrote; not where it may only be showing us what we sent."""
    if _status(error) not in {400, 401, 403, 429}:
        return ""
    parts = (error.provider_error_code, error.provider_error_type, error.body)
    return " ".join(str(part) for part in parts if part)[:SAID_CHARACTERS]


def unreachable(error: Unreachable, endpoint: Endpoint) -> SystemicError:
    """What being unreachable is called when it lasts."""
    return SystemicError(
        f"the model server cannot be reached at {place(endpoint)} (LLM_BASE_URL)",
        detail=error.detail,
    )


def refused(error: Forbidden | Rejected, endpoint: Endpoint) -> SystemicError:
    """What refusals are called when they are not about one text."""
    if isinstance(error, Forbidden):
        reason = f"{REFUSED_KEY}: it forbids everything{through(endpoint)}"
        return SystemicError(reason, detail=error.detail)
    return SystemicError(
        f"the model server at {place(endpoint)} rejects every request "
        "(LLM_MODEL, LLM_OUTPUT_MODE, LLM_MAX_TOKENS_FIELD)",
        detail=error.detail,
    )


def failing(error: Again, endpoint: Endpoint, *, times: int) -> SystemicError:
    """What failures are called that stay without an answer between them."""
    return SystemicError(
        f"the model server at {place(endpoint)} failed {times} times in a row, "
        f"at last with: {error}",
        detail=error.detail,
    )


def crowded(error: Again, endpoint: Endpoint) -> SystemicError:
    return SystemicError(
        f"the model server at {place(endpoint)} has let nothing through for minutes: {error} "
        "(LLM_REQUESTS_PER_MINUTE, LLM_TOKENS_PER_MINUTE)",
        detail=error.detail,
    )


def without_key(text: str, endpoint: Endpoint) -> str:
    """Nor a key that some servers take in the query of their address."""
    text = text.replace(endpoint.api_key, "[key]") if endpoint.api_key else text
    for value in endpoint.query.values():
        text = text.replace(value, "[key]") if len(value) >= LEAST_SECRET else text
    return text
