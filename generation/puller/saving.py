"""From finished artifacts to rows: batches, one transaction each, and what to do with refusals."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import structlog

from concepts.drafts import Draft, FailureDraft, VersionDraft
from generation.log_events import brief_error
from generation.metrics import ARTIFACTS, BATCH_CONCEPTS, BATCH_SECONDS
from generation.port.spent import Spent
from generation.puller.batching import FinishedQueue, collect_batches
from generation.puller.patience import OUTAGES, PatientDb
from generation.puller.refusals import draft_refusal
from generation.runs.batches import SavedBatch, save_batch
from generation.runs.work import Work

log = structlog.get_logger(__name__)

Hook = Callable[[SavedBatch], Awaitable[None]]


async def ignore(_batch: SavedBatch) -> None:
    """The hook of those who need none."""


class Saver:
    """Writes what is put into it, in batches, as many at once as there are lanes.

    `on_saved` is awaited after each commit with what was written; `on_settled` is told which
    drafts have left the process; until then `work_of` tells what an artifact's id stands for.
    `spent` tells what the puller has spent so far.
    """

    def __init__(
        self,
        run_id: uuid.UUID,
        puller_id: uuid.UUID,
        db: PatientDb,
        *,
        on_saved: Hook,
        on_settled: Callable[[Sequence[Draft]], None],
        work_of: Callable[[int], Work],
        spent: Callable[[], Spent] = Spent,
    ) -> None:
        self._run_id = run_id
        self._puller_id = puller_id
        self._db = db
        self._on_saved = on_saved
        self._on_settled = on_settled
        self._work_of = work_of
        self._spent = spent
        self._queue: FinishedQueue[Draft] = FinishedQueue()

    def put(self, draft: Draft) -> None:
        self._queue.put(draft)

    def close(self) -> None:
        """Nothing more will be put; `work` ends when everything is written."""
        self._queue.close()

    async def work(self, *, max_concepts: int, max_seconds: float) -> None:
        batches = collect_batches(
            self._queue,
            concept_of=lambda draft: draft.concept_id,
            max_concepts=max_concepts,
            max_seconds=max_seconds,
        )
        free_lanes = asyncio.Semaphore(self._db.lanes)
        async with asyncio.TaskGroup() as saves:
            async for batch in batches:
                await free_lanes.acquire()
                save = saves.create_task(self._save(batch), name="save a batch")
                save.add_done_callback(lambda _: free_lanes.release())

    async def _save(self, drafts: Sequence[Draft]) -> None:
        """Write a batch; one that is refused is halved until the culprit stands alone."""
        try:
            saved = await self._commit(drafts)
        except OUTAGES:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is said of it, only the culprit may suffer
            await self._save_apart(drafts, error)
            return
        self._on_settled(drafts)
        await self._tell(saved)

    async def _tell(self, saved: SavedBatch) -> None:
        """Whoever listens must not hold up the writing, nor end it."""
        try:
            await self._on_saved(saved)
        except Exception:
            log.exception("hook_failed")

    async def _save_apart(self, drafts: Sequence[Draft], error: Exception) -> None:
        if len(drafts) > 1:
            middle = len(drafts) // 2
            await self._save(drafts[:middle])
            await self._save(drafts[middle:])
        elif isinstance(drafts[0], VersionDraft):
            await self._save([draft_refusal(drafts[0], error)])
        else:
            raise error

    async def _commit(self, drafts: Sequence[Draft]) -> SavedBatch:
        started = time.monotonic()
        saved = await self._db.run(save_batch, self._run_id, self._puller_id, drafts, self._spent())
        seconds = time.monotonic() - started
        log.info(
            "db_batch_committed",
            concepts=saved.concepts,
            artifacts=len(saved.ready) + len(saved.failed),
            rows=saved.rows,
            seconds=round(seconds, 4),
        )
        _count(saved, seconds)
        for failure in saved.failed:
            self._log_failure(failure)
        return saved

    def _log_failure(self, failure: FailureDraft) -> None:
        work = self._work_of(failure.artifact_id)
        log.warning(
            "artifact_failed",
            artifact=work.label,
            attempt=work.attempts,
            error_class=failure.error_class,
            error=brief_error(failure.public),
        )


def _count(saved: SavedBatch, seconds: float) -> None:
    BATCH_CONCEPTS.observe(saved.concepts)
    BATCH_SECONDS.observe(seconds)
    for outcome, drafts in (("ready", saved.ready), ("failed", saved.failed)):
        for kind, number in Counter(draft.kind.value for draft in drafts).items():
            ARTIFACTS.add(number, kind=kind, outcome=outcome)
