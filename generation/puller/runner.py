"""Running a puller in this process: one event loop, the role's lanes, the configured limits."""

from __future__ import annotations

import asyncio
import math
import uuid
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User
from connection_budget.conf import get_budget, get_role
from connection_budget.lanes.executor import DbExecutor
from connection_budget.process import process_executor
from generation.awaiting.draining import finish
from generation.live.hints import close_channel_layer, send_hint
from generation.log_events import brief_error
from generation.port.outline import Outline
from generation.port.provider import Provider
from generation.port.request import OutlineRequest
from generation.providers.registry import get_provider
from generation.puller.drafting import draft_plan
from generation.puller.ledger import Publish
from generation.puller.limits import Limits
from generation.puller.one_off import open_books
from generation.puller.patience import OUTAGES
from generation.puller.pipeline import plan, pull
from generation.puller.saving import Hook, ignore
from generation.puller.starts import count_failed_start, pause_start
from generation.puller.stopping import Stop
from generation.run_states import RunState
from generation.runs.batches import SavedBatch
from generation.runs.progress import count_unfinished, has_pending
from generation.runs.selectors import get_last_seq, get_run_provider, is_gone

log = structlog.get_logger(__name__)

# A puller in a worker claims nothing more after this long, so that runs take turns.
PULL_SECONDS = 300.0
# Longer than a unit may take, a repetition included; what runs then is the server's to end.
DRAIN_SECONDS = 35.0

R = TypeVar("R")


def configured_limits(*, follow: bool) -> Limits:
    return Limits(
        model_calls=settings.LLM_MAX_CONCURRENCY,
        batch_concepts=settings.BATCH_MAX_CONCEPTS,
        batch_seconds=settings.BATCH_MAX_SECONDS,
        lease_seconds=settings.LEASE_SECONDS,
        follow=follow,
        max_seconds=None if follow else PULL_SECONDS,
    )


def open_executor() -> DbExecutor:
    """As many lanes, so permits, as this process's role may have connections."""
    return DbExecutor(get_role().connections)


def plan_outline(request: OutlineRequest, provider: Provider, owner: User | None = None) -> Outline:
    """An outline that would be accepted, without writing anything. Raises ProviderError."""
    return asyncio.run(_draft(request, provider, owner))


async def _draft(request: OutlineRequest, provider: Provider, owner: User | None) -> Outline:
    async with open_books(model=provider.model, owner=owner) as books:
        return await draft_plan(request, provider, books, at_once=settings.LLM_MAX_CONCURRENCY)


def join_broker() -> None:
    """Start or join the embedded Redis where no REDIS_URL names another."""
    if settings.EMBEDDED_REDIS is not None:
        settings.EMBEDDED_REDIS.join()


def in_lane(unit: Callable[..., R], *arguments: Any) -> R:
    """A unit on the lanes of this process, for callers without an event loop."""
    return process_executor().run_sync(unit, *arguments)


def plan_run(run_id: uuid.UUID, publish: Publish | None = None) -> int:
    """Have a run planned; return how many pullers should work on it."""
    limits = configured_limits(follow=False)

    def planning(provider: Provider) -> Coroutine[Any, Any, RunState]:
        db = process_executor()
        return plan(run_id, provider=provider, db=db, limits=limits, publish=publish)

    if begin(run_id, planning) is not RunState.RUNNING:
        return 0
    unfinished = in_lane(count_unfinished, run_id)
    processes = get_budget().role("content_generation").processes
    return max(1, min(processes, math.ceil(unfinished / limits.model_calls)))


def work_on(run_id: uuid.UUID, publish: Publish | None = None) -> tuple[RunState, bool]:
    """Pull until nothing is left to claim or time is up; the state, and whether to go on later."""

    def pulling(provider: Provider) -> Coroutine[Any, Any, RunState]:
        return pull(
            run_id,
            provider=provider,
            db=process_executor(),
            limits=configured_limits(follow=False),
            on_saved=hint_after,
            publish=publish,
        )

    state = begin(run_id, pulling)
    return state, state is RunState.RUNNING and in_lane(has_pending, run_id)


def begin(run_id: uuid.UUID, work: Callable[[Provider], Coroutine[Any, Any, RunState]]) -> RunState:
    """Work on a run with whoever writes it; the state it is in afterwards.

    What fails here is begun again by the next sweep: so a provider that cannot be had pauses the
    run, and anything else is counted. A run whose roadmap was deleted was cancelled before.
    """
    try:
        return _begin(run_id, work)
    except (SoftTimeLimitExceeded, *OUTAGES):
        raise
    except Exception as error:
        if in_lane(is_gone, run_id):
            log.info("run_gone", error=brief_error(error))
            return RunState.CANCELLED
        in_lane(count_failed_start, run_id, repr(error))
        raise


def _begin(
    run_id: uuid.UUID, work: Callable[[Provider], Coroutine[Any, Any, RunState]]
) -> RunState:
    try:
        doing = work(get_provider(in_lane(get_run_provider, run_id)))
    except ImproperlyConfigured as error:
        doing = pause_start(run_id, process_executor(), error)
    return run_here(drained(pull_and_tell(doing, run_id)))


async def hint_after(batch: SavedBatch) -> None:
    await send_hint(batch.run_id, batch.last_seq, batch.about)


async def pull_and_tell(work: Coroutine[Any, Any, RunState], run_id: uuid.UUID) -> RunState:
    """Tell the watchers when work on a run has ended, too."""
    state = await work
    await send_hint(run_id, await process_executor().run(get_last_seq, run_id))
    return state


def run_here(work: Coroutine[Any, Any, R]) -> R:
    """Run to the end in a loop of its own.

    Told to stop, it is cancelled, saves, and then this raises: SoftTimeLimitExceeded past the
    soft limit, SystemExit otherwise. That holds although somebody on the way swallowed it.
    """
    stop = Stop()

    async def main() -> R:
        with stop.cancels_this_task():
            return await work

    try:
        result = asyncio.run(main())
    except BaseException as error:
        if stop:
            raise stop.error() from error
        raise
    if stop:
        raise stop.error()
    return result


async def drained(work: Coroutine[Any, Any, R]) -> R:
    """`work` in a loop that ends: no unit of it goes on when this is over, however it ends."""
    try:
        return await work
    finally:
        await finish(_leave(), seconds=DRAIN_SECONDS + 5)


async def _leave() -> None:
    await process_executor().drain(DRAIN_SECONDS)
    await close_channel_layer()


def pull_until_closed(
    run_id: uuid.UUID,
    *,
    provider: Provider,
    db: DbExecutor,
    on_saved: Hook = ignore,
    on_planned: Callable[[], object] = bool,
) -> RunState:
    """Pull for a run to its end; `on_planned` is called when there is a plan.

    Raises KeyboardInterrupt on SIGINT and SIGTERM, after saving.
    """
    limits = configured_limits(follow=True)
    try:
        return run_here(
            pull(
                run_id,
                provider=provider,
                db=db,
                limits=limits,
                on_saved=on_saved,
                on_planned=on_planned,
            )
        )
    except SystemExit:
        raise KeyboardInterrupt from None
