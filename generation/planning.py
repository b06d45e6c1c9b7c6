"""The plan of a run: asked of the provider, checked in code, written in one transaction."""

from __future__ import annotations

import asyncio
import uuid
from functools import partial

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from generation import services
from generation.draining import finish
from generation.log_events import brief_error, log_retry
from generation.outline import Outline, check_outline, settle_prerequisites, warn_pace
from generation.patience import OUTAGES, PatientDb
from generation.pauses import pause_before
from generation.providers.base import (
    GoalRefused,
    Provider,
    ProviderError,
    SystemicError,
    TransientError,
    Usage,
    Written,
)
from generation.providers.calls import BeforeCall, allow_call
from generation.refusals import explain_refusal
from generation.run_states import RunState

log = structlog.get_logger(__name__)

UNEXPECTED = "Planning this failed unexpectedly."


async def plan_roadmap(
    claim: services.RunClaim,
    puller_id: uuid.UUID,
    *,
    provider: Provider,
    db: PatientDb,
    attempts: int,
    retry_seconds: float,
    before: BeforeCall = allow_call,
) -> None:
    """Have the outline made and saved, or the run stopped with the reason why not.

    `before` raises SystemicError where nothing may be spent.
    """
    stop = partial(db.run, services.stop_run, claim.run_id, planner=puller_id)
    try:
        before()
        written = await _ask(claim, provider, attempts=attempts, retry_seconds=retry_seconds)
    except SystemicError as error:
        await stop(RunState.PAUSED, str(error), usage=error.usage)
    except ProviderError as error:
        is_refused = isinstance(error, GoalRefused)
        await stop(RunState.FAILED, str(error), usage=error.usage, is_refused=is_refused)
    except (SoftTimeLimitExceeded, *OUTAGES):
        raise
    except Exception as error:
        log.exception("provider_failed", error=brief_error(error))
        await stop(RunState.FAILED, UNEXPECTED)
    else:
        await _accept(claim, puller_id, written, db=db)


async def _ask(
    claim: services.RunClaim, provider: Provider, *, attempts: int, retry_seconds: float
) -> Written[Outline]:
    for attempt in range(1, attempts + 1):
        try:
            return await provider.outline(claim.request)
        except (TransientError, OSError) as error:
            if attempt == attempts:
                usage = error.usage if isinstance(error, ProviderError) else None
                raise ProviderError(str(error), usage=usage) from error
            pause = pause_before(attempt, retry_seconds)
            log_retry(attempt, pause, error)
            await asyncio.sleep(pause)
    raise AssertionError("unreachable")


async def _accept(
    claim: services.RunClaim, puller_id: uuid.UUID, written: Written[Outline], *, db: PatientDb
) -> None:
    """Save an outline that can be used; also when somebody cancels just now: it is paid for."""
    problems = check_outline(written.content, claim.request)
    if problems:
        reason = "The outline cannot be used: " + "; ".join(problems)
        await _refuse(claim, puller_id, reason, written.usage, db=db)
        return
    prerequisites, dropped = settle_prerequisites(written.content)
    saving = db.run(
        services.save_outline,
        claim.run_id,
        puller_id,
        written.content,
        prerequisites=prerequisites,
        dropped=dropped,
        usage=written.usage,
        warnings=warn_pace(written.content, claim.request, timezone.localdate()),
    )
    try:
        await finish(saving, seconds=db.seconds)
    except (SoftTimeLimitExceeded, *OUTAGES):
        raise
    except Exception as error:  # noqa: BLE001 - whatever the database says of it, asking again costs again
        await _refuse(claim, puller_id, explain_refusal(error), written.usage, db=db)


async def _refuse(
    claim: services.RunClaim, puller_id: uuid.UUID, reason: str, usage: Usage, *, db: PatientDb
) -> None:
    await db.run(
        services.stop_run, claim.run_id, RunState.FAILED, reason, planner=puller_id, usage=usage
    )
