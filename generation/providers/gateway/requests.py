"""One request to the server: its place, its turn, its repetitions, and the books."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
from pydantic_ai.usage import RequestUsage

from generation.metrics import LLM_TOKENS, model_call, outcome_of
from generation.providers.base import (
    ContentError,
    CutOffError,
    ProviderError,
    SystemicError,
    Usage,
)
from generation.providers.calls import BeforeCall, ModelCall, OnCall
from generation.providers.dialogue import Prompt
from generation.providers.endpoints import Endpoint
from generation.providers.gateway.breaker import Breaker
from generation.providers.gateway.errors import (
    Again,
    TooMany,
    Unreachable,
    crowded,
    failing,
    translate,
    unreachable,
)
from generation.providers.gateway.outage import Outage
from generation.providers.gateway.repeating import attempts
from generation.providers.limits import Pacer, Turn
from generation.unwrapping import strip_thoughts

# "Too many" without a word on when to come again.
HOLD_SECONDS = 1.0
# Bytes of a prompt to one token, about; also in scripts of three bytes a character.
BYTES_PER_TOKEN = 4


Ask = Callable[[], Awaitable[ModelResponse]]


@dataclass
class Tally:
    """What one answer has taken so far, over all its requests."""

    prompt: Prompt
    calls: list[ModelCall] = field(default_factory=list)

    def usage(self) -> Usage:
        """All of it: an empty answer has cost its prompt, too."""
        answered = [call for call in self.calls if call.tokens_out]
        costs = [call.cost_usd for call in self.calls if call.cost_usd is not None]
        # A sum with something unknown in it is unknown.
        is_known = bool(answered) and all(call.cost_usd is not None for call in answered)
        return Usage(
            calls=len(self.calls),
            tokens_in=sum(call.tokens_in for call in self.calls),
            tokens_out=sum(call.tokens_out for call in self.calls),
            cost_usd=sum(costs, Decimal(0)) if is_known else None,
        )


@dataclass
class Entry:
    """One request in the books, while it is under way."""

    response: ModelResponse | None = None
    began: float = field(default_factory=time.monotonic)

    @property
    def tokens(self) -> int:
        usage = self.response.usage if self.response else None
        return usage.input_tokens + usage.output_tokens if usage else 0


class Requests:
    """All requests of one gateway. `send` returns a response that has something in it."""

    def __init__(
        self,
        endpoint: Endpoint,
        pacer: Pacer,
        breaker: Breaker,
        on_call: OnCall,
        before_call: BeforeCall,
    ) -> None:
        self._endpoint, self._pacer, self._breaker = endpoint, pacer, breaker
        self._on_call, self._before_call = on_call, before_call
        self._outage = Outage(endpoint.concurrency)
        self._places = asyncio.Semaphore(endpoint.concurrency)
        self._typical: dict[str, float] = {}

    async def send(self, tally: Tally, ask: Ask, *, seconds: float) -> ModelResponse:
        """Ask, and ask again while that is worth it. `seconds` bound one attempt."""
        self._breaker.check()
        try:
            async for attempt in self._breaker.attempts(attempts(tally.prompt.purpose)):
                with attempt:
                    return await self._attempt(tally, ask, attempt.num, seconds)
        except Unreachable as error:
            self._breaker.open(unreachable(error, self._endpoint))
            self._breaker.check()
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(self, tally: Tally, ask: Ask, number: int, seconds: float) -> ModelResponse:
        expected = self._expected_tokens(tally.prompt)
        async with self._place():
            await self._turn(expected)
            self._ask_leave()
            entry = Entry()
            try:
                with self._booked(tally, number, entry), model_call():
                    entry.response = await self._ask(ask, seconds)
                    check_response(entry.response)
                self._outage.end()
            except ProviderError as error:
                await self._tell_others(error)
                raise
            finally:
                await self._pacer.settle(entry.tokens - expected)
        return entry.response

    def _ask_leave(self) -> None:
        """Raises SystemicError where no request may start; whoever waits is then told, too."""
        try:
            self._before_call()
        except SystemicError as error:
            self._breaker.open(error)
        self._breaker.check()

    async def _ask(self, ask: Ask, seconds: float) -> ModelResponse:
        try:
            async with asyncio.timeout(seconds):
                return await ask()
        except Exception as error:  # noqa: BLE001 - whatever it is, it has a name of ours
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                # A library may answer a cancellation with an error of its own.
                raise asyncio.CancelledError from None
            ours = translate(error, self._endpoint)
        # Not chained: what the library raises may show the key in a traceback.
        raise ours

    async def _tell_others(self, error: ProviderError) -> None:
        """Before anybody can start another call."""
        if isinstance(error, Again):
            await self._tell_of_trouble(error)
        elif isinstance(error, SystemicError):
            await self._give_up(error)
        else:
            self._outage.end()

    async def _tell_of_trouble(self, error: Again) -> None:
        """Have everybody wait where one failure will hardly stay alone; give up what stays bad."""
        wait = error.wait or 0.0
        if isinstance(error, TooMany):
            wait = wait or HOLD_SECONDS
            if self._outage.crowd():
                await self._give_up(crowded(error, self._endpoint))
        elif not isinstance(error, Unreachable):
            wait = max(wait, self._outage.fail())
        if math.isinf(wait):
            await self._give_up(failing(error, self._endpoint, times=self._outage.failures))
        elif wait:
            await self._pacer.hold(wait)

    async def _give_up(self, error: SystemicError) -> None:
        self._breaker.open(error)
        await self._pacer.refuse(str(error))

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """One of the calls this process may have under way."""
        await self._breaker.race(self._places.acquire())
        try:
            yield
        finally:
            self._places.release()

    async def _turn(self, tokens: float) -> None:
        """Wait until the fleet's limits let another call start."""
        returned = 0.0
        while True:
            wait = self._heed(await self._pacer.take(tokens, returned))
            if wait <= 0:
                return
            await self._breaker.race(asyncio.sleep(wait))
            # Meanwhile somebody may have been told to wait, and so are we: then it is no turn.
            if self._heed(await self._pacer.held()) <= 0:
                return
            returned = tokens

    def _heed(self, turn: Turn) -> float:
        """How long to wait; raises what another process was told."""
        if turn.refusal:
            self._breaker.open(SystemicError(turn.refusal, detail="another process was told"))
            self._breaker.check()
        return turn.wait

    def _expected_tokens(self, prompt: Prompt) -> float:
        sent = len((prompt.system + prompt.user).encode()) / BYTES_PER_TOKEN
        return sent + min(prompt.max_tokens, self._typical.get(prompt.purpose, prompt.max_tokens))

    @contextmanager
    def _booked(self, tally: Tally, number: int, entry: Entry) -> Iterator[None]:
        """Whatever becomes of the request, there is one entry of it."""
        error: BaseException | None = None
        try:
            yield
        except BaseException as raised:
            error = raised
            raise
        finally:
            call = self._describe(tally, number, entry, error)
            tally.calls.append(call)
            self._learn(call)
            self._on_call(call)

    def _describe(
        self, tally: Tally, number: int, entry: Entry, error: BaseException | None
    ) -> ModelCall:
        prompt, response = tally.prompt, entry.response
        usage = response.usage if response else None
        return ModelCall(
            purpose=prompt.purpose,
            prompt_version=prompt.version,
            model=self._endpoint.model,
            attempt=number,
            seconds=time.monotonic() - entry.began,
            outcome=outcome_of(error),
            error=type(error).__name__ if error else "",
            tokens_in=usage.input_tokens if usage else 0,
            tokens_out=usage.output_tokens if usage else 0,
            tokens_cached=usage.cache_read_tokens if usage else 0,
            cost_usd=cost_of(response, self._endpoint) if response else None,
        )

    def _learn(self, call: ModelCall) -> None:
        """How long answers to such prompts are; somewhat more is what the next turn asks for."""
        LLM_TOKENS.add(call.tokens_in, direction="in")
        LLM_TOKENS.add(call.tokens_out, direction="out")
        if call.tokens_out:
            typical = self._typical.get(call.purpose, 1.25 * call.tokens_out)
            self._typical[call.purpose] = 0.8 * typical + 0.2 * 1.25 * call.tokens_out


def check_response(response: ModelResponse) -> None:
    """Raises CutOffError, ContentError or Again for a response that nobody can use."""
    if response.finish_reason == "length":
        raise CutOffError("The answer was cut off at the limit of tokens.")
    if response.finish_reason == "content_filter":
        raise ContentError("The model server's content filter refused this.")
    parts = response.parts
    if not any(isinstance(part, ToolCallPart) or _says_something(part) for part in parts):
        raise Again("The model server answered nothing.")


def _says_something(part: object) -> bool:
    """Thoughts alone are nothing; they are not always told apart where they are streamed."""
    return isinstance(part, TextPart) and bool(strip_thoughts(part.content).strip())


def price_of(endpoint: Endpoint, tokens_in: int, tokens_out: int) -> Decimal | None:
    """US dollars for so many tokens of an endpoint; None where nobody knows."""
    usage = RequestUsage(input_tokens=tokens_in, output_tokens=tokens_out)
    answer = ModelResponse(
        parts=[], usage=usage, model_name=endpoint.model, provider_url=endpoint.base_url
    )
    return cost_of(answer, endpoint)


def cost_of(response: ModelResponse, endpoint: Endpoint) -> Decimal | None:
    """US dollars; None where nobody knows."""
    usage = response.usage
    if endpoint.prices is not None:
        return endpoint.prices.cost(usage.input_tokens, usage.output_tokens)
    if not usage.output_tokens:
        return None
    try:
        return response.cost().total_price
    except (LookupError, ValueError, AssertionError):
        return None
