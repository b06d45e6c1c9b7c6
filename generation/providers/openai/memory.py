"""A gateway that is never paid twice for the same question."""

from __future__ import annotations

import asyncio
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from generation.port.errors import CutOffError, ProviderError
from generation.port.listening import NOBODY, Listener
from generation.port.spent import Spent
from generation.providers.dialogue import Answer, Gateway, M, Prompt

T = TypeVar("T")

# Answers kept, of some ten thousand characters each; and bytes of them, with their questions.
MAX_ANSWERS = 256
MAX_BYTES = 16 * 2**20


class RememberingGateway:
    """Within one opened provider, so within one puller of one run.

    An artifact that is tried again after a broken connection starts where it was: the answer that
    came before, and was found wanting or cut off, is not asked for again.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._answers: OrderedDict[Prompt, Answer[Any] | CutOffError] = OrderedDict()
        self._sizes: dict[Prompt, int] = {}
        self._asking: WeakValueDictionary[Prompt, asyncio.Lock] = WeakValueDictionary()

    async def write_text(self, prompt: Prompt, listener: Listener = NOBODY) -> Answer[str]:
        return await self._ask(prompt, lambda: self._gateway.write_text(prompt, listener))

    async def write_object(self, prompt: Prompt, schema: type[M]) -> Answer[M]:
        return await self._ask(prompt, lambda: self._gateway.write_object(prompt, schema))

    def fit(self, prompt: Prompt) -> Prompt:
        return self._gateway.fit(prompt)

    async def _ask(self, prompt: Prompt, ask: Callable[[], Awaitable[Answer[Any]]]) -> Answer[Any]:
        """Whoever asks the same meanwhile waits; if the first one fails, the next one asks."""
        prompt = self.fit(prompt)
        lock = self._asking.setdefault(prompt, asyncio.Lock())
        async with lock:
            if prompt not in self._answers:
                answer = await _answer_or_cut(ask)
                self._keep(prompt, answer)
                # Perhaps the room turned out to be smaller: whoever asks for that asks the same.
                self._keep(self.fit(prompt), answer)
            else:
                answer = self._answers[prompt]
        if isinstance(answer, CutOffError):
            raise _copy(answer)
        return answer

    def _keep(self, prompt: Prompt, answer: Answer[Any] | CutOffError) -> None:
        """And forget the oldest that are too much."""
        self._answers[prompt], self._sizes[prompt] = answer, _size(prompt, answer)
        while len(self._answers) > MAX_ANSWERS or sum(self._sizes.values()) > MAX_BYTES:
            oldest, _ = self._answers.popitem(last=False)
            del self._sizes[oldest]


def _size(prompt: Prompt, answer: Answer[Any] | CutOffError) -> int:
    """About the bytes that both take in memory."""
    said = "" if isinstance(answer, CutOffError) else answer.content
    text = said if isinstance(said, str) else repr(said)
    return sum(sys.getsizeof(part) for part in (prompt.system, prompt.user, text))


async def _answer_or_cut(ask: Callable[[], Awaitable[Answer[Any]]]) -> Answer[Any] | CutOffError:
    try:
        return await ask()
    except CutOffError as error:
        return _copy(error)


def _copy(error: CutOffError) -> CutOffError:
    """What is raised gathers a traceback, and costs that are not its own."""
    return CutOffError(str(error), detail=error.detail, usage=error.usage)


class Account:
    """A gateway for one try at one thing, which adds up what it costs, each question once.

    Answers that an earlier try got are charged to this one: what was spent on a try that broke off
    is recorded nowhere else. Errors come without their costs: those are in here.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._charged: dict[Prompt, Spent] = {}
        self._in_vain = Spent()

    @property
    def usage(self) -> Spent:
        return sum(self._charged.values(), self._in_vain)

    def fit(self, prompt: Prompt) -> Prompt:
        return self._gateway.fit(prompt)

    async def write_text(self, prompt: Prompt, listener: Listener = NOBODY) -> Answer[str]:
        return await self._charge(prompt, self._gateway.write_text(prompt, listener))

    async def write_object(self, prompt: Prompt, schema: type[M]) -> Answer[M]:
        return await self._charge(prompt, self._gateway.write_object(prompt, schema))

    async def _charge(self, prompt: Prompt, answering: Awaitable[Answer[T]]) -> Answer[T]:
        try:
            answer = await answering
        except ProviderError as error:
            # One that is remembered comes again when the same is asked, and was paid for once.
            if isinstance(error, CutOffError):
                self._charged[self.fit(prompt)] = error.usage
            else:
                self._in_vain += error.usage
            error.usage = Spent()
            raise
        self._charged[self.fit(prompt)] = answer.usage
        return answer
