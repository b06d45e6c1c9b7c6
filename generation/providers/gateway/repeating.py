"""Which request is worth another attempt, and after how long. The only layer that repeats them."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import stamina
import structlog
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from generation.log_events import brief_error
from generation.providers.gateway.errors import Again, Costless, TooMany, Unreachable

log = structlog.get_logger(__name__)

# Of one request, the first included. A pipeline asks for an artifact again by itself, later.
ATTEMPTS = 5
# "Too many" to one request, while others may be answered.
MOST_REFUSALS = 60
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, JITTER_SECONDS = 0.5, 20.0, 0.5
# Between attempts at a server that is not there: it may be starting. Four of them, then people act.
UNREACHABLE_PAUSE_SECONDS = 10.0
_chance = random.SystemRandom()


@dataclass
class Patience:
    """Of one request, asked by stamina after each failure: no, or yes after so many seconds.

    "Too many" is no failure of a request: it waits its turn as often as it must, and pauses for
    real failures do not grow by it. Whether the server ever says anything else watches `Trouble`.
    While an outage lasts, nobody gives up alone: what waits is not to blame.
    """

    lasts: Callable[[], bool] = lambda: False
    failures: int = 0
    refusals: int = 0

    def __call__(self, error: Exception) -> bool | float:
        if not isinstance(error, Again):
            return False
        if isinstance(error, Costless):
            return 0.0
        times, most = self._count(error)
        if self.lasts() and not isinstance(error, TooMany | Unreachable):
            # Everybody is held for longer and longer; that is pause enough.
            times = 1
        if times >= most:
            return False
        if error.wait is not None:
            return error.wait
        return UNREACHABLE_PAUSE_SECONDS if isinstance(error, Unreachable) else _pause(times)

    def _count(self, error: Again) -> tuple[int, int]:
        """How often this kind has come, and how often it may."""
        if isinstance(error, TooMany):
            self.refusals += 1
            return self.refusals, MOST_REFUSALS
        self.failures += 1
        return self.failures, ATTEMPTS


def _pause(times: int) -> float:
    """Doubling, and spread so that many that failed together do not come back together."""
    jitter = _chance.uniform(0, JITTER_SECONDS)
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(times - 1, 30) + jitter)


def attempts(
    purpose: str, *, lasts: Callable[[], bool] = lambda: False
) -> AsyncIterator[stamina.Attempt]:
    """Attempts at one request, with the pauses between them; `lasts`: the outage."""
    context = stamina.retry_context(on=Patience(lasts), attempts=None, timeout=None)
    return aiter(context.with_name(purpose, (), {}))


# Hears why something is not asked at once, and for how many seconds.
OnPause = Callable[[str, float], None]
_ON_PAUSE: ContextVar[OnPause | None] = ContextVar("on_pause", default=None)


@contextmanager
def pauses_told_to(on_pause: OnPause) -> Iterator[None]:
    """Those of all that is asked in this context: a server may say that it wants ten minutes."""
    token = _ON_PAUSE.set(on_pause)
    try:
        yield
    finally:
        _ON_PAUSE.reset(token)


def _log_repetition(details: RetryDetails) -> None:
    error = details.caused_by
    if (on_pause := _ON_PAUSE.get()) is not None:
        on_pause(brief_error(error), details.wait_for)
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
