"""What may be spent: in a UTC day on an account, a visitor or the whole site, and on one run. Pure.

Before a request its ceiling is set aside, so that nothing that keeps to its ceiling ever goes
beyond; what it really took replaces that. Where only what is set aside for others is in the way,
one waits for their bills.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from generation.port.calls import Ceiling
from generation.port.errors import SystemicError

# What reasons begin with; `learner_words` tells them apart by it.
RUN_SPENT = "The budget of this run is spent"
DAY_SPENT = "The spend limit of this day is met"


class LimitMet(SystemicError):
    """Nothing more may be spent. Pauses a run; the message names the variable to raise."""


@dataclass(frozen=True)
class Allowance:
    """One scope's; None: no limit. The names are those of the variables that set them.

    `day`: of a run, whose row is of the day it was ordered; all others begin anew each day.
    """

    scope: str
    max_tokens: int | None = None
    max_cost_usd: Decimal | None = None
    tokens_name: str = "RUN_MAX_TOKENS"
    cost_name: str = "RUN_MAX_COST_USD"
    day: date | None = None

    def __bool__(self) -> bool:
        return self.max_tokens is not None or self.max_cost_usd is not None

    @property
    def is_closed(self) -> bool:
        """Whether nothing may ever be spent."""
        return 0 in {self.max_tokens, self.max_cost_usd}


@dataclass(frozen=True)
class Used:
    """Of an allowance: what is billed or assumed, and what is set aside for calls under way."""

    tokens: int = 0
    cost_usd: Decimal = Decimal()
    held_tokens: int = 0
    held_cost_usd: Decimal = Decimal()


@dataclass(frozen=True)
class Refusal:
    """`begins_anew`: when the same may be asked again, where a day does it. `waits`: until others
    have their bills, and no longer."""

    reason: str
    begins_anew: datetime | None = None
    waits: bool = False


def day_of(now: datetime) -> date:
    return now.astimezone(UTC).date()


def next_day(now: datetime) -> datetime:
    """The midnight, UTC, with which the next day begins."""
    tomorrow = day_of(now) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC)


def judge(
    uses: Iterable[tuple[Allowance, Used]], most: Ceiling, now: datetime, *, model: str = ""
) -> Refusal | None:
    """Whether a request that takes so much `most` may be sent: by all allowances, or not.

    Of several refusals the one that lasts longest is told.
    """
    refusals = [
        refusal
        for allowance, used in uses
        for refusal in (
            _judge_tokens(allowance, used, most, now),
            _judge_cost(allowance, used, most, now, model),
        )
        if refusal is not None
    ]
    return max(refusals, key=_lasting, default=None)


def _lasting(refusal: Refusal) -> tuple[bool, bool]:
    return not refusal.waits, refusal.begins_anew is None


def _judge_tokens(allowance: Allowance, used: Used, most: Ceiling, now: datetime) -> Refusal | None:
    limit = allowance.max_tokens
    if limit is None or used.tokens + used.held_tokens + most.tokens <= limit:
        return None
    figures = _Figures(
        allowance.tokens_name,
        f"{limit:,}",
        f"{used.tokens:,} tokens are used",
        f"{most.tokens:,}",
        fits=used.tokens + most.tokens <= limit,
        fits_alone=most.tokens <= limit,
    )
    return _refuse(allowance, figures, now)


def _judge_cost(
    allowance: Allowance, used: Used, most: Ceiling, now: datetime, model: str
) -> Refusal | None:
    limit = allowance.max_cost_usd
    if limit is None:
        return None
    if most.cost_usd is None:
        return Refusal(
            f"{allowance.cost_name} is set, and nobody knows what {model or 'the model'} costs: "
            "set LLM_PRICE_INPUT and LLM_PRICE_OUTPUT, then resume the run."
        )
    if used.cost_usd + used.held_cost_usd + most.cost_usd <= limit:
        return None
    figures = _Figures(
        allowance.cost_name,
        f"${limit:f}",
        f"${used.cost_usd:,.4f} are used",
        f"${most.cost_usd:,.4f}",
        fits=used.cost_usd + most.cost_usd <= limit,
        fits_alone=most.cost_usd <= limit,
    )
    return _refuse(allowance, figures, now)


@dataclass(frozen=True)
class _Figures:
    name: str
    limit: str
    used: str
    most: str
    fits: bool
    fits_alone: bool


def _refuse(allowance: Allowance, figures: _Figures, now: datetime) -> Refusal:
    told = (
        f"{figures.name} is {figures.limit}, {figures.used}, and the next request may take "
        f"{figures.most}."
    )
    if figures.fits:
        return Refusal(f"Calls under way may take the rest: {told}", waits=True)
    if allowance.day is not None:
        return Refusal(f"{RUN_SPENT}: {told} Raise it, then resume the run.")
    if not figures.fits_alone:
        return Refusal(
            f"A single request does not fit into a day: {told} Raise it, then resume the run."
        )
    anew = next_day(now)
    return Refusal(
        f"{DAY_SPENT}: {told} It begins anew at {anew:%Y-%m-%d %H:%M} UTC, and the run goes on "
        "then by itself.",
        begins_anew=anew,
    )


def is_used_up(allowance: Allowance, used: Used) -> bool:
    """Whether there is nothing left, whatever may be asked."""
    tokens, cost = allowance.max_tokens, allowance.max_cost_usd
    return (tokens is not None and used.tokens >= tokens) or (
        cost is not None and used.cost_usd >= cost
    )


def share_used(allowance: Allowance, used: Used) -> float:
    """From 0 to 1: of the limit that will be met first."""
    shares = [0.0]
    if allowance.max_tokens is not None:
        shares.append(used.tokens / allowance.max_tokens if allowance.max_tokens else 1.0)
    if allowance.max_cost_usd is not None:
        limit = allowance.max_cost_usd
        shares.append(float(used.cost_usd / limit) if limit else 1.0)
    return min(1.0, max(shares))
