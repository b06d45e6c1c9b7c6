"""A task for a model: asked, and again with the reasons, until an answer is accepted. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from generation.prompting import repair_prompt
from generation.providers.base import (
    ContentError,
    MalformedError,
    ProviderError,
    Written,
)
from generation.providers.dialogue import Prompt
from generation.providers.memory import Account

T = TypeVar("T")


@dataclass(frozen=True)
class Attempt(Generic[T]):
    """What one answer came to: content that may be stored, or the problems with what was said.

    Wishes go back with the problems, and also alone, but nothing fails for them: of the answers
    that can be used, the lightest is taken.
    """

    said: str
    content: T | None
    problems: list[str]
    wishes: list[str] = field(default_factory=list)
    weight: int = 0

    @property
    def usable(self) -> T | None:
        return None if self.problems else self.content


class Task(Generic[T]):
    """`attempt` asks a prompt, of the account, and judges the answer; after the first time,
    `repairs` times more."""

    def __init__(
        self,
        prompt: Prompt,
        attempt: Callable[[Prompt], Awaitable[Attempt[T]]],
        account: Account,
        *,
        language: str | None,
        repairs: int,
    ) -> None:
        self._prompt, self._attempt, self._account = prompt, attempt, account
        self._language, self._repairs = language, repairs
        self._asked = prompt
        self._tried: Attempt[T] | None = None
        self._best: tuple[int, Written[T]] | None = None

    async def write(self) -> Written[T]:
        """Raises ProviderError, with all that was spent."""
        try:
            failure = await self._ask()
            if failure is not None and self._best is None:
                raise failure
        except ProviderError as error:
            error.usage += self._account.usage
            raise
        assert self._best is not None, "without a failure there is content"
        return replace(self._best[1], usage=self._account.usage)

    async def _ask(self) -> ProviderError | None:
        """What the last answer still lacks when nothing more is asked; None: nothing."""
        failure = await self._ask_once()
        for _ in range(self._repairs):
            if failure is None:
                break
            # Where it is the same as before, because the same was said, memory answers.
            self._asked = self._next()
            failure = await self._ask_once()
        return failure

    async def _ask_once(self) -> ProviderError | None:
        try:
            return self._judge(await self._attempt(self._asked))
        except MalformedError as error:
            # A line that breaks off now and then must not cost an artifact. Nobody answered, so
            # the same question is not a second one.
            return error
        except ProviderError as error:
            if self._best is None:
                raise
            return error  # it was a wish: what is there can be used

    def _judge(self, tried: Attempt[T]) -> ContentError | None:
        self._tried = tried
        if tried.usable is not None and (self._best is None or tried.weight < self._best[0]):
            written = Written(tried.usable, prompt_version=self._asked.version)
            self._best = tried.weight, written
        lacks = tried.problems or tried.wishes
        return _give_up(self._prompt.purpose, lacks) if lacks else None

    def _next(self) -> Prompt:
        """What to ask after all that has happened."""
        tried = self._tried
        if tried is None:
            return self._prompt
        faults = [*tried.problems, *tried.wishes]
        return repair_prompt(self._prompt, tried.said, faults, self._language)


def _give_up(purpose: str, problems: list[str]) -> ContentError:
    reasons = "; ".join(problems)
    message = f"The {purpose} cannot be used, also after correction: {reasons}"
    if len(message) > 400:
        message = message[:400].rsplit(" ", 1)[0] + " …"
    return ContentError(message, detail=reasons)
