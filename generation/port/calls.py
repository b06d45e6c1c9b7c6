"""What is known of one request to a model server, before it and when it is over. Pure; holds no
secret."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol, runtime_checkable

# What a server may be believed to have used, or to cost, in one request: the columns hold the sums.
MOST_TOKENS = 50_000_000
DEAREST_USD = Decimal(1_000)


@dataclass(frozen=True)
class Ceiling:
    """What a request may take at most, sent and received; `cost_usd` None: nobody knows."""

    tokens: int
    cost_usd: Decimal | None = None


@dataclass(frozen=True)
class ModelCall:
    """`attempt` counts from 1 within what was asked once; `outcome` is that of the metrics.

    Figures come from a server: what cannot be is brought within bounds. Not `is_told`: it was sent,
    and nobody said what it took, which may be all it was allowed.
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
    is_told: bool = True
    id: uuid.UUID = field(default_factory=uuid.uuid4)

    def __post_init__(self) -> None:
        for name in ("tokens_in", "tokens_out", "tokens_cached"):
            object.__setattr__(self, name, min(max(getattr(self, name), 0), MOST_TOKENS))
        if self.cost_usd is not None:
            object.__setattr__(self, "cost_usd", min(max(self.cost_usd, Decimal()), DEAREST_USD))


OnCall = Callable[[ModelCall], None]
# Of a request that is not made after all.
GiveBack = Callable[[], object]
BeforeCall = Callable[[uuid.UUID, Ceiling], Awaitable[GiveBack]]


def ignore_call(_call: ModelCall) -> None:
    """For those who keep no books."""


async def allow_call(_call: uuid.UUID, _most: Ceiling) -> GiveBack:
    """For those who have no limit."""
    return bool


class Books(Protocol):
    """Kept by whoever pays: asked before every request, told of it when it is over."""

    async def reserve(self, call: uuid.UUID, most: Ceiling) -> GiveBack:
        """Set so much aside for a request, and say how that is given back unused.

        Waits where others have it in hand. Raises SystemicError where nothing more may be spent.
        """

    def note(self, call: ModelCall) -> None:
        """Whatever became of the request. Never waits, never raises."""


class NoBooks:
    """Anything may be spent, and nobody remembers."""

    async def reserve(self, call: uuid.UUID, most: Ceiling) -> GiveBack:
        return await allow_call(call, most)

    def note(self, call: ModelCall) -> None:
        ignore_call(call)


@runtime_checkable
class Accountable(Protocol):
    """A provider that tells what it asks a model server, in books that are set before it opens."""

    books: Books
