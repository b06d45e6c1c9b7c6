"""Which request is worth another attempt, and after how long. The only layer that repeats them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import stamina
import structlog
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from generation.log_events import brief_error
from generation.providers.gateway.errors import Again, TooMany, Unreachable

log = structlog.get_logger(__name__)

# Of one request, the first included. A pipeline asks for an artifact again by itself, later.
ATTEMPTS = 5
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, JITTER_SECONDS = 0.5, 20.0, 0.5
# Between attempts at a server that is not there: it may be starting. Four of them, then people act.
UNREACHABLE_PAUSE_SECONDS = 10.0


@dataclass
class Patience:
    """Of one request, asked by stamina after each failure: no, yes, or yes after so many seconds.

    "Too many" is no failure of a request: it waits its turn as often as it must. Whether the server
    ever says anything else is `Outage`'s to watch.
    """

    failures: int = 0

    def __call__(self, error: Exception) -> bool | float:
        if not isinstance(error, Again):
            return False
        if not isinstance(error, TooMany):
            self.failures += 1
        if self.failures >= ATTEMPTS:
            return False
        if isinstance(error, Unreachable):
            return UNREACHABLE_PAUSE_SECONDS
        return True if error.wait is None else error.wait


def attempts(purpose: str) -> AsyncIterator[stamina.Attempt]:
    """Attempts at one request, with the pauses between them."""
    context = stamina.retry_context(
        on=Patience(),
        attempts=None,
        timeout=None,
        wait_initial=FIRST_PAUSE_SECONDS,
        wait_max=LONGEST_PAUSE_SECONDS,
        wait_jitter=JITTER_SECONDS,
    )
    return aiter(context.with_name(purpose, (), {}))


def _log_repetition(details: RetryDetails) -> None:
    error = details.caused_by
    log.warning(
        "llm_request_retried",
        purpose=details.name,
        attempt=details.retry_num,
        pause_seconds=round(details.wait_for, 2),
        error_class=type(error).__name__,
        error=brief_error(error),
        detail=getattr(error, "detail", ""),
    )


# Instead of stamina's own, which knows neither our event names nor our metrics.
set_on_retry_hooks([_log_repetition])
