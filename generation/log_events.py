"""What several modules tell the log in the same words. README lists all events."""

from __future__ import annotations

import structlog

log = structlog.get_logger(__name__)

# Whatever a provider or the database quotes, a line stays a line (characters).
LONGEST_ERROR = 500


def brief_error(error: Exception | str) -> str:
    text = str(error)
    return text if len(text) <= LONGEST_ERROR else f"{text[: LONGEST_ERROR - 1]}…"


def log_retry(attempt: int, pause_seconds: float, error: Exception) -> None:
    """A provider is going to be asked again for the same outline or artifact."""
    log.warning(
        "llm_request_retried",
        attempt=attempt,
        pause_seconds=round(pause_seconds, 2),
        error_class=type(error).__name__,
        error=brief_error(error),
    )
