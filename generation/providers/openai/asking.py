"""A task for a model: asked, and again with the reasons, until an answer is accepted. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from generation.port.errors import ContentError, CutOffError, MalformedError, ProviderError
from generation.port.provider import Written
from generation.providers.dialogue import Prompt
from generation.providers.openai.memory import Account
from generation.providers.openai.prompting import repair_prompt, shorter_prompt

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
    regrets: list[str] = field(default_factory=list)
    weight: int = 0

    @property
    def usable(self) -> T | None:
        return None if self.problems else self.content


class Assignment(Generic[T]):
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
        self._wants_less = False
        self._doublings = 0
        self._may_grow = True

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
            return self._judge(await self._answer())
        except CutOffError as error:
            self._wants_less = True
            self._doublings += self._may_grow
            return error
        except MalformedError as error:
            # A line that breaks off now and then must not cost an artifact. Nobody answered, so
            # the same question is not a second one.
            return error
        except ProviderError as error:
            if self._best is None:
                raise
            return error  # it was a wish: what is there can be used

    async def _answer(self) -> Attempt[T]:
        try:
            return await self._attempt(self._asked)
        except (CutOffError, MalformedError):
            raise
        except ContentError:
            if not (self._doublings and self._may_grow):
                raise
        # Perhaps this server never writes that much; to be told so costs nothing.
        self._doublings, self._may_grow = self._doublings - 1, False
        self._asked = self._next()
        return await self._answer()

    def _judge(self, tried: Attempt[T]) -> ContentError | None:
        self._tried = tried
        if tried.usable is not None and (self._best is None or tried.weight < self._best[0]):
            written = Written(tried.usable, prompt_version=self._asked.version)
            self._best = tried.weight, written
        lacks = tried.problems or tried.regrets
        return _give_up(self._prompt.purpose, lacks) if lacks else None

    def _next(self) -> Prompt:
        """What to ask after all that has happened."""
        prompt, tried = self._prompt, self._tried
        if tried is not None:
            prompt = repair_prompt(
                prompt, tried.said, [*tried.problems, *tried.regrets], self._language
            )
        if self._wants_less:
            prompt = shorter_prompt(
                prompt, self._prompt.purpose, self._language, doublings=self._doublings
            )
        return prompt


def _give_up(purpose: str, problems: list[str]) -> ContentError:
    reasons = "; ".join(problems)
    message = f"The {purpose} cannot be used, also after correction: {reasons}"
    if len(message) > 400:
        message = message[:400].rsplit(" ", 1)[0] + " …"
    return ContentError(message, detail=reasons)
