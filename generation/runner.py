"""Running a puller in this process: one event loop, the role's lanes, the configured limits."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import uuid
from collections.abc import Iterator
from contextlib import closing

from django.conf import settings

from connections.conf import get_role
from connections.executor import DbExecutor
from generation.models import GenerationRun
from generation.outline import Outline, OutlineRequest, check_outline
from generation.pipeline import Limits, pull
from generation.providers.base import GoalRefused, Provider
from generation.providers.registry import get_provider
from generation.run_states import RunState
from generation.saving import Hook, ignore


def configured_limits(*, follow: bool) -> Limits:
    return Limits(
        model_calls=settings.LLM_MAX_CONCURRENCY,
        batch_concepts=settings.BATCH_MAX_CONCEPTS,
        batch_seconds=settings.BATCH_MAX_SECONDS,
        follow=follow,
    )


def open_executor() -> DbExecutor:
    """As many lanes, so permits, as this process's role may have connections."""
    return DbExecutor(get_role().connections)


def get_run_provider(run_id: uuid.UUID) -> str:
    return GenerationRun.objects.values_list("provider", flat=True).get(pk=run_id)


def plan(request: OutlineRequest, provider: Provider) -> Outline:
    """An outline that would be accepted, without writing anything. Raises GoalRefused."""
    outline = asyncio.run(provider.outline(request)).content
    problems = check_outline(outline, request)
    if problems:
        raise GoalRefused("The outline cannot be used: " + "; ".join(problems))
    return outline


def work_on(run_id: uuid.UUID) -> RunState:
    """Pull for a run until nothing is left to claim, with lanes of its own."""
    with closing(open_executor()) as db:
        provider = get_provider(db.run_sync(get_run_provider, run_id))
        limits = configured_limits(follow=False)
        return asyncio.run(pull(run_id, provider=provider, db=db, limits=limits))


def pull_until_closed(
    run_id: uuid.UUID, *, provider: Provider, db: DbExecutor, on_saved: Hook = ignore
) -> RunState:
    """Pull for a run to its end. Raises KeyboardInterrupt on SIGINT and SIGTERM, after saving."""

    async def main() -> RunState:
        with _sigterm_cancels():
            return await pull(
                run_id,
                provider=provider,
                db=db,
                limits=configured_limits(follow=True),
                on_saved=on_saved,
            )

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


@contextlib.contextmanager
def _sigterm_cancels() -> Iterator[None]:
    """asyncio.run turns SIGINT into a cancellation; this does the same for SIGTERM."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    try:
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    except (NotImplementedError, RuntimeError, ValueError):
        yield  # not the main thread: whoever started us handles signals
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
