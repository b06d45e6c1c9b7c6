"""What a roadmap will take, judged by one answer of a model. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

# Tokens sent and written for the three artifacts of a concept: what is assumed, and said so. The
# prompts of one are some 3,500 (measured on an English brief), the rest is for corrections.
TOKENS_IN_PER_CONCEPT, TOKENS_OUT_PER_CONCEPT = 4_500, 5_000
REQUESTS_PER_CONCEPT = 3


@dataclass(frozen=True)
class Sample:
    """One answer: the time it took (seconds), and its tokens."""

    seconds: float
    tokens_in: int
    tokens_out: int


# US dollars for tokens sent and received; None where nobody knows.
Price = Callable[[int, int], Decimal | None]


@dataclass(frozen=True)
class Bounds:
    """What holds for all processes together; None: no limit."""

    calls_at_once: int
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None


@dataclass(frozen=True)
class Estimate:
    tokens_in: int
    tokens_out: int
    hours: float
    cost_usd: Decimal | None


def estimate_roadmap(concepts: int, sample: Sample, bounds: Bounds, price: Price) -> Estimate:
    """The outline as it was, and the artifacts at the speed it came with."""
    tokens_in = sample.tokens_in + concepts * TOKENS_IN_PER_CONCEPT
    tokens_out = sample.tokens_out + concepts * TOKENS_OUT_PER_CONCEPT
    seconds_per_token = sample.seconds / max(1, sample.tokens_out)
    writing = (tokens_out - sample.tokens_out) * seconds_per_token / bounds.calls_at_once
    requests = concepts * REQUESTS_PER_CONCEPT
    minutes = max(
        writing / 60,
        requests / bounds.requests_per_minute if bounds.requests_per_minute else 0.0,
        (tokens_in + tokens_out) / bounds.tokens_per_minute if bounds.tokens_per_minute else 0.0,
    )
    return Estimate(
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        hours=(sample.seconds + 60 * minutes) / 3_600,
        cost_usd=price(tokens_in, tokens_out),
    )
