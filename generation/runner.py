"""Running a puller in this process: one event loop, the role's lanes, the configured limits."""

from __future__ import annotations

import asyncio
import contextlib
import math
import signal
import uuid
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

from django.conf import settings

from connections.conf import get_budget, get_role
from connections.executor import DbExecutor
from connections.process import process_executor
from generation.hints import close_channel_layer, send_hint
from generation.outline import Outline, OutlineRequest, check_outline
from generation.pipeline import Limits, plan, pull
from generation.providers.base import GoalRefused, Provider
from generation.providers.registry import get_provider
from generation.run_states import RunState
from generation.saving import Hook, ignore
from generation.selectors import (
    count_unfinished,
    get_last_seq,
    get_run_provider,
    has_pending,
)
from generation.services import SavedBatch

# A puller in a worker claims nothing more after this long, so that runs take turns.
PULL_SECONDS = 300.0

R = TypeVar("R")


def configured_limits(*, follow: bool) -> Limits:
    return Limits(
        model_calls=settings.LLM_MAX_CONCURRENCY,
        batch_concepts=settings.BATCH_MAX_CONCEPTS,
        batch_seconds=settings.BATCH_MAX_SECONDS,
        follow=follow,
        max_seconds=None if follow else PULL_SECONDS,
    )


def open_executor() -> DbExecutor:
    """As many lanes, so permits, as this process's role may have connections."""
    return DbExecutor(get_role().connections)


def plan_outline(request: OutlineRequest, provider: Provider) -> Outline:
    """An outline that would be accepted, without writing anything. Raises GoalRefused."""
    outline = asyncio.run(provider.outline(request)).content
    problems = check_outline(outline, request)
    if problems:
        raise GoalRefused("The outline cannot be used: " + "; ".join(problems))
    return outline


def join_broker() -> None:
    """Start or join the embedded Redis where no REDIS_URL names another."""
    if settings.EMBEDDED_REDIS is not None:
        settings.EMBEDDED_REDIS.join()


def in_lane(unit: Callable[..., R], *arguments: Any) -> R:
    """A unit on the lanes of this process, for callers without an event loop."""
    return process_executor().run_sync(unit, *arguments)


def plan_run(run_id: uuid.UUID) -> int:
    """Have a run planned; return how many pullers should work on it."""
    db, provider = process_executor(), get_provider(in_lane(get_run_provider, run_id))
    limits = configured_limits(follow=False)
    state = run_here(pull_and_tell(plan(run_id, provider=provider, db=db, limits=limits), run_id))
    if state is not RunState.RUNNING:
        return 0
    unfinished = in_lane(count_unfinished, run_id)
    processes = get_budget().role("content_generation").processes
    return max(1, min(processes, math.ceil(unfinished / limits.model_calls)))


def work_on(run_id: uuid.UUID) -> tuple[RunState, bool]:
    """Pull until nothing is left to claim or time is up; the state, and whether to go on later."""
    db, provider = process_executor(), get_provider(in_lane(get_run_provider, run_id))
    pulling = pull(
        run_id,
        provider=provider,
        db=db,
        limits=configured_limits(follow=False),
        on_saved=hint_after,
    )
    state = run_here(pull_and_tell(pulling, run_id))
    return state, state is RunState.RUNNING and in_lane(has_pending, run_id)


async def hint_after(batch: SavedBatch) -> None:
    await send_hint(batch.run_id, batch.last_seq)


async def pull_and_tell(work: Coroutine[Any, Any, RunState], run_id: uuid.UUID) -> RunState:
    """Tell the watchers when work on a run has ended, too."""
    state = await work
    await send_hint(run_id, await process_executor().run(get_last_seq, run_id))
    await close_channel_layer()
    return state


def run_here(work: Coroutine[Any, Any, R]) -> R:
    """Run to the end in a loop of its own. On SIGTERM it saves, then this raises SystemExit."""

    async def main() -> R:
        with _sigterm_cancels():
            return await work

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        raise SystemExit(143) from None  # 128 + SIGTERM


def pull_until_closed(
    run_id: uuid.UUID, *, provider: Provider, db: DbExecutor, on_saved: Hook = ignore
) -> RunState:
    """Pull for a run to its end. Raises KeyboardInterrupt on SIGINT and SIGTERM, after saving."""
    limits = configured_limits(follow=True)
    try:
        return run_here(pull(run_id, provider=provider, db=db, limits=limits, on_saved=on_saved))
    except SystemExit:
        raise KeyboardInterrupt from None


@contextlib.contextmanager
def _sigterm_cancels() -> Iterator[None]:
    """asyncio.run turns SIGINT into a cancellation; this does the same for SIGTERM."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    before = signal.getsignal(signal.SIGTERM)
    try:
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    except (NotImplementedError, RuntimeError, ValueError):
        yield  # not the main thread: whoever started us handles signals
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(signal.SIGTERM, before)
