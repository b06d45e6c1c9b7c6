"""The port to whatever writes content. Adapters: `catalogue`, and the model gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

from concepts.content import ArtifactContent, ArtifactKind
from generation.outline import Outline, OutlineRequest
from generation.providers.calls import Accountable, Books, NoBooks

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Usage:
    """What an answer cost: calls to a model, tokens, US dollars (None where unknown)."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: Decimal | None = None

    def __add__(self, other: Usage) -> Usage:
        costs = [cost for cost in (self.cost_usd, other.cost_usd) if cost is not None]
        return Usage(
            calls=self.calls + other.calls,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            cost_usd=sum(costs, Decimal()) if costs else None,
        )


@dataclass(frozen=True)
class Written(Generic[T_co]):
    """An answer with its provenance."""

    content: T_co
    usage: Usage = field(default_factory=Usage)
    prompt_version: str = ""
    reviewed_on: date | None = None
    authored: bool = False


@dataclass(frozen=True)
class Neighbour:
    """A concept right before or after, whose ground a tutorial leaves alone."""

    title: str
    summary: str


@dataclass(frozen=True)
class ConceptBrief:
    """Everything a provider may know about the concept it writes for.

    `requires` and `path` (the concepts last read before it) are titles.
    """

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
    path: tuple[str, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()


class Provider(Protocol):
    """All calls are safe to cancel and to repeat.

    `check_goal` looks at a goal before anything is spent and raises GoalRefused; the others raise
    ProviderError. One that holds connections is an async context manager as well: see `opened`.
    """

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str: ...

    def check_goal(self, request: OutlineRequest) -> None: ...

    async def outline(self, request: OutlineRequest) -> Written[Outline]: ...

    async def write(self, kind: ArtifactKind, brief: ConceptBrief) -> Written[ArtifactContent]: ...


def keeps_books(provider: Provider) -> bool:
    """Whether it asks a model server: then it counts and repeats each request by itself."""
    return isinstance(provider, Accountable)


@asynccontextmanager
async def opened(provider: Provider, books: Books | None = None) -> AsyncIterator[Provider]:
    """The provider, ready to write: what it holds belongs to this loop and is closed in it.

    One that asks a model server asks `books` before, and tells them of each request. Raises
    CannotOpen, whatever is in the way.
    """
    if isinstance(provider, Accountable):
        provider.books = books or NoBooks()
    async with AsyncExitStack() as stack:
        if isinstance(provider, AbstractAsyncContextManager):
            await _open(provider, stack)
        yield provider


async def _open(provider: AbstractAsyncContextManager[object], stack: AsyncExitStack) -> None:
    try:
        await stack.enter_async_context(provider)
    except ProviderError as error:
        raise CannotOpen(str(error), detail=error.detail) from error
    except Exception as error:
        raise CannotOpen(
            "what writes content could not be set up (CONTENT_PROVIDER)", detail=repr(error)
        ) from error


class ProviderError(Exception):
    """An answer that did not come. The message is fit for a learner; details go to `detail`.

    `usage` is what was spent on it all the same.
    """

    def __init__(self, message: str, *, detail: str = "", usage: Usage | None = None) -> None:
        # Many a library's time-out has nothing to say.
        super().__init__(message or "No reason was given.")
        self.detail = detail
        self.usage = usage or Usage()


class TransientError(ProviderError):
    """May well succeed when asked again: time-outs, overload, a broken connection."""


class ContentError(ProviderError):
    """What came back cannot be used, and asking again would not help."""


class MalformedError(ContentError):
    """No answer of the form that was asked for, though it was asked for again at once."""


class CutOffError(ContentError):
    """The answer is longer than there was room for. Asking for less, or for more room, may help."""


class SystemicError(ProviderError):
    """Nothing will succeed until a person acts: a refused key, a spent quota. Pauses the run."""


class CannotOpen(SystemicError):
    """A provider that cannot even begin: nobody was asked anything."""


class GoalRefused(ProviderError):
    """This provider cannot or will not serve the goal. The message says why and what to do."""

    def __init__(self, message: str, *, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.suggestions = suggestions
