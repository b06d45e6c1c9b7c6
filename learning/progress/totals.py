"""How far a learner is, computed here and nowhere else: pages and API show the same number."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from concepts.models import Concept
from learning.models import ConceptMark
from roadmaps.models import Roadmap, Visibility


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
    """By roadmap, in one query. What was known when it was planned counts as done.

    None for somebody who has left nothing behind (`of_visitor`), but for roadmaps that visitors
    have made: they may be their own, with something that they knew.
    """
    if theirs is None:
        roadmaps_asked = [one.pk for one in roadmaps if _is_of_a_visitor(one)]
        through = _count(roadmaps_asked, Q(is_known=True)) if roadmaps_asked else {}
    else:
        marked = Q(Exists(ConceptMark.objects.filter(theirs, concept=OuterRef("pk"))))
        through = _count([one.pk for one in roadmaps], Q(is_known=True) | marked)
    return {
        roadmap.pk: Progress(through.get(roadmap.pk, 0), roadmap.concept_count)
        for roadmap in roadmaps
    }


def _is_of_a_visitor(roadmap: Roadmap) -> bool:
    return roadmap.owner_id is None and roadmap.visibility == Visibility.UNLISTED


def _count(roadmaps: list[uuid.UUID], through: Q) -> dict[uuid.UUID, int]:
    if not roadmaps:
        return {}
    counted = Concept.objects.filter(through, roadmap__in=roadmaps)
    by_roadmap = counted.values_list("roadmap").annotate(through=Count("id"))
    return dict(by_roadmap.order_by())


def marks_in(roadmap: Roadmap, theirs: Q | None) -> dict[int, ConceptMark]:
    """A learner's marks by concept, in one query."""
    if theirs is None:
        return {}
    marks = ConceptMark.objects.filter(theirs, concept__roadmap=roadmap)
    return {mark.concept_id: mark for mark in marks}
