"""How far a learner is, computed here and nowhere else: pages and API show the same number."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from learning.models import ConceptMark
from roadmaps.models import Roadmap


@dataclass(frozen=True)
class Progress:
    """`through`: concepts that are done, known or skipped, of all that a roadmap has."""

    through: int
    total: int

    @property
    def percent(self) -> int:
        """Whole percents, rounded down: 100 means all of it, and nothing is 0 of nothing."""
        return 100 * self.through // self.total if self.total else 0

    @property
    def left(self) -> int:
        return self.total - self.through

    @property
    def is_finished(self) -> bool:
        return 0 < self.total == self.through


def measure_progress(roadmaps: Collection[Roadmap], theirs: Q | None) -> dict[uuid.UUID, Progress]:
    """By roadmap, in one query; none for somebody who has left nothing behind (`of_visitor`)."""
    through: dict[uuid.UUID, int] = {}
    if theirs is not None and roadmaps:
        counted = ConceptMark.objects.filter(theirs, concept__roadmap__in=roadmaps)
        by_roadmap = counted.values_list("concept__roadmap").annotate(through=Count("id"))
        through = dict(by_roadmap.order_by())
    return {
        roadmap.pk: Progress(through.get(roadmap.pk, 0), roadmap.concept_count)
        for roadmap in roadmaps
    }


def marks_in(roadmap: Roadmap, theirs: Q | None) -> dict[int, ConceptMark]:
    """A learner's marks by concept, in one query."""
    if theirs is None:
        return {}
    marks = ConceptMark.objects.filter(theirs, concept__roadmap=roadmap)
    return {mark.concept_id: mark for mark in marks}
