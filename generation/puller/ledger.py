"""The ledger of one puller: each request to a model server is counted at once and kept in batches.

Every request counts, also those that failed, were repeated or were cancelled, with the tokens the
server told of. That is what limits are about, and what the run's own totals tell. Where a limit
holds, a record is kept at once, with the bill for what was set aside.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from types import TracebackType
from typing import Self, TypedDict

import structlog

from generation.awaiting.draining import finish
from generation.log_events import brief_error
from generation.port.calls import Ceiling, GiveBack, ModelCall, allow_call
from generation.port.provider import Provider, keeps_books
from generation.port.spent import Spent
from generation.puller.batching import FinishedQueue, collect_batches
from generation.puller.purse import Purse
from generation.runs.reservations import Bill

log = structlog.get_logger(__name__)

# A message holds so many records at most (about 350 bytes each), and none is older (seconds).
RECORDS_AT_ONCE = 100
SECONDS_BETWEEN = 2.0
# Fractions of a dollar that are told apart; sums over processes then agree with sums over rows.
CENT_PARTS = Decimal("0.00000001")


class CallRecord(TypedDict):
    """A row of the ledger as JSON can hold it. `id` is made where the call ended."""

    id: str
    run: str
    at: str
    purpose: str
    prompt_version: str
    model: str
    attempt: int
    seconds: float
    outcome: str
    error_class: str
    tokens_in: int
    tokens_out: int
    tokens_cached: int
    cost_usd: str | None


Keep = Callable[[list[CallRecord]], Awaitable[object]]
Publish = Callable[[list[CallRecord]], object]


class Ledger:
    """`Books` for a run's provider. Inside `async with`; leaving it hands on what is left.

    `keep` stores records, or has them stored, and may be given the same ones again. A `purse` says
    what may be spent; it is opened and closed with the ledger.
    """

    def __init__(
        self, run_id: uuid.UUID, *, keep: Keep, drain_seconds: float, purse: Purse | None = None
    ) -> None:
        self._run_id = run_id
        self._purse = purse
        self._keep = keep
        self._drain_seconds = drain_seconds
        self._queue: FinishedQueue[CallRecord] = FinishedQueue()
        self._own = Spent()
        self._keeping: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._purse is not None:
            await self._purse.__aenter__()
        self._keeping = asyncio.create_task(self._keep_all(), name="keep the ledger")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._keeping is not None
        self._queue.close()
        try:
            await finish(self._keeping, seconds=self._drain_seconds)
        except TimeoutError as late:
            log.exception("ledger_records_lost", error=brief_error(late))
        finally:
            if self._purse is not None:
                await self._purse.__aexit__(kind, error, trace)

    @property
    def spent(self) -> Spent:
        """By this puller, so far."""
        return self._own

    async def reserve(self, call: uuid.UUID, most: Ceiling) -> GiveBack:
        """Where nothing is limited, nothing is asked."""
        reserve = self._purse.reserve if self._purse else allow_call
        return await reserve(call, most)

    def charge(self, provider: Provider, usage: Spent) -> None:
        """What came from a provider that keeps no books itself."""
        if not keeps_books(provider):
            self._own += usage

    def note(self, call: ModelCall) -> None:
        cost = None if call.cost_usd is None else call.cost_usd.quantize(CENT_PARTS)
        self._own += Spent(1, call.tokens_in, call.tokens_out, cost)
        record, bill = _record(self._run_id, call, cost), _bill(call, cost)
        if self._purse is None or not self._purse.settle(bill, record):
            self._queue.put(record)

    async def _keep_all(self) -> None:
        batches = collect_batches(
            self._queue,
            concept_of=lambda record: record["id"],
            max_concepts=RECORDS_AT_ONCE,
            max_seconds=SECONDS_BETWEEN,
        )
        async for records in batches:
            try:
                await self._keep(records)
            except Exception as error:
                log.exception("ledger_records_lost", records=len(records), error=brief_error(error))


def _bill(call: ModelCall, cost: Decimal | None) -> Bill:
    return Bill(call.id, call.tokens_in + call.tokens_out, cost, is_assumed=not call.is_told)


def _record(run_id: uuid.UUID, call: ModelCall, cost: Decimal | None) -> CallRecord:
    return CallRecord(
        id=str(call.id),
        run=str(run_id),
        at=datetime.now(UTC).isoformat(),
        purpose=call.purpose,
        prompt_version=call.prompt_version,
        model=call.model,
        attempt=call.attempt,
        seconds=round(call.seconds, 3),
        outcome=call.outcome,
        error_class=call.error,
        tokens_in=call.tokens_in,
        tokens_out=call.tokens_out,
        tokens_cached=call.tokens_cached,
        cost_usd=None if cost is None else f"{cost:f}",
    )
