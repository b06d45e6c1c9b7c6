"""The ledger of one puller: each request to a model server is counted at once and kept in batches.

Every request counts, also those that failed, were repeated or were cancelled, with the tokens the
server told of. That is what a run's budget is about, and what the run's own totals tell.
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
from generation.port.calls import ModelCall
from generation.port.provider import Provider, keeps_books
from generation.port.spent import Spent
from generation.puller.batching import FinishedQueue, collect_batches
from generation.runs.budgets import BudgetSpent, RunBudget

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

    `keep` stores records, or has them stored, and may be given the same ones again.
    """

    def __init__(
        self, run_id: uuid.UUID, *, budget: RunBudget, keep: Keep, drain_seconds: float
    ) -> None:
        self._run_id = run_id
        self._budget = budget
        self._keep = keep
        self._drain_seconds = drain_seconds
        self._queue: FinishedQueue[CallRecord] = FinishedQueue()
        self._own, self._others = Spent(), Spent()
        self._warned = False
        self._keeping: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._keeping = asyncio.create_task(self._keep_all(), name="keep the ledger")
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        assert self._keeping is not None
        self._queue.close()
        try:
            await finish(self._keeping, seconds=self._drain_seconds)
        except TimeoutError as error:
            log.exception("ledger_records_lost", error=brief_error(error))

    @property
    def spent(self) -> Spent:
        """By this puller, so far."""
        return self._own

    def learn(self, others: Spent) -> None:
        """What other pullers of the run have spent, as the rows tell."""
        self._others = others

    def check(self) -> None:
        reason = self._budget.refusal(self._own + self._others)
        if reason is not None:
            raise BudgetSpent(reason)

    def charge(self, provider: Provider, usage: Spent) -> None:
        """What came from a provider that keeps no books itself."""
        if not keeps_books(provider):
            self._own += usage

    def note(self, call: ModelCall) -> None:
        cost = None if call.cost_usd is None else call.cost_usd.quantize(CENT_PARTS)
        self._own += Spent(1, call.tokens_in, call.tokens_out, cost)
        self._warn_if_unpriced(call)
        self._queue.put(_record(self._run_id, call, cost))

    def _warn_if_unpriced(self, call: ModelCall) -> None:
        is_unpriced = call.cost_usd is None and call.tokens_out > 0
        if self._budget.max_cost_usd is not None and is_unpriced and not self._warned:
            self._warned = True
            # An error, for the limit does not hold; commands show nothing less.
            log.error(
                "llm_cost_unknown",
                model=call.model,
                hint="RUN_MAX_COST_USD cannot hold: set LLM_PRICE_INPUT and LLM_PRICE_OUTPUT.",
            )

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


def _record(run_id: uuid.UUID, call: ModelCall, cost: Decimal | None) -> CallRecord:
    return CallRecord(
        id=str(uuid.uuid4()),
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
