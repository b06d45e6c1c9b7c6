"""The plan of a run: asked of the provider, checked in code, written in one transaction."""

from __future__ import annotations

import uuid

from django.utils import timezone

from generation import services
from generation.outline import Outline, check_outline, settle_prerequisites, warn_pace
from generation.patience import PatientDb
from generation.providers.base import (
    Provider,
    ProviderError,
    SystemicError,
    TransientError,
    Written,
)
from generation.refusals import REFUSALS, explain_refusal
from generation.run_states import RunState


async def plan_roadmap(
    claim: services.RunClaim,
    puller_id: uuid.UUID,
    *,
    provider: Provider,
    db: PatientDb,
    attempts: int,
) -> bool:
    """Have the outline made and saved; False when the run was stopped instead, with the reason."""
    try:
        written = await _ask(claim, provider, attempts=attempts)
    except SystemicError as error:
        await db.run(services.stop_run, claim.run_id, RunState.PAUSED, str(error))
        return False
    except ProviderError as error:
        await db.run(services.stop_run, claim.run_id, RunState.FAILED, str(error))
        return False
    problems = check_outline(written.content, claim.request)
    if problems:
        reason = "The outline cannot be used: " + "; ".join(problems)
        await db.run(services.stop_run, claim.run_id, RunState.FAILED, reason)
        return False
    prerequisites, dropped = settle_prerequisites(written.content)
    try:
        await db.run(
            services.save_outline,
            claim.run_id,
            puller_id,
            written.content,
            prerequisites=prerequisites,
            dropped=dropped,
            usage=written.usage,
            warnings=warn_pace(written.content, claim.request, timezone.localdate()),
        )
    except REFUSALS as error:
        await db.run(services.stop_run, claim.run_id, RunState.FAILED, explain_refusal(error))
        return False
    return True


async def _ask(claim: services.RunClaim, provider: Provider, *, attempts: int) -> Written[Outline]:
    for attempt in range(1, attempts + 1):
        try:
            return await provider.outline(claim.request)
        except TransientError:
            if attempt == attempts:
                raise
    raise AssertionError("unreachable")
