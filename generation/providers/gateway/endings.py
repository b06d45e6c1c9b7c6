"""What is known of a stream besides its text: whether it was whole, and the tokens it told of."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

from generation.providers.gateway.envelopes import Figures


@dataclass
class Ending:
    """Of the stream that is read in this context.

    Some servers never give a reason for its end, only a last line. Tokens are known before the
    end where they are told with each piece.
    """

    is_done: bool = False
    figures: Figures = field(default_factory=Figures)

    def forget(self) -> None:
        """For another attempt."""
        self.is_done, self.figures = False, Figures()


ENDING: ContextVar[Ending | None] = ContextVar("ending", default=None)
