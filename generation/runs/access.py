from __future__ import annotations

import uuid

from django.shortcuts import get_object_or_404

from generation.models import GenerationRun
from roadmaps.access import Visitor, visible_to


def get_visible_run(visitor: Visitor, run_id: uuid.UUID) -> GenerationRun:
    """A run is seen by those who see its roadmap. Raises Http404."""
    runs = GenerationRun.objects.select_related("roadmap")
    return get_object_or_404(runs, visible_to(visitor, path="roadmap__"), pk=run_id)
