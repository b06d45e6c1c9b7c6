"""Roadmaps as they stand in lists: in small, with how far somebody is and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.safestring import SafeString

from concepts.models import Concept
from concepts.times import Times
from learning.cairns import draw_card
from learning.models import ConceptMark
from learning.progress.next_steps import next_steps
from learning.progress.totals import Progress, measure_progress
from learning.times import times_of
from roadmaps.access import Visitor, visible_to
from roadmaps.models import Roadmap


@dataclass(frozen=True)
class Card:
    roadmap: Roadmap
    progress: Progress
    picture: SafeString
    times: Times
    step: Concept | None = None


def find_begun(visitor: Visitor, theirs: Q | None) -> Roadmap | None:
    """What somebody learned in last, whoever's it is, as long as they may see it."""
    if theirs is None:
        return None
    # Read from the newest on, so the first is enough.
    marks = ConceptMark.objects.filter(theirs)
    seen = marks.filter(visible_to(visitor, path="concept__roadmap__"))
    newest = seen.select_related("concept__roadmap").order_by("-marked_at").first()
    return newest.concept.roadmap if newest is not None else None


def make_cards(
    own: Sequence[Roadmap], public: Sequence[Roadmap], theirs: Q | None
) -> dict[UUID, Card]:
    """Two queries, however many there are: how far somebody is in them, and what comes next in
    those they have begun."""
    progress = measure_progress([*own, *public], theirs)
    begun = [one for one in [*own, *public] if progress[one.pk].through]
    steps = next_steps(begun, theirs)
    return {one.pk: _card(one, progress, steps) for one in [*own, *public]}


def _card(
    roadmap: Roadmap, progress: Mapping[UUID, Progress], steps: Mapping[UUID, Concept]
) -> Card:
    through = progress[roadmap.pk].through
    return Card(
        roadmap,
        progress[roadmap.pk],
        SafeString(draw_card(str(roadmap.pk), roadmap.concept_count, through)),
        times_of(roadmap),
        steps.get(roadmap.pk),
    )
