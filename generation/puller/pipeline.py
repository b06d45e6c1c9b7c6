"""One puller: claims artifacts from the rows, has them written, and writes them back in batches.

Two bounds, never mixed: the *model bound* (calls under way in this process) and the *permits*
(database units under way, held by the DbExecutor). No connection is held while a provider is
waited for. What a provider has returned is written even when the puller is cancelled.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars

from concepts.drafts import Draft
from connection_budget.lanes.executor import DbExecutor
from generation.awaiting.draining import fail_with, finish, first_error
from generation.port.errors import CannotOpen
from generation.port.provider import Provider, opened
from generation.puller.aloud import read_aloud
from generation.puller.claiming import Claimer
from generation.puller.detailing import Detailer
from generation.puller.lease_keeping import LeaseKeeper
from generation.puller.ledger import Ledger, Publish
from generation.puller.ledger_rows import open_ledger
from generation.puller.limits import Limits
from generation.puller.patience import PatientDb
from generation.puller.rewriting import do_alone
from generation.puller.saving import Hook, Saver, ignore
from generation.puller.starts import pause_start
from generation.puller.writing import Writer
from generation.run_states import OPEN, RunState
from generation.runs import claims, lifecycle
from generation.runs.details import DetailsWork
from generation.runs.progress import has_pending
from generation.runs.selectors import get_run_state
from generation.runs.work import Work

log = structlog.get_logger(__name__)


async def pull(
    run_id: uuid.UUID,
    *,
    provider: Provider,
    db: DbExecutor,
    limits: Limits,
    on_saved: Hook = ignore,
    on_planned: Callable[[], object] = bool,
    publish: Publish | None = None,
) -> RunState:
    """Work on a run until it is closed (or, without `follow`, until nothing is left to claim).

    Returns the run's state at the end. Cancelled, it saves what is finished, gives the rest back
    and raises CancelledError. Raises OperationalError when the database stays away. The ledger's
    records go to `publish`, which may block; without one they are written here.
    """
    try:
        async with _working(
            run_id, provider, db, limits, publish=publish, on_saved=on_saved
        ) as puller:
            return await puller.work(on_planned)
    except CannotOpen as error:
        return await pause_start(run_id, db, error)


async def plan(
    run_id: uuid.UUID,
    *,
    provider: Provider,
    db: DbExecutor,
    limits: Limits,
    publish: Publish | None = None,
) -> RunState:
    """Have a run planned, unless it is, and return its state."""
    try:
        async with _working(run_id, provider, db, limits, publish=publish) as puller:
            await puller.plan()
    except CannotOpen as error:
        return await pause_start(run_id, db, error)
    return await db.run(get_run_state, run_id)


@asynccontextmanager
async def _working(
    run_id: uuid.UUID,
    provider: Provider,
    db: DbExecutor,
    limits: Limits,
    *,
    publish: Publish | None,
    on_saved: Hook = ignore,
) -> AsyncIterator[Puller]:
    """A puller with its provider opened and its books kept: to the end, when it is cancelled."""
    patient = PatientDb(db, seconds=limits.outage_seconds)
    ledger = open_ledger(run_id, provider, patient, limits, publish)
    try:
        with bound_contextvars(run=str(run_id)):
            async with ledger, opened(provider, ledger):
                yield Puller(run_id, provider, patient, limits, ledger=ledger, on_saved=on_saved)
    except BaseExceptionGroup as group:
        raise first_error(group) from group


class Puller:
    """The state of one `pull`. Its id is the holder's name on the leases it takes."""

    def __init__(
        self,
        run_id: uuid.UUID,
        provider: Provider,
        db: PatientDb,
        limits: Limits,
        *,
        ledger: Ledger,
        on_saved: Hook,
    ) -> None:
        self.id = uuid.uuid4()
        self._run_id = run_id
        self._provider = provider
        self._db = db
        self._limits = limits
        self._ledger = ledger
        self._held: dict[int, Work] = {}  # artifacts claimed and not yet saved
        self._saver = Saver(
            run_id,
            self.id,
            self._db,
            on_saved=on_saved,
            on_settled=self._settled,
            work_of=self._held.__getitem__,
            spent=lambda: ledger.spent,
        )
        self._writer = Writer(provider, ledger, limits, partial(read_aloud, run_id))
        self._means: dict[str, Any] = {"db": self._db, "limits": limits, "ledger": ledger}
        self._detailer = Detailer(run_id, self.id, provider, on_saved=on_saved, **self._means)
        self._claimer = Claimer(run_id, self.id, self._db, limits)
        self._calling = 0
        self._changed = asyncio.Event()
        self._halt: str | None = None
        self._ends_at = time.monotonic() + (limits.max_seconds or float("inf"))

    async def plan(self) -> None:
        """Plan the run where that is left to do, and no more."""
        try:
            async with asyncio.TaskGroup() as group:
                renewing = group.create_task(self._renew(), name="renew leases")
                await self._begin(only_plans=True)
                renewing.cancel()
        finally:
            await finish(self._give_up(), seconds=self._limits.drain_seconds)

    async def work(self, on_planned: Callable[[], object] = bool) -> RunState:
        log.info(
            "content_generation_parallel_config",
            model_calls=self._limits.model_calls,
            permits=self._db.lanes,
            batch_concepts=self._limits.batch_concepts,
        )
        saving = asyncio.create_task(
            self._saver.work(
                max_concepts=self._limits.batch_concepts, max_seconds=self._limits.batch_seconds
            ),
            name="save batches",
        )
        # Leases are renewed to the very end: also while the last calls and batches finish.
        renewing = asyncio.create_task(self._renew(), name="renew leases")
        try:
            await self._claim_and_write(saving, on_planned)
        finally:
            try:
                await finish(self._end(saving), seconds=self._limits.drain_seconds)
            finally:
                renewing.cancel()
        return await self._state()

    async def _claim_and_write(
        self, saving: asyncio.Task[None], on_planned: Callable[[], object]
    ) -> None:
        async with asyncio.TaskGroup() as watching:
            watch = watching.create_task(fail_with(saving), name="watch the saver")
            if await self._begin():
                on_planned()
                async with asyncio.TaskGroup() as writing:
                    await self._claim_all(writing)
            watch.cancel()

    async def _end(self, saving: asyncio.Task[None]) -> None:
        """Write what is finished, then give back the rest."""
        self._saver.close()
        try:
            await saving
        finally:
            await self._give_up()

    async def _give_up(self) -> None:
        """Not worth waiting for a database that is away: leases run out by themselves."""
        await self._db.run_once(claims.give_up_work, self._run_id, self.id, self._ledger.spent)

    async def _state(self) -> RunState:
        return await self._db.run(get_run_state, self._run_id)

    async def _begin(self, *, only_plans: bool = False) -> bool:
        """Join the run, doing first what one alone may do; False when it is closed."""
        while True:
            claim = await self._db.run(
                claims.claim_run,
                self._run_id,
                self.id,
                lease_seconds=self._limits.lease_seconds,
                only_plans=only_plans,
            )
            if claim is not None:
                log.info("run_claimed", puller=str(self.id), needs_outline=claim.needs_outline)
            if claim is None:
                if not self._limits.follow or await self._state() not in OPEN:
                    return False
                await asyncio.sleep(self._limits.poll_seconds)
            elif claim.needs_outline or claim.rewrites:
                # Then look again: it is done, by us or by another, or it has been stopped.
                told: dict[str, Any] = {
                    "db": self._db,
                    "limits": self._limits,
                    "ledger": self._ledger,
                }
                await do_alone(claim, self.id, provider=self._provider, **told)
            else:
                return True

    async def _claim_all(self, group: asyncio.TaskGroup) -> None:
        while self._halt is None and time.monotonic() < self._ends_at:
            self._changed.clear()
            free = self._free_places()
            # Seen to its end although cancelled: what was claimed has to be given back.
            claimed = await finish(self._claim(free), seconds=self._db.seconds) if free else None
            started = self._start(group, claimed) if claimed else 0
            if not started and not self._held and not self._detailer.held:
                if await self._nothing_left():
                    break
            elif started < free or not free:
                await self._wait_for_change()
        if self._halt is not None:
            # At once, so that nobody else starts another call in vain.
            await self._db.run(lifecycle.stop_run, self._run_id, RunState.PAUSED, self._halt)

    def _start(self, group: asyncio.TaskGroup, claimed: claims.Claimed) -> int:
        """Begin with all that was claimed; return how much."""
        for details in claimed.details:
            self._detailer.held[details.module_id] = details
            group.create_task(self._plan_module(details), name=f"details of {details.title}")
        for work in claimed.works:
            self._held[work.artifact_id] = work
            group.create_task(self._write(work), name=f"{work.kind.value} of {work.brief.key}")
        self._calling += len(claimed)
        return len(claimed)

    def _free_places(self) -> int:
        return min(self._limits.model_calls - self._calling, self._limits.unsaved - len(self._held))

    async def _claim(self, limit: int) -> claims.Claimed:
        return await self._claimer.claim(limit, self._held, self._detailer.held)

    async def _wait_for_change(self) -> None:
        """Until a place is free, or it is time to look whether others gave something back."""
        try:
            async with asyncio.timeout(self._limits.poll_seconds):
                await self._changed.wait()
        except TimeoutError:
            pass

    async def _nothing_left(self) -> bool:
        """Whether this puller is done: the run is closed, or the rest is in others' hands."""
        if await self._db.run(lifecycle.close_run, self._run_id) is not None:
            return True
        if await self._state() != RunState.RUNNING:
            return True
        if not self._limits.follow and not await self._db.run(has_pending, self._run_id):
            return True
        await asyncio.sleep(self._limits.poll_seconds)
        return False

    async def _renew(self) -> None:
        keeper = LeaseKeeper(self._run_id, self.id, self._db, self._limits)
        await keeper.keep(self._held, self._detailer.held)

    async def _write(self, work: Work) -> None:
        """Have one artifact written; a failure is a result like any other."""
        bind_contextvars(artifact=work.label)  # in this asyncio task alone
        try:
            draft = await self._writer.draft(work)
            self._halt = self._halt or self._writer.refusal
            self._saver.put(draft)
        except BaseException:
            self._held.pop(work.artifact_id, None)
            raise
        finally:
            self._calling -= 1
            self._changed.set()

    async def _plan_module(self, work: DetailsWork) -> None:
        """Have one module planned; then there is something to write."""
        bind_contextvars(artifact=work.label)  # in this asyncio task alone
        try:
            await self._detailer.plan(work)
            self._halt = self._halt or self._detailer.refusal
        finally:
            self._detailer.held.pop(work.module_id, None)
            self._calling -= 1
            self._changed.set()

    def _settled(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            self._held.pop(draft.artifact_id, None)
        self._changed.set()
