"""What a run may spend."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from generation.port.errors import SystemicError
from generation.port.spent import Spent


class BudgetSpent(SystemicError):
    """A run has cost what it may cost. Pauses it; the message names the variable to raise."""


@dataclass(frozen=True)
class RunBudget:
    """What all requests of a run together may cost; None: no limit.

    Tokens are those sent and those received. A cost that nobody knows counts as nothing.
    """

    max_tokens: int | None = None
    max_cost_usd: Decimal | None = None

    def __bool__(self) -> bool:
        return self.max_tokens is not None or self.max_cost_usd is not None

    def refusal(self, spent: Spent) -> str | None:
        """Why nothing more may start; None while something may."""
        tokens, cost = spent.tokens_in + spent.tokens_out, spent.cost_usd or Decimal()
        if self.max_tokens is not None and tokens >= self.max_tokens:
            return (
                f"The budget of this run is spent: {tokens:,} tokens are used, and RUN_MAX_TOKENS "
                f"is {self.max_tokens:,}. Raise it, then resume the run."
            )
        if self.max_cost_usd is not None and cost >= self.max_cost_usd:
            return (
                f"The budget of this run is spent: it has cost ${cost:,.4f}, and RUN_MAX_COST_USD "
                f"is {self.max_cost_usd:f}. Raise it, then resume the run."
            )
        return None
