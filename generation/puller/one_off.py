"""Books for a question that belongs to no run: a dry run, or a look whether a model answers.

It counts for the site, and for whoever it is asked for. Where nothing is limited no database is
needed.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from accounts.models import User
from connection_budget.conf import get_role
from connection_budget.lanes.executor import DbExecutor
from generation.awaiting.apart import apart
from generation.port.allowances import Allowance
from generation.port.calls import Books, Ceiling, GiveBack, ModelCall, NoBooks, OnCall, ignore_call
from generation.puller.patience import PatientDb
from generation.puller.purse import Purse
from generation.runs.allowances import allowance_of, site_allowance
from generation.runs.reservations import Bill

WAIT_SECONDS = 20.0


class OneOff:
    """`Books` of one purse, without a ledger: that is about runs."""

    def __init__(self, purse: Purse, on_call: OnCall) -> None:
        self._purse, self._on_call = purse, on_call

    async def reserve(self, call: uuid.UUID, most: Ceiling) -> GiveBack:
        return await self._purse.reserve(call, most)

    def note(self, call: ModelCall) -> None:
        tokens = call.tokens_in + call.tokens_out
        self._purse.settle(Bill(call.id, tokens, call.cost_usd, not call.is_told), None)
        self._on_call(call)


class _Heard(NoBooks):
    def __init__(self, on_call: OnCall) -> None:
        self._on_call = on_call

    def note(self, call: ModelCall) -> None:
        self._on_call(call)


@asynccontextmanager
async def open_books(
    *, model: str, owner: User | None = None, on_call: OnCall = ignore_call
) -> AsyncIterator[Books]:
    """Inside it a provider or a gateway may ask."""
    allowances: list[Allowance] = [site_allowance()]
    if owner is not None:
        allowances.append(allowance_of(owner))
    limited = [one for one in allowances if one]
    if not limited:
        yield _Heard(on_call)
        return
    db = DbExecutor(get_role().connections)
    try:
        async with Purse(
            PatientDb(db, seconds=WAIT_SECONDS), lambda: limited, model=model
        ) as purse:
            yield OneOff(purse, on_call)
    finally:
        # Connections are not closed in a loop.
        await apart(db.close)
