"""What is said to a model, and what comes back: the port between prompts and the gateway. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from generation.port.listening import NOBODY, Listener
from generation.port.spent import Spent

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Prompt:
    """`max_tokens` bounds the answer, thinking included."""

    purpose: str  # outline | tutorial | resources | quiz | repair | blind_solve | check
    version: str  # of the prompt file, such as tutorial-1
    system: str
    user: str
    max_tokens: int
    # The key of the concept it is about; empty where it is about the goal.
    subject: str = ""


@dataclass(frozen=True)
class Answer(Generic[T]):
    """`usage` counts every request the answer took; `seconds` include waiting and repeating."""

    content: T
    usage: Spent
    seconds: float


class Gateway(Protocol):
    """Raises TransientError, ContentError and SystemicError of `generation.port.provider`."""

    def fit(self, prompt: Prompt) -> Prompt:
        """With no more room for the answer than the server is known to have."""

    async def write_text(self, prompt: Prompt, listener: Listener = NOBODY) -> Answer[str]:
        """Plain text, streamed; returned when it is whole."""

    async def write_object(self, prompt: Prompt, schema: type[M]) -> Answer[M]:
        """An instance of `schema`, however the server is brought to write one."""
