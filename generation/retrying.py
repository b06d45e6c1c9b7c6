"""Trying again what failed, artifact by artifact, when somebody asks for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction

from concepts.services import retry_failed
from generation.events import Event, append_events
from generation.models import EventType
from generation.run_states import RunState
from generation.services import move_run


@transaction.atomic
def retry_artifacts(run_id: uuid.UUID, artifact_ids: Sequence[int]) -> int:
    """Make these failed artifacts of a run claimable and queue the run again; return how many.

    A run that is open already takes them along.
    """
    retried = retry_failed(run_id, artifact_ids)
    if retried:
        move_run(run_id, RunState.QUEUED, reason="", finished_at=None)
        append_events(run_id, [Event(EventType.RUN_RESUMED, payload={"retried": retried})])
    return retried
