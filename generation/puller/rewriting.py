"""What one puller does alone: planning a run, and one artifact written anew.

That artifact goes on being read in the version it has: it changes in the transaction that brings
the new one, and not at all where none comes of it.
"""

from __future__ import annotations

import asyncio
import itertools
import uuid
from dataclasses import replace
from functools import partial

import structlog
from celery.exceptions import SoftTimeLimitExceeded

from concepts.drafts import FailureDraft, VersionDraft
from generation.awaiting.draining import finish
from generation.log_events import brief_error
from generation.metrics import ARTIFACTS
from generation.port.provider import Provider
from generation.puller.ledger import Ledger
from generation.puller.limits import Limits
from generation.puller.patience import OUTAGES, PatientDb
from generation.puller.planning import plan_roadmap
from generation.puller.refusals import draft_refusal
from generation.puller.writing import Writer
from generation.run_states import RunState
from generation.runs import lifecycle, rewriting
from generation.runs.claims import RunClaim
from generation.runs.work import Work

log = structlog.get_logger(__name__)


async def do_alone(
    claim: RunClaim,
    puller_id: uuid.UUID,
    *,
    provider: Provider,
    db: PatientDb,
    limits: Limits,
    ledger: Ledger,
) -> None:
    """To its end, whatever that is: then the run has a plan, or has ended, or was stopped."""
    if claim.needs_outline:
        await plan_roadmap(claim, puller_id, provider=provider, db=db, limits=limits, ledger=ledger)
        return
    rewriter = _Rewriter(claim.run_id, puller_id, Writer(provider, ledger, limits), db, ledger)
    await rewriter.rewrite()


class _Rewriter:
    def __init__(
        self, run_id: uuid.UUID, puller_id: uuid.UUID, writer: Writer, db: PatientDb, ledger: Ledger
    ) -> None:
        self._run_id = run_id
        self._puller_id = puller_id
        self._writer = writer
        self._db = db
        self._ledger = ledger

    async def rewrite(self) -> None:
        if await self._db.run(rewriting.finish_with_kept, self._run_id):
            return
        work = await self._db.run(rewriting.get_work, self._run_id)
        for attempt in itertools.count(1):
            draft = await self._writer.draft(replace(work, attempts=attempt))
            if isinstance(draft, VersionDraft):
                await self._save(work, draft)
                return
            if self._writer.refusal is not None:
                await self._stop(RunState.PAUSED, self._writer.refusal, draft.detail)
                return
            if draft.retry_seconds is None:
                await self._fail(work, draft)
                return
            await asyncio.sleep(draft.retry_seconds)

    async def _save(self, work: Work, draft: VersionDraft) -> None:
        """Also when somebody stops this process just now: it is paid for."""
        saving = self._db.run(
            rewriting.save_new_version, self._run_id, self._puller_id, draft, self._ledger.spent
        )
        try:
            is_new = await finish(saving, seconds=self._db.seconds)
        except (SoftTimeLimitExceeded, *OUTAGES):
            raise
        except Exception as error:  # noqa: BLE001 - what the database says of it is kept
            await self._fail(work, draft_refusal(draft, error))
            return
        if is_new:
            ARTIFACTS.add(kind=work.kind.value, outcome="ready")

    async def _fail(self, work: Work, failure: FailureDraft) -> None:
        ARTIFACTS.add(kind=work.kind.value, outcome="failed")
        log.warning(
            "artifact_failed",
            artifact=work.label,
            error_class=failure.error_class,
            error=brief_error(failure.public),
        )
        await self._stop(RunState.FAILED, failure.public, failure.detail)

    async def _stop(self, state: RunState, reason: str, detail: str = "") -> None:
        unit = partial(lifecycle.stop_run, self._run_id, state, reason, detail=detail)
        await self._db.run(unit, planner=self._puller_id, spent=self._ledger.spent)
