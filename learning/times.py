"""How long whole roadmaps take, read beside them: one statement, whatever their number."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject

from concepts.models import Concept
from concepts.times import Times
from roadmaps.models import Roadmap


def with_times(roadmaps: QuerySet[Roadmap]) -> QuerySet[Roadmap]:
    """For `times_of`."""
    said = JSONObject(
        lesson=Sum("lesson_minutes"),
        practice=Sum("practice_minutes"),
        reading=Sum("reading_minutes"),
    )
    theirs = Concept.objects.filter(roadmap=OuterRef("pk")).order_by().values("roadmap")
    return roadmaps.annotate(times_found=Subquery(theirs.annotate(said=said).values("said")))


def times_of(roadmap: Roadmap) -> Times:
    """Nothing, where it has no concepts yet, or was read otherwise."""
    found: dict[str, Any] | None = getattr(roadmap, "times_found", None)
    return Times(**found) if found else Times()
