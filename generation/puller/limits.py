"""What bounds one puller. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from generation.puller.pauses import pause_before


@dataclass(frozen=True)
class Limits:
    """Bounds and times (seconds) of one puller."""

    model_calls: int = 8
    batch_concepts: int = 16
    batch_seconds: float = 0.5
    # Times a provider is asked for one artifact before a transient error fails it, and how long
    # the first pause between is; each is twice the one before.
    attempts: int = 5
    retry_seconds: float = 2.0
    # Of those, times one is asked that repeats its requests by itself: layers that repeat multiply.
    # One may be lost with a worker that was killed.
    outer_attempts: int = 3
    lease_seconds: float = 30.0
    poll_seconds: float = 0.5
    drain_seconds: float = 60.0
    # How long a database that is away is waited for.
    outage_seconds: float = 45.0
    # A puller that follows waits for what other pullers hold, and ends with the run.
    follow: bool = True
    # After this time nothing more is claimed (None: no end).
    max_seconds: float | None = None

    def pause_after(self, attempt: int, *, repeats_itself: bool) -> float | None:
        """Seconds until the next attempt at what failed `attempt` times; None: there is none."""
        skipped = self.attempts - self.outer_attempts if repeats_itself else 0
        if attempt + skipped >= self.attempts:
            return None
        return pause_before(attempt + skipped, self.retry_seconds)

    @property
    def unsaved(self) -> int:
        """Artifacts that may be in this process at once, being written or waiting to be saved.

        Two full batches (three artifacts a concept) keep every lane busy; more would only fill
        memory where the database is slower than the provider.
        """
        return self.model_calls + 2 * 3 * self.batch_concepts
