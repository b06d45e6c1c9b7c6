"""The plan of a run: asked of the provider, checked in code, written in one transaction."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

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
from generation.port.outline_rules import check_outline, settle_prerequisites
from generation.port.pace import warn_pace
from generation.port.provider import (
    PlansAtOnce,
    PlansInSteps,
    Provider,
    Written,
    keeps_books,
)
from generation.port.skeleton_rules import check_skeleton
from generation.puller.aloud import draw_aloud
from generation.puller.drafting import refuse
from generation.puller.ledger import Ledger
from generation.puller.limits import Limits
from generation.puller.patience import OUTAGES, PatientDb
from generation.puller.refusals import explain_refusal
from generation.run_states import RunState
from generation.runs import batches, claims, lifecycle, plans

log = structlog.get_logger(__name__)

T = TypeVar("T")

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

    stop = partial(_stop, claim, puller_id=puller_id, db=db, ledger=ledger)
    try:
        planner = _Planner(claim, puller_id, provider, db=db, limits=limits, ledger=ledger)
        await planner.plan()
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


async def _stop(
    claim: claims.RunClaim,
    state: RunState,
    error: ProviderError,
    instead: Sequence[str] | None = None,
    *,
    puller_id: uuid.UUID,
    db: PatientDb,
    ledger: Ledger,
) -> None:
    reason, detail = str(error), error.detail
    if isinstance(error, GoalRefused) and error.for_learners != reason:
        # Whoever typed the goal reads why it was refused.
        reason, detail = error.for_learners, detail or reason
    if state is RunState.FAILED and claim.base is not None:
        keep = partial(plans.keep_former_plan, claim.run_id, puller_id, reason)
        if await db.run(keep, spent=ledger.spent):
            return
    told = {"planner": puller_id, "spent": ledger.spent, "instead": instead}
    unit = partial(lifecycle.stop_run, claim.run_id, state, reason, detail=detail)
    await db.run(unit, **told)


class _Planner:
    """Asks for a plan in the way of its provider: at once, or its skeleton first."""

    def __init__(
        self,
        claim: claims.RunClaim,
        puller_id: uuid.UUID,
        provider: Provider,
        *,
        db: PatientDb,
        limits: Limits,
        ledger: Ledger,
    ) -> None:
        self._claim = claim
        self._puller_id = puller_id
        self._provider = provider
        self._db = db
        self._limits = limits
        self._ledger = ledger

    async def plan(self) -> None:
        provider, request = self._provider, self._claim.request
        if isinstance(provider, PlansInSteps):
            base, wish = self._claim.base, self._claim.wish
            async with draw_aloud(self._claim.run_id) as heard:
                ask = partial(provider.skeleton, request, base=base, wish=wish, listener=heard)
                skeleton = (await self._ask(ask)).content
            refuse("skeleton", check_skeleton(skeleton, request))
            await self._save(batches.save_skeleton, skeleton)
            return
        assert isinstance(provider, PlansAtOnce), "whoever writes can also plan"
        written = await self._ask(lambda: provider.outline(request))
        outline = written.content
        refuse("outline", check_outline(outline, request, authored=written.authored))
        prerequisites, dropped = settle_prerequisites(outline)
        warnings = warn_pace(outline.total_minutes(), request, timezone.localdate())
        told = {"prerequisites": prerequisites, "dropped": dropped, "warnings": warnings}
        await self._save(batches.save_outline, outline, **told)

    async def _ask(self, ask: Callable[[], Awaitable[Written[T]]]) -> Written[T]:
        for attempt in itertools.count(1):
            try:
                written = await ask()
            except (TransientError, OSError) as error:
                repeats_itself = keeps_books(self._provider)
                pause = self._limits.pause_after(attempt, repeats_itself=repeats_itself)
                if pause is None:
                    # Nothing is lost by asking again later; when, is for people to say.
                    raise SystemicError(
                        f"The plan could not be made for now: {error}",
                        detail=error.detail if isinstance(error, ProviderError) else repr(error),
                    ) from error
                log_retry(attempt, pause, error)
                await asyncio.sleep(pause)
            else:
                self._ledger.charge(self._provider, written.usage)
                return written
        raise AssertionError("unreachable")

    async def _save(self, unit: Callable[..., bool], plan: object, **told: object) -> None:
        """Also when somebody cancels just now: it is paid for."""
        run_id, spent = self._claim.run_id, self._ledger.spent
        saving = self._db.run(unit, run_id, self._puller_id, plan, spent=spent, **told)
        try:
            await finish(saving, seconds=self._db.seconds)
        except (SoftTimeLimitExceeded, *OUTAGES):
            raise
        except Exception as error:
            # Whatever the database says of it: asking again would cost again.
            raise ContentError(explain_refusal(error)) from error
