"""The plan of a run: asked of the provider, checked in code, written in one transaction."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Sequence
from functools import partial

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from generation.awaiting.draining import finish
from generation.log_events import brief_error, log_retry
from generation.port.errors import (
    ContentError,
    GoalRefused,
    ProviderError,
    SystemicError,
    TransientError,
)
from generation.port.outline import Outline
from generation.port.outline_rules import check_outline, settle_prerequisites
from generation.port.pace import warn_pace
from generation.port.provider import Provider, Written, keeps_books
from generation.port.spent import Spent
from generation.puller.ledger import Ledger
from generation.puller.limits import Limits
from generation.puller.patience import OUTAGES, PatientDb
from generation.puller.refusals import explain_refusal
from generation.run_states import RunState
from generation.runs import batches, claims, lifecycle

log = structlog.get_logger(__name__)

UNEXPECTED = "Planning this failed unexpectedly."


async def plan_roadmap(
    claim: claims.RunClaim,
    puller_id: uuid.UUID,
    *,
    provider: Provider,
    db: PatientDb,
    limits: Limits,
    ledger: Ledger,
) -> None:
    """Have the outline made and saved, or the run stopped with the reason why not."""

    async def stop(
        state: RunState, error: ProviderError, instead: Sequence[str] | None = None
    ) -> None:
        told = {"planner": puller_id, "spent": ledger.spent, "instead": instead}
        reason, detail = str(error), error.detail
        if isinstance(error, GoalRefused) and error.for_learners != reason:
            # Whoever typed the goal reads why it was refused.
            reason, detail = error.for_learners, detail or reason
        unit = partial(lifecycle.stop_run, claim.run_id, state, reason, detail=detail)
        await db.run(unit, **told)

    try:
        ledger.check()
        written = await _ask(claim, provider, limits, ledger)
        _check(written.content, claim)
        await _save(claim, puller_id, written.content, db=db, spent=ledger.spent)
    except SystemicError as error:
        await stop(RunState.PAUSED, error)
    except GoalRefused as error:
        await stop(RunState.FAILED, error, error.suggestions)
    except ProviderError as error:
        await stop(RunState.FAILED, error)
    except (SoftTimeLimitExceeded, *OUTAGES):
        raise
    except Exception as error:
        log.exception("provider_failed", error=brief_error(error))
        await stop(RunState.FAILED, ProviderError(UNEXPECTED, detail=repr(error)))


async def _ask(
    claim: claims.RunClaim, provider: Provider, limits: Limits, ledger: Ledger
) -> Written[Outline]:
    for attempt in itertools.count(1):
        try:
            written = await provider.outline(claim.request)
        except (TransientError, OSError) as error:
            pause = limits.pause_after(attempt, repeats_itself=keeps_books(provider))
            if pause is None:
                # Nothing is lost by asking again later; when, is for people to say.
                raise SystemicError(
                    f"The plan could not be made for now: {error}",
                    detail=error.detail if isinstance(error, ProviderError) else repr(error),
                ) from error
            log_retry(attempt, pause, error)
            await asyncio.sleep(pause)
        else:
            ledger.charge(provider, written.usage)
            return written
    raise AssertionError("unreachable")


def _check(outline: Outline, claim: claims.RunClaim) -> None:
    problems = check_outline(outline, claim.request)
    if problems:
        raise ContentError("The outline cannot be used: " + "; ".join(problems))


async def _save(
    claim: claims.RunClaim,
    puller_id: uuid.UUID,
    outline: Outline,
    *,
    db: PatientDb,
    spent: Spent,
) -> None:
    """Also when somebody cancels just now: it is paid for."""
    prerequisites, dropped = settle_prerequisites(outline)
    saving = db.run(
        batches.save_outline,
        claim.run_id,
        puller_id,
        outline,
        prerequisites=prerequisites,
        dropped=dropped,
        spent=spent,
        warnings=warn_pace(outline, claim.request, timezone.localdate()),
    )
    try:
        await finish(saving, seconds=db.seconds)
    except (SoftTimeLimitExceeded, *OUTAGES):
        raise
    except Exception as error:
        # Whatever the database says of it: asking again would cost again.
        raise ContentError(explain_refusal(error)) from error
