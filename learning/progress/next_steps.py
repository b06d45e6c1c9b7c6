"""What comes next: the first concept, in the order of the roadmap, that somebody is not through
with. In the same words everywhere it is shown."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from concepts.models import Concept
from learning.models import ConceptMark
from roadmaps.models import Roadmap


def next_step(
    roadmap: Roadmap, theirs: Q | None, *, besides: Concept | None = None
) -> Concept | None:
    """In one query; None where there is nothing left (`of_visitor` says what is theirs).
    `besides`: what somebody is about to be through with."""
    left = _left(theirs).filter(roadmap=roadmap)
    if besides is not None:
        left = left.exclude(pk=besides.pk)
    return left.order_by("position").first()


def next_steps(roadmaps: Collection[Roadmap], theirs: Q | None) -> dict[uuid.UUID, Concept]:
    """By roadmap, in one query; those where nothing is left are not in it."""
    if not roadmaps:
        return {}
    found = _left(theirs).filter(roadmap__in=[roadmap.pk for roadmap in roadmaps])
    firsts = found.order_by("roadmap_id", "position").distinct("roadmap_id")
    return {concept.roadmap_id: concept for concept in firsts}


def _left(theirs: Q | None) -> QuerySet[Concept]:
    """What is shown of a step, and no more."""
    concepts = Concept.objects.filter(is_known=False).only(
        "roadmap_id", "position", "title", "slug", "est_minutes"
    )
    if theirs is None:
        return concepts
    through = ConceptMark.objects.filter(theirs, concept=OuterRef("pk"))
    return concepts.filter(~Exists(through))
