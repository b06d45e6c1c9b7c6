"""What one puller may still spend: set aside before each request, and settled by its bill.

Without a limit there is nothing to ask, and no unit runs for a request.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

import structlog
from django.db import IntegrityError

from generation.awaiting.draining import finish
from generation.log_events import brief_error
from generation.port.allowances import Allowance, LimitMet, Refusal
from generation.port.calls import Ceiling, GiveBack
from generation.port.errors import TransientError
from generation.puller.batching import FinishedQueue
from generation.puller.patience import OUTAGES, PatientDb
from generation.runs import reservations
from generation.runs.reservations import Bill

log = structlog.get_logger(__name__)

# Between two looks whether others have their bills.
FIRST_LOOK_SECONDS, LONGEST_LOOK_SECONDS = 0.1, 2.0
# Times a bill is written again whose run goes just now.
ATTEMPTS = 3

# The bills, and what else is to be written in the same transaction.
Settle = Callable[[Sequence[Bill], list[Any]], object]
List = Callable[[], Sequence[Allowance]]


def settle_alone(bills: Sequence[Bill], _records: list[Any]) -> object:
    """For those who keep no ledger."""
    return reservations.settle(bills)


class Purse:
    """Inside `async with`; leaving it settles what is left.

    `list_allowances` is a unit; it is asked again three times a lease, for limits change.
    """

    def __init__(
        self,
        db: PatientDb,
        list_allowances: List,
        *,
        run_id: uuid.UUID | None = None,
        model: str = "",
        settle: Settle = settle_alone,
        lease_seconds: float = 30.0,
        drain_seconds: float = 60.0,
    ) -> None:
        self._db, self._list = db, list_allowances
        self._settle_unit = settle
        self._lease_seconds, self._drain_seconds = lease_seconds, drain_seconds
        self._reserve_unit = partial(
            reservations.reserve, run_id=run_id, model=model, lease_seconds=lease_seconds
        )
        self._allowances: Sequence[Allowance] = ()
        self._held: set[uuid.UUID] = set()
        self._bills: FinishedQueue[tuple[Bill, object]] = FinishedQueue()
        # One after another, so that nobody overtakes who waits for room.
        self._turn = asyncio.Lock()
        self._settled = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._allowances = await self._db.run(self._list)
        self._tasks = [
            asyncio.create_task(self._settle_all(), name="settle bills"),
            asyncio.create_task(self._renew(), name="renew reservations"),
        ]
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        settling, renewing = self._tasks
        self._bills.close()
        try:
            await finish(settling, seconds=self._drain_seconds)
        except TimeoutError as error:
            log.exception("bills_lost", error=brief_error(error))
        finally:
            renewing.cancel()

    async def reserve(self, call: uuid.UUID, most: Ceiling) -> GiveBack:
        """Raises LimitMet; TransientError where the database does not answer."""
        if not self._allowances:
            return bool
        async with self._turn:
            self._held.add(call)
            try:
                await self._reserve(call, most)
            except OUTAGES as error:
                self._give_back(call)
                raise TransientError(
                    "What may be spent could not be looked up.", detail=repr(error)
                ) from error
            except BaseException:
                # Cancelled in the midst of it, it may have been set aside all the same.
                self._give_back(call)
                raise
        return partial(self._give_back, call)

    async def _reserve(self, call: uuid.UUID, most: Ceiling) -> None:
        pause = FIRST_LOOK_SECONDS
        while (refusal := await self._ask(call, most)) is not None:
            if not refusal.waits:
                raise LimitMet(refusal.reason)
            await self._wait_for_bills(pause)
            pause = min(2 * pause, LONGEST_LOOK_SECONDS)

    async def _ask(self, call: uuid.UUID, most: Ceiling) -> Refusal | None:
        self._settled.clear()
        if not self._allowances:
            return None
        return await self._db.run(self._reserve_unit, call, most, self._allowances)

    async def _wait_for_bills(self, seconds: float) -> None:
        """Of our own calls one hears; of those of other processes not."""
        try:
            async with asyncio.timeout(seconds):
                await self._settled.wait()
        except TimeoutError:
            pass

    def _give_back(self, call: uuid.UUID) -> None:
        self.settle(Bill(call), None)

    def settle(self, bill: Bill, record: object) -> bool:
        """False where nothing was set aside for it. `record` is written with it, where there is
        one; nothing is waited for."""
        if bill.call not in self._held:
            return False
        self._held.discard(bill.call)
        self._bills.put((bill, record))
        return True

    async def _settle_all(self) -> None:
        while (first := await self._bills.get()) is not None:
            waiting = [first, *self._bills.take_waiting()]
            bills = [bill for bill, _record in waiting]
            records = [record for _bill, record in waiting if record is not None]
            try:
                await self._write(bills, records)
            except Exception as error:
                # What is set aside counts until its time is up, and no longer.
                log.exception("bills_lost", bills=len(bills), error=brief_error(error))
            self._settled.set()

    async def _write(self, bills: list[Bill], records: list[Any]) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._db.run(self._settle_unit, bills, records)
            except IntegrityError:
                # A run went just now; the next time its records are left out.
                if attempt == ATTEMPTS:
                    raise
            else:
                return

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._lease_seconds / 3)
            try:
                self._allowances = await self._db.run(self._list)
                if self._held:
                    calls, lease = sorted(self._held), self._lease_seconds
                    await self._db.run(reservations.renew, calls, lease_seconds=lease)
            except OUTAGES as error:
                log.warning("reservations_not_renewed", error=brief_error(error))
