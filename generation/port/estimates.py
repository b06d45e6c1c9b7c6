"""What a roadmap will take: from what the last ones took, else from what is assumed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

# US dollars for tokens sent and received; None where nobody knows.
Price = Callable[[int, int], Decimal | None]


@dataclass(frozen=True)
class Share:
    """Of one kind of call, what falls upon each concept; `cost_usd` None: not known of all."""

    tokens_in: float
    tokens_out: float
    requests: float
    cost_usd: Decimal | None = None


# By the purposes of calls. Measured on English briefs; what is written takes most of it, the
# rest is for corrections.
ASSUMED: Mapping[str, Share] = {
    "skeleton": Share(50, 35, 0.05),
    "details": Share(300, 200, 0.25),
    "tutorial": Share(1_500, 2_800, 1),
    "resources": Share(1_300, 700, 1),
    "quiz": Share(1_700, 1_500, 1),
}


@dataclass(frozen=True)
class Averages:
    """By kind of call. `runs`: how many were looked at; none where all is assumed."""

    shares: Mapping[str, Share]
    runs: int = 0

    @property
    def cost_usd(self) -> Decimal | None:
        """For a concept, as it was billed; None where that is not known of every call."""
        costs = [share.cost_usd for share in self.shares.values()]
        known = [cost for cost in costs if cost is not None]
        return sum(known, Decimal()) if known and len(known) == len(costs) else None


NOTHING_KNOWN = Averages(ASSUMED)


@dataclass(frozen=True)
class Estimate:
    """Of a whole roadmap. `runs`: on how many others it rests; none where it is assumed."""

    concepts: int
    tokens_in: int
    tokens_out: int
    requests: int
    cost_usd: Decimal | None
    runs: int = 0


def estimate(concepts: int, averages: Averages, price: Price | None = None) -> Estimate:
    """At `price`, or where nobody knows that, at what the same was billed."""
    shares = averages.shares.values()
    tokens_in = round(concepts * sum(share.tokens_in for share in shares))
    tokens_out = round(concepts * sum(share.tokens_out for share in shares))
    cost = price(tokens_in, tokens_out) if price else None
    if cost is None and averages.cost_usd is not None:
        cost = concepts * averages.cost_usd
    return Estimate(
        concepts=concepts,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        requests=round(concepts * sum(share.requests for share in shares)),
        cost_usd=cost,
        runs=averages.runs,
    )


@dataclass(frozen=True)
class Sample:
    """One answer: the time it took (seconds), and how many tokens were written in it."""

    seconds: float
    tokens_out: int


@dataclass(frozen=True)
class Bounds:
    """What holds for all processes together; None: no limit."""

    calls_at_once: int
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None


def hours_for(wanted: Estimate, sample: Sample, bounds: Bounds) -> float:
    """The plan as long as the sample took, and the rest at its speed, within the bounds."""
    seconds_per_token = sample.seconds / max(1, sample.tokens_out)
    writing = max(0, wanted.tokens_out - sample.tokens_out) * seconds_per_token
    tokens = wanted.tokens_in + wanted.tokens_out
    minutes = max(
        writing / bounds.calls_at_once / 60,
        wanted.requests / bounds.requests_per_minute if bounds.requests_per_minute else 0.0,
        tokens / bounds.tokens_per_minute if bounds.tokens_per_minute else 0.0,
    )
    return (sample.seconds + 60 * minutes) / 3_600
