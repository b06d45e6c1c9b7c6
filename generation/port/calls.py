"""What is known of one request to a model server when it is over. Pure; holds no secret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, runtime_checkable

# What a server may be believed to have used, or to cost, in one request: the columns hold the sums.
MOST_TOKENS = 50_000_000
DEAREST_USD = Decimal(1_000)


@dataclass(frozen=True)
class ModelCall:
    """`attempt` counts from 1 within what was asked once; `outcome` is that of the metrics.

    Figures come from a server: what cannot be is brought within bounds.
    """

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

    def __post_init__(self) -> None:
        for name in ("tokens_in", "tokens_out", "tokens_cached"):
            object.__setattr__(self, name, min(max(getattr(self, name), 0), MOST_TOKENS))
        if self.cost_usd is not None:
            object.__setattr__(self, "cost_usd", min(max(self.cost_usd, Decimal()), DEAREST_USD))


OnCall = Callable[[ModelCall], None]
BeforeCall = Callable[[], None]


def ignore_call(_call: ModelCall) -> None:
    """For those who keep no books."""


def allow_call() -> None:
    """For those who have no budget."""


class Books(Protocol):
    """Kept by whoever pays: asked before every request, told of it when it is over."""

    def check(self) -> None:
        """Raises SystemicError where nothing more may be spent."""

    def note(self, call: ModelCall) -> None:
        """Whatever became of the request. Never waits, never raises."""


class NoBooks:
    """Anything may be spent, and nobody remembers."""

    def check(self) -> None:
        allow_call()

    def note(self, call: ModelCall) -> None:
        ignore_call(call)


@runtime_checkable
class Accountable(Protocol):
    """A provider that tells what it asks a model server, in books that are set before it opens."""

    books: Books
