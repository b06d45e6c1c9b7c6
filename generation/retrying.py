"""Trying again what failed, when a person asks for it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction

from concepts.artifact_states import ArtifactState
from concepts.models import Artifact
from generation.events import Event, append_events
from generation.models import EventType
from generation.run_states import RunState
from generation.services import move_run

_AGAIN = {
    "state": ArtifactState.PENDING,
    "attempts": 0,
    "finished_at": None,
    "error_class": "",
    "error_public": "",
    "error_detail": "",
}


@transaction.atomic
def retry_artifacts(run_id: uuid.UUID, artifact_ids: Iterable[int]) -> int:
    """Queue a closed run once more for these of its failed artifacts; return how many.

    0 while the run is open: what failed can be asked for again once it is over.
    """
    chosen = Artifact.objects.filter(
        pk__in=list(artifact_ids), run_id=run_id, state=ArtifactState.FAILED
    )
    ids = list(chosen.order_by("pk").select_for_update().values_list("pk", flat=True))
    if not ids or not move_run(run_id, RunState.QUEUED, reason="", finished_at=None):
        return 0
    Artifact.objects.filter(pk__in=ids).update(**_AGAIN)
    append_events(run_id, [Event(EventType.RUN_RESUMED, payload={"retried": len(ids)})])
    return len(ids)
