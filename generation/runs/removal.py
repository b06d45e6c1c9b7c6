"""Removing a roadmap with all that belongs to it, be it still being written."""

from __future__ import annotations

import uuid

from django.db import transaction

from concepts.leases import lock_artifacts
from concepts.models import Artifact
from generation.models import GenerationRun
from generation.run_states import UNDER_WAY, RunState
from generation.runs.lifecycle import stop_run
from generation.runs.modules import lock_rows
from roadmaps.models import Module, Roadmap


def delete_roadmap(roadmap_id: uuid.UUID) -> bool:
    """One unit; False where it is gone already. Whoever still writes it finds nothing to write."""
    open_runs = GenerationRun.objects.filter(roadmap=roadmap_id, state__in=UNDER_WAY)
    for run_id in open_runs.order_by("pk").values_list("pk", flat=True):
        stop_run(run_id, RunState.CANCELLED, "The roadmap was deleted.")
    with transaction.atomic():
        # In the order in which a batch takes them: artifacts, modules, their run, its roadmap.
        mine = Artifact.objects.filter(concept__roadmap=roadmap_id)
        lock_artifacts(mine.values_list("pk", flat=True))
        lock_rows(Module.objects.filter(stage__roadmap=roadmap_id))
        runs = GenerationRun.objects.filter(roadmap=roadmap_id).order_by("pk")
        list(runs.select_for_update().values_list("pk", flat=True))
        roadmap = Roadmap.objects.select_for_update().filter(pk=roadmap_id).first()
        if roadmap is not None:
            roadmap.delete()
    return roadmap is not None
