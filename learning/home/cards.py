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
from learning.progress.next_steps import next_steps
from learning.progress.totals import Progress, measure_progress
from learning.times import times_of
from roadmaps.models import Roadmap


@dataclass(frozen=True)
class Card:
    roadmap: Roadmap
    progress: Progress
    picture: SafeString
    times: Times
    step: Concept | None = None


def make_cards(
    listed: Sequence[Roadmap], last: Roadmap | None, theirs: Q | None
) -> dict[UUID, Card]:
    """Two queries, however many there are: how far somebody is in them, and what comes next in
    those they have begun, like the one that they learned in `last`."""
    # What is listed knows its times: of two it is the one that counts.
    roadmaps = [*([last] if last else []), *listed]
    progress = measure_progress(roadmaps, theirs)
    begun = [one for one in roadmaps if one == last or progress[one.pk].through]
    steps = next_steps(begun, theirs)
    return {one.pk: _card(one, progress, steps) for one in roadmaps}


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
