"""What somebody was at when they went away, for the first thing on the first page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.urls import reverse

from concepts.models import Concept
from learning.models import ConceptMark, QuizAttempt
from roadmaps.access import Visitor, visible_to
from roadmaps.models import Roadmap

Row = TypeVar("Row", ConceptMark, QuizAttempt)


@dataclass(frozen=True)
class Begun:
    """`halfway`: the concept whose quiz is begun and not ended, where that was the last thing."""

    roadmap: Roadmap
    halfway: Concept | None = None

    @property
    def quiz_address(self) -> str:
        slugs = (self.roadmap.slug, self.halfway.slug) if self.halfway else ()
        return reverse("learning:quiz", args=slugs) if slugs else ""


def find_begun(visitor: Visitor, theirs: Q | None) -> Begun | None:
    """What somebody learned in last, whoever's it is, as long as they may see it."""
    if theirs is None:
        return None
    mark = _newest(ConceptMark.objects.filter(theirs), visitor, "marked_at")
    attempt = _newest(QuizAttempt.objects.filter(theirs), visitor, "started_at")
    if attempt is None or (mark is not None and mark.marked_at > attempt.started_at):
        return Begun(mark.concept.roadmap) if mark is not None else None
    halfway = attempt.concept if attempt.finished_at is None else None
    return Begun(attempt.concept.roadmap, halfway)


def _newest(rows: QuerySet[Row], visitor: Visitor, when: str) -> Row | None:
    """Read from the newest on, so the first is enough."""
    seen = rows.filter(visible_to(visitor, path="concept__roadmap__"))
    return seen.select_related("concept__roadmap").order_by(f"-{when}").first()
