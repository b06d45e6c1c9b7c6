"""Having the details of modules planned: saved at once, each in a transaction of its own."""

from __future__ import annotations

import uuid

import structlog
from celery.exceptions import SoftTimeLimitExceeded

from generation.awaiting.apart import apart
from generation.awaiting.draining import finish
from generation.log_events import brief_error, log_retry
from generation.metrics import ARTIFACTS, provider_call
from generation.port.details import ModuleDetails, check_details
from generation.port.errors import ContentError, ProviderError, SystemicError, TransientError
from generation.port.provider import PlansInSteps, Provider, keeps_books
from generation.puller.ledger import Ledger
from generation.puller.limits import Limits
from generation.puller.patience import OUTAGES, PatientDb
from generation.puller.refusals import explain_refusal
from generation.puller.saving import Hook
from generation.runs.batches import SavedBatch
from generation.runs.details import (
    DETAILS,
    DetailsFailure,
    DetailsWork,
    fail_details,
    save_details,
)

log = structlog.get_logger(__name__)

UNEXPECTED = "Planning this failed unexpectedly."


class Detailer:
    """Plans modules for one puller; `held` are those it has claimed and not settled yet.

    `on_saved` is awaited after each commit, as it is after a batch.
    """

    def __init__(
        self,
        run_id: uuid.UUID,
        puller_id: uuid.UUID,
        provider: Provider,
        *,
        db: PatientDb,
        ledger: Ledger,
        limits: Limits,
        on_saved: Hook,
    ) -> None:
        self._run_id = run_id
        self._puller_id = puller_id
        self._provider = provider
        self._db = db
        self._ledger = ledger
        self._limits = limits
        self._on_saved = on_saved
        self.held: dict[int, DetailsWork] = {}
        # Why nothing more can be planned until a person acts, once that is known.
        self.refusal: str | None = None

    async def plan(self, work: DetailsWork) -> None:
        """To its end, in the rows; nothing a provider does is raised."""
        try:
            details = await self._ask(work)
        except SoftTimeLimitExceeded:
            raise
        except SystemicError as error:
            self.refusal = self.refusal or str(error)
            await self._fail(work, error, retry_seconds=0.0)
        except (TransientError, OSError) as error:
            repeats_itself = keeps_books(self._provider)
            pause = self._limits.pause_after(work.attempts, repeats_itself=repeats_itself)
            if pause is not None:
                log_retry(work.attempts, pause, error)
            await self._fail(work, error, retry_seconds=pause)
        except Exception as error:  # noqa: BLE001 - a provider's bug costs one module
            await self._fail(work, error)
        else:
            await self._save(work, details)

    async def _ask(self, work: DetailsWork) -> ModuleDetails:
        provider = self._provider
        if not isinstance(provider, PlansInSteps):
            raise ContentError("Whoever writes this roadmap plans no single modules.")
        with provider_call(provider):
            written = await provider.details(work.request, work.skeleton, work.place)
        self._ledger.charge(provider, written.usage)
        problems = await apart(check_details, written.content, work.skeleton, work.place)
        if problems:
            raise ContentError("The details cannot be used: " + "; ".join(problems))
        return written.content

    async def _save(self, work: DetailsWork, details: ModuleDetails) -> None:
        """Also when somebody stops this process just now: it is paid for."""
        saving = self._db.run(
            save_details,
            self._run_id,
            self._puller_id,
            work.module_id,
            details,
            spent=self._ledger.spent,
        )
        try:
            seq = await finish(saving, seconds=self._db.seconds)
        except (SoftTimeLimitExceeded, *OUTAGES):
            raise
        except Exception as error:  # noqa: BLE001 - what the database says of it is kept
            await self._fail(work, ContentError(explain_refusal(error), detail=repr(error)))
            return
        if seq:
            ARTIFACTS.add(kind=DETAILS, outcome="ready")
            log.info("details_saved", artifact=work.label, concepts=len(details.concepts))
            await self._tell(seq)

    async def _tell(self, seq: int) -> None:
        """Whoever listens must not hold up the planning, nor end it."""
        try:
            await self._on_saved(SavedBatch(self._run_id, (), (), seq))
        except Exception:
            log.exception("hook_failed")

    async def _fail(
        self, work: DetailsWork, error: Exception, *, retry_seconds: float | None = None
    ) -> None:
        known = isinstance(error, ProviderError | OSError)
        if not known:
            log.error("provider_failed", attempt=work.attempts, exc_info=error)
        if isinstance(error, ProviderError):
            self._ledger.charge(self._provider, error.usage)
        failure = DetailsFailure(
            work.module_id,
            public=str(error) if known else UNEXPECTED,
            detail=error.detail if isinstance(error, ProviderError) else repr(error),
            retry_seconds=retry_seconds,
        )
        spent = self._ledger.spent
        failing = self._db.run(fail_details, self._run_id, self._puller_id, failure, spent=spent)
        if await finish(failing, seconds=self._db.seconds):
            ARTIFACTS.add(kind=DETAILS, outcome="failed")
            log.warning(
                "details_failed",
                artifact=work.label,
                attempt=work.attempts,
                error_class=type(error).__name__,
                error=brief_error(failure.public),
            )
