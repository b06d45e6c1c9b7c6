"""From the library's errors to ours: what may be asked again, what not, and what stops a run."""

from __future__ import annotations

from pydantic_ai import exceptions as theirs

from generation.providers.base import (
    ContentError,
    ProviderError,
    SystemicError,
    TransientError,
)
from generation.providers.endpoints import Endpoint

# A server that asks for more patience than this is waited for by people, not by processes.
MOST_PATIENCE_SECONDS = 600.0
# What an address answers where no model lives, besides 404.
GONE = (405, 410)
DETAIL_CHARACTERS = 500


class Again(TransientError):
    """Worth another attempt; after `wait` seconds, where the server said how many."""

    def __init__(self, message: str, *, detail: str = "", wait: float | None = None) -> None:
        super().__init__(message, detail=detail)
        self.wait = wait


class TooMany(Again):
    """The server wants to be asked less often, by everybody."""


class Unreachable(Again):
    """Nothing was sent: no such host, nobody who listens."""


def translate(error: Exception, endpoint: Endpoint) -> ProviderError:
    """What became of a request. Neither message nor detail holds the key."""
    detail = without_key(f"{type(error).__name__}: {error}", endpoint)[:DETAIL_CHARACTERS]
    if isinstance(error, theirs.ModelAPIError):
        return _of_the_server(error, detail, endpoint)
    if isinstance(error, theirs.ContentFilterError):
        return ContentError("The model server's content filter refused this.", detail=detail)
    if isinstance(error, theirs.UnexpectedModelBehavior | ValueError):
        return Again("The model server's answer could not be read.", detail=detail)
    if isinstance(error, TimeoutError):
        return Again("The model server did not answer in time.", detail=detail)
    if isinstance(error, OSError):
        return Again("The connection to the model server broke.", detail=detail)
    return ContentError("The model server could not be asked.", detail=detail)


def _of_the_server(error: theirs.ModelAPIError, detail: str, endpoint: Endpoint) -> ProviderError:
    if (reason := _systemic(error, endpoint)) is not None:
        return SystemicError(reason, detail=detail)
    if isinstance(error, theirs.ModelContextWindowExceededError):
        return ContentError("This is too long for the model.", detail=detail)
    if isinstance(error, theirs.ModelRequestRejectedError):
        return ContentError("The model server rejected the request.", detail=detail)
    return _transient(error, detail, endpoint)


def _transient(error: theirs.ModelAPIError, detail: str, endpoint: Endpoint) -> Again:
    wait = error.retry_after
    if isinstance(error, theirs.ModelRateLimitError):
        return TooMany("The model server is asked too often.", detail=detail, wait=wait)
    if isinstance(error, theirs.ModelTimeoutError | theirs.ModelRequestTimeout):
        return Again("The model server did not answer in time.", detail=detail)
    if isinstance(error, theirs.ModelConnectionError) and error.phase == "connect":
        return Unreachable(f"Nobody answers at {endpoint.host}.", detail=detail)
    return Again("The model server failed for a moment.", detail=detail, wait=wait)


def _systemic(error: theirs.ModelAPIError, endpoint: Endpoint) -> str | None:
    """Why nothing will succeed until a person acts, in words for that person."""
    if isinstance(error, theirs.ModelAuthenticationError):
        return "the model server refused the key (LLM_API_KEY)"
    if isinstance(error, theirs.ModelQuotaExceededError):
        return "the account at the model server has no credit or quota left"
    gone = isinstance(error, theirs.ModelHTTPError) and error.status_code in GONE
    if gone or isinstance(error, theirs.ModelNotFoundError):
        return (
            f"the model server at {endpoint.host} does not know the model “{endpoint.model}” or "
            "the address (LLM_MODEL, LLM_BASE_URL)"
        )
    if error.retry_after is not None and error.retry_after > MOST_PATIENCE_SECONDS:
        minutes = round(error.retry_after / 60)
        return f"the model server asks to be left alone for {minutes} minutes"
    return None


def unreachable(error: Unreachable, endpoint: Endpoint) -> SystemicError:
    """What being unreachable is called when it lasts."""
    return SystemicError(
        f"the model server cannot be reached at {endpoint.host} (LLM_BASE_URL)", detail=error.detail
    )


def failing(error: Again, endpoint: Endpoint, *, times: int) -> SystemicError:
    """What failures are called that stay without an answer between them."""
    return SystemicError(
        f"the model server at {endpoint.host} failed {times} times in a row, at last with: {error}",
        detail=error.detail,
    )


def crowded(error: Again, endpoint: Endpoint) -> SystemicError:
    return SystemicError(
        f"the model server at {endpoint.host} has let nothing through for minutes: {error} "
        "(LLM_REQUESTS_PER_MINUTE, LLM_TOKENS_PER_MINUTE)",
        detail=error.detail,
    )


def without_key(text: str, endpoint: Endpoint) -> str:
    return text.replace(endpoint.api_key, "[key]") if endpoint.api_key else text
