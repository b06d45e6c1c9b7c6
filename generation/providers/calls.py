"""What is known of one request to a model server when it is over. Pure; holds no secret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class ModelCall:
    """`attempt` counts from 1 within what was asked once; `outcome` is that of the metrics."""

    purpose: str
    prompt_version: str
    model: str
    attempt: int
    seconds: float
    outcome: str  # ok | transient | failed | systemic | cancelled
    error: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    cost_usd: Decimal | None = None


OnCall = Callable[[ModelCall], None]


def ignore_call(_call: ModelCall) -> None:
    """For those who keep no books."""
