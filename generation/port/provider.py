"""The port to whatever writes content. Adapters: `catalogue`, and the model gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, Protocol, TypeVar, runtime_checkable

from concepts.content import ArtifactContent, ArtifactKind
from generation.port.briefs import ConceptBrief
from generation.port.calls import Accountable, Books, NoBooks
from generation.port.details import ModuleDetails
from generation.port.errors import CannotOpen, ProviderError
from generation.port.listening import NOBODY, Listener
from generation.port.outline import Outline
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton
from generation.port.spent import Spent

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Written(Generic[T_co]):
    """An answer with its provenance."""

    content: T_co
    usage: Spent = field(default_factory=Spent)
    prompt_version: str = ""
    reviewed_on: date | None = None
    authored: bool = False


class Provider(Protocol):
    """All calls are safe to cancel and to repeat.

    `check_goal` looks at a goal before anything is spent and raises GoalRefused; the others raise
    ProviderError. A `listener` hears a text while it is being written. One that holds connections
    is an async context manager as well: see `opened`. It plans in one of the two ways below.
    """

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str: ...

    def check_goal(self, request: OutlineRequest) -> None: ...

    async def write(
        self, kind: ArtifactKind, brief: ConceptBrief, listener: Listener = NOBODY
    ) -> Written[ArtifactContent]: ...


@runtime_checkable
class PlansAtOnce(Protocol):
    """A provider that has the whole plan, as the catalogue does."""

    async def outline(self, request: OutlineRequest) -> Written[Outline]: ...


@runtime_checkable
class PlansInSteps(Protocol):
    """A provider that makes a plan in two steps: its skeleton, then what each module teaches.

    `base` is a skeleton that is to be made anew, `wish` what somebody says of it. Modules are
    counted from 0, in reading order; each may be asked for at any time, beside others.
    """

    async def skeleton(
        self,
        request: OutlineRequest,
        *,
        base: Skeleton | None = None,
        wish: str = "",
        listener: Listener = NOBODY,
    ) -> Written[Skeleton]: ...

    async def details(
        self, request: OutlineRequest, skeleton: Skeleton, module: int
    ) -> Written[ModuleDetails]: ...


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
