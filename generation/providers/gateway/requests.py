"""One request to the server: its place, its turn, its repetitions, and the books."""

from __future__ import annotations

import asyncio
import math
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace

from pydantic_ai.messages import ModelResponse

from connection_budget.holding import hold_nothing_for
from generation.awaiting.apart import apart
from generation.awaiting.draining import heed_cancellation
from generation.metrics import LLM_TOKENS, model_call, outcome_of
from generation.port.calls import BeforeCall, ModelCall, OnCall
from generation.port.errors import ContentError, CutOffError, ProviderError, SystemicError
from generation.providers.dialogue import Prompt
from generation.providers.endpoints import Endpoint
from generation.providers.gateway.breaker import Breaker
from generation.providers.gateway.ceilings import ceiling_of, is_told, says_no
from generation.providers.gateway.endings import Ending
from generation.providers.gateway.entries import Ask, Asking, Entry, Tally
from generation.providers.gateway.errors import (
    Again,
    Costless,
    Forbidden,
    NoRoom,
    NoServer,
    Rejected,
    TooMany,
    Unreachable,
    crowded,
    failing,
    refused,
    translate,
    unreachable,
)
from generation.providers.gateway.outage import Trouble
from generation.providers.gateway.pacing import Pacer, Turn
from generation.providers.gateway.repeating import attempts
from generation.providers.gateway.responses import check_response, cost_of, tokens_about

# "Too many" without a word on when to come again.
HOLD_SECONDS = 1.0
# Said before anything was written.
UNREAD = (TooMany, Unreachable, Costless, ContentError, SystemicError)

# Between two starts in one process. Places come free together; their next calls must not all be
# under way before the first of them hears that the key is refused.
START_SECONDS = 0.02
# Less room than this (tokens) holds no artifact.
LEAST_ROOM = 1_000


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
        self._outage = Trouble(endpoint.concurrency)
        self._places = asyncio.Semaphore(endpoint.concurrency)
        self._typical: dict[str, float] = {}
        self._most_room = sys.maxsize
        self._has_answered = False
        self._next_start = 0.0

    async def send(
        self,
        tally: Tally,
        ask: Ask,
        *,
        seconds: float,
        ending: Ending | None = None,
        sent: str = "",
    ) -> ModelResponse:
        """Ask, and ask again while that is worth it. `seconds` bound one attempt; `ending` is that
        of the stream that is read by then; `sent` all that is sent, where it is not the prompt."""
        hold_nothing_for("a model's answer")
        asking = Asking(ask, seconds, ending, sent or tally.prompt.system + tally.prompt.user)
        self._breaker.check()
        try:
            again = attempts(tally.prompt.purpose, lasts=self._outage.lasts)
            async for attempt in self._breaker.attempts(again):
                with attempt:
                    return await self._attempt(tally, asking, attempt.num)
        except Unreachable as error:
            self._breaker.open(unreachable(error, self._endpoint))
            self._breaker.check()
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(self, tally: Tally, asking: Asking, number: int) -> ModelResponse:
        entry = Entry(tally.prompt, min(tally.room, self._most_room), asking.ending)
        async with self._place():
            try:
                await self._turn(entry)
                await self._queue_up()
                await self._ask_leave(entry, asking)
                with self._booked(tally, number, entry), model_call():
                    return await self._ask_and_tell(entry, asking)
            except NoRoom as error:
                self._shrink(tally, entry, error)
                raise
            except ProviderError:
                # It may have been the last straw; then this request, too, is told so.
                self._breaker.check()
                raise
            finally:
                await self._pacer.settle(entry.tokens_used() - entry.reserved)

    async def _ask_and_tell(self, entry: Entry, asking: Asking) -> ModelResponse:
        """What the server says of a request concerns all others: of this process and the fleet."""
        try:
            entry.response = await self._ask(entry, asking)
            # It looks through all of a text for what is more than thoughts.
            await apart(check_response, entry.response, asking.ending)
            entry.is_whole = True
        except ProviderError as error:
            await self._tell_others(error, entry.prompt.subject)
            raise
        self._outage.answer()
        self._has_answered = True
        return entry.response

    async def _ask_leave(self, entry: Entry, asking: Asking) -> None:
        """Raises SystemicError where no request may start; whoever waits is then told, too."""

        async def reserve() -> None:
            most = ceiling_of(asking.sent, entry.room, self._endpoint)
            entry.give_back = await self._before_call(entry.id, most)

        try:
            await self._breaker.race(reserve(), undo=entry.unreserve)
        except SystemicError as error:
            self._breaker.open(error)
        self._breaker.check()

    async def _ask(self, entry: Entry, asking: Asking) -> ModelResponse:
        entry.is_sent, entry.began = True, time.monotonic()
        try:
            async with asyncio.timeout(asking.seconds):
                response = await asking.ask(entry.room)
        except Exception as error:  # noqa: BLE001 - whatever it is, it has a name of ours
            heed_cancellation()
            entry.is_free, ours = says_no(error), self._translate(error)
        else:
            # A library may answer a cancellation with half an answer, or with an error of its own.
            heed_cancellation()
            return response
        entry.is_refused = isinstance(ours, UNREAD) and not isinstance(ours, CutOffError)
        # Not chained: what the library raises may show the key in a traceback.
        raise ours

    def _translate(self, error: Exception) -> ProviderError:
        ours = translate(error, self._endpoint)
        if isinstance(ours, NoServer) and self._has_answered:
            # A page of whoever stands before it, while it is away.
            return Again("The model server answered with something else.", detail=ours.detail)
        return ours

    def fit(self, prompt: Prompt) -> Prompt:
        return replace(prompt, max_tokens=min(prompt.max_tokens, self._most_room))

    def _shrink(self, tally: Tally, entry: Entry, error: NoRoom) -> None:
        """What is refused for its size costs nothing: half of it is tried, and by all others, too,
        unless it was too much for a context together with this prompt."""
        tally.room = entry.room // 2
        if tally.room < LEAST_ROOM:
            raise Rejected("The model server has no room for this.", detail=error.detail)
        if not error.is_of_context:
            self._most_room = min(self._most_room, tally.room)

    async def _tell_others(self, error: ProviderError, subject: str) -> None:
        """Before anybody can start another call. What we make of many errors stays in this
        process: others see for themselves."""
        if isinstance(error, Costless):
            self._outage.end()
        elif isinstance(error, Again):
            await self._tell_of_trouble(error, subject)
        elif isinstance(error, SystemicError):
            # In the server's own words: that concerns the account, and so everybody.
            self._breaker.open(error)
            await self._pacer.refuse(str(error))
        elif isinstance(error, Rejected | Forbidden):
            refuse = self._outage.reject if isinstance(error, Rejected) else self._outage.forbid
            if refuse(subject):
                self._breaker.open(refused(error, self._endpoint))
        else:
            self._outage.answer()

    async def _tell_of_trouble(self, error: Again, subject: str) -> None:
        """Have everybody wait where one failure will hardly stay alone; give up what stays bad."""
        wait = error.wait or 0.0
        if isinstance(error, TooMany):
            wait = wait or HOLD_SECONDS
            if self._outage.crowd():
                self._breaker.open(crowded(error, self._endpoint))
        elif not isinstance(error, Unreachable):
            wait = max(wait, self._outage.fail(subject))
        if math.isinf(wait):
            self._breaker.open(failing(error, self._endpoint, times=self._outage.failures))
        elif wait:
            await self._pacer.hold(wait)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """One of the calls this process may have under way."""
        await self._breaker.race(self._places.acquire(), undo=self._places.release)
        try:
            yield
        finally:
            self._places.release()

    async def _turn(self, entry: Entry) -> None:
        """Wait until the fleet's limits let another call start."""
        tokens = self._expected_tokens(entry.prompt)
        while True:
            turn = await self._pacer.take(tokens, entry.reserved)
            entry.reserved = tokens
            wait = self._heed(turn)
            if wait <= 0:
                return
            await self._breaker.race(asyncio.sleep(wait))
            # Meanwhile somebody may have been told to wait, and so are we: then it is no turn.
            if self._heed(await self._pacer.held()) <= 0:
                return

    async def _queue_up(self) -> None:
        """Start one after another."""
        now = time.monotonic()
        start = max(now, self._next_start)
        self._next_start = start + START_SECONDS
        if start > now:
            await self._breaker.race(asyncio.sleep(start - now))

    def _heed(self, turn: Turn) -> float:
        """How long to wait; raises what another process was told."""
        if turn.refusal:
            self._breaker.open(SystemicError(turn.refusal, detail="another process was told"))
            self._breaker.check()
        return turn.wait

    def _expected_tokens(self, prompt: Prompt) -> float:
        sent = tokens_about(prompt.system + prompt.user)
        most = self.fit(prompt).max_tokens
        return sent + min(most, self._typical.get(prompt.purpose, most))

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
        prompt, usage = tally.prompt, entry.usage()
        return ModelCall(
            purpose=prompt.purpose,
            prompt_version=prompt.version,
            model=self._endpoint.model,
            attempt=number,
            seconds=time.monotonic() - entry.began,
            outcome=outcome_of(error),
            error=type(error).__name__ if error else "",
            tokens_in=usage.input_tokens,
            tokens_out=usage.output_tokens,
            tokens_cached=usage.cache_read_tokens,
            cost_usd=cost_of(entry.response, usage, self._endpoint) if entry.response else None,
            is_told=is_told(entry),
            id=entry.id,
        )

    def _learn(self, call: ModelCall) -> None:
        """How long answers to such prompts are; somewhat more is what the next turn asks for."""
        LLM_TOKENS.add(call.tokens_in, direction="in")
        LLM_TOKENS.add(call.tokens_out, direction="out")
        if call.tokens_out:
            typical = self._typical.get(call.purpose, 1.25 * call.tokens_out)
            self._typical[call.purpose] = 0.8 * typical + 0.2 * 1.25 * call.tokens_out
