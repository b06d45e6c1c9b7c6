"""Starts that come to nothing. They are counted in the rows, so that no run is begun for ever.

What counts are starts in a row since something last happened to the run: any event begins anew.
"""

from __future__ import annotations

import uuid

from django.db import transaction

from connection_budget.lanes.executor import DbExecutor
from generation.models import GenerationRun
from generation.port.errors import ProviderError
from generation.run_states import OPEN, RunState
from generation.runs import lifecycle
from generation.runs.selectors import get_run_state

FAILED = "Something unexpected failed each time this was begun."


async def pause_start(run_id: uuid.UUID, db: DbExecutor, error: Exception) -> RunState:
    """Pause a run that cannot be begun here, and say why; the state it is in then."""
    detail = error.detail if isinstance(error, ProviderError) else ""
    await db.run(lifecycle.stop_run, run_id, RunState.PAUSED, str(error), detail=detail)
    return await db.run(get_run_state, run_id)


@transaction.atomic
def count_failed_start(run_id: uuid.UUID, error: str) -> bool:
    """One more that failed for a reason nobody foresaw; whether the run is paused for it."""
    run = GenerationRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None or run.state not in OPEN:
        return False
    starts = lifecycle.count_start(run)
    if starts < lifecycle.MOST_STARTS:
        return False
    return lifecycle.stop_run(run_id, RunState.PAUSED, FAILED, detail=error)
