"""The port to whatever writes content. Adapters: `catalogue`, and the model gateway."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

from concepts.content import ArtifactContent, ArtifactKind
from generation.outline import Outline, OutlineRequest

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Usage:
    """What an answer cost: calls to a model, tokens, US dollars (None where unknown)."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: Decimal | None = None


@dataclass(frozen=True)
class Written(Generic[T_co]):
    """An answer with its provenance."""

    content: T_co
    usage: Usage = field(default_factory=Usage)
    prompt_version: str = ""
    reviewed_on: date | None = None
    authored: bool = False


@dataclass(frozen=True)
class ConceptBrief:
    """Everything a provider may know about the concept it writes for."""

    goal: str
    roadmap_title: str
    language: str
    level: str
    key: str
    title: str
    summary: str
    kind: str
    difficulty: int
    est_minutes: int
    objectives: tuple[str, ...]
    keywords: tuple[str, ...]
    requires: tuple[str, ...] = ()


class Provider(Protocol):
    """All calls are safe to cancel and to repeat.

    `check_goal` looks at a goal before anything is spent and raises GoalRefused; the others raise
    ProviderError.
    """

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str: ...

    def check_goal(self, request: OutlineRequest) -> None: ...

    async def outline(self, request: OutlineRequest) -> Written[Outline]: ...

    async def write(self, kind: ArtifactKind, brief: ConceptBrief) -> Written[ArtifactContent]: ...


class ProviderError(Exception):
    """An answer that did not come. The message is fit for a learner; details go to `detail`."""

    def __init__(self, message: str, *, detail: str = "") -> None:
        # Many a library's time-out has nothing to say.
        super().__init__(message or "No reason was given.")
        self.detail = detail


class TransientError(ProviderError):
    """May well succeed when asked again: time-outs, overload, a broken connection."""


class ContentError(ProviderError):
    """What came back cannot be used, and asking again would not help."""


class SystemicError(ProviderError):
    """Nothing will succeed until a person acts: a refused key, a spent quota. Pauses the run."""


class GoalRefused(ProviderError):
    """This provider cannot or will not serve the goal. The message says why and what to do."""

    def __init__(self, message: str, *, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.suggestions = suggestions
