"""One request in the books, and what one answer has taken over all its requests."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pydantic_ai.messages import ModelResponse
from pydantic_ai.usage import RequestUsage

from generation.port.calls import GiveBack, ModelCall
from generation.port.spent import Spent
from generation.providers.dialogue import Prompt
from generation.providers.gateway.endings import Ending
from generation.providers.gateway.envelopes import Figures
from generation.providers.gateway.responses import tokens_about, written

# With room for so many tokens of an answer.
Ask = Callable[[int], Awaitable[ModelResponse]]


@dataclass(frozen=True)
class Asking:
    """How one attempt is made, whatever the number."""

    ask: Ask
    seconds: float
    ending: Ending | None
    # All that is sent, as much as counts.
    sent: str = ""


@dataclass
class Tally:
    """What one answer has taken so far, over all its requests."""

    prompt: Prompt
    calls: list[ModelCall] = field(default_factory=list)
    # For the answer, where prompt and answer together were too much.
    room: int = 0

    def __post_init__(self) -> None:
        self.room = self.prompt.max_tokens

    def usage(self) -> Spent:
        """All of it: an empty answer has cost its prompt, too."""
        answered = [call for call in self.calls if call.tokens_out]
        costs = [call.cost_usd for call in self.calls if call.cost_usd is not None]
        # A sum with something unknown in it is unknown.
        is_known = bool(answered) and all(call.cost_usd is not None for call in answered)
        return Spent(
            calls=len(self.calls),
            tokens_in=sum(call.tokens_in for call in self.calls),
            tokens_out=sum(call.tokens_out for call in self.calls),
            cost_usd=sum(costs, Decimal(0)) if is_known else None,
        )


@dataclass
class Entry:
    """One request in the books, while it is under way."""

    prompt: Prompt
    room: int
    ending: Ending | None = None
    response: ModelResponse | None = None
    began: float = 0.0
    # Tokens a minute that its turn was taken for; whether it was sent, and refused unread.
    reserved: float = 0.0
    is_sent: bool = False
    is_refused: bool = False
    is_whole: bool = False
    # Answered with an error, which costs nothing.
    is_free: bool = False
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    give_back: GiveBack = bool

    def unreserve(self) -> None:
        self.give_back()

    def usage(self) -> RequestUsage:
        """As the server told; what it did not tell of an answer is estimated: else no budget and
        no limit would ever hold for it."""
        if self.response is None:
            return self._told_on_the_way()
        usage, text = self.response.usage, written(self.response)
        if not (self.is_whole and text):
            return usage
        return replace(
            usage,
            input_tokens=usage.input_tokens or tokens_about(self.prompt.system + self.prompt.user),
            output_tokens=usage.output_tokens or tokens_about(text),
        )

    def _told_on_the_way(self) -> RequestUsage:
        """By a stream that broke off."""
        figures = self.ending.figures if self.ending else Figures()
        return RequestUsage(
            input_tokens=figures.tokens_in,
            output_tokens=figures.tokens_out,
            cache_read_tokens=figures.tokens_cached,
        )

    def tokens_used(self) -> float:
        """Of what was reserved. A request that broke off may have cost all of it."""
        usage = self.usage()
        if self.response is not None or usage.output_tokens:
            return usage.input_tokens + usage.output_tokens
        return self.reserved if self.is_sent and not self.is_refused else 0.0
