"""All that somebody has in work: for their own page. Plain data out."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from django.db.models import Count, DateTimeField, F, Func, Max, Q, QuerySet, Value
from django.utils import timezone

from concepts.models import ArtifactKindLabel, Concept
from learning.models import ConceptMark, QuestionAnswer, QuizAttempt
from learning.progress.calendar import ActivityCalendar, count_by_day, draw_calendar, first_moment
from learning.progress.next_steps import next_steps
from learning.progress.totals import Progress, measure_progress
from roadmaps.access import Visitor, visible_to
from roadmaps.models import Roadmap

MOST_LISTED = 50
# All zones' midnights fall on such a quarter of an hour.
_QUARTER = timedelta(minutes=15)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Work:
    """A roadmap somebody has begun: how far they are, what is next, and how many of the concepts
    they finished have changed since."""

    roadmap: Roadmap
    progress: Progress
    step: Concept | None
    changed: int


def list_work(visitor: Visitor, theirs: Q | None) -> list[Work]:
    """What was touched last comes first. What may no longer be seen is not in it."""
    if theirs is None:
        return []
    order = _touched(visitor, theirs)
    found = Roadmap.objects.in_bulk(order)
    roadmaps = [found[key] for key in order if key in found]
    progress, steps = measure_progress(roadmaps, theirs), next_steps(roadmaps, theirs)
    changed = _changed(roadmaps, theirs)
    return [
        Work(one, progress[one.pk], steps.get(one.pk), changed.get(one.pk, 0)) for one in roadmaps
    ]


def _touched(visitor: Visitor, theirs: Q) -> list[uuid.UUID]:
    """Keys of roadmaps with a mark or an attempt of theirs, newest first."""
    newest: dict[uuid.UUID, datetime] = {}
    for rows, when in (
        (ConceptMark.objects.all(), "marked_at"),
        (QuizAttempt.objects.all(), "started_at"),
    ):
        for key, last in _last_touched(rows.filter(theirs), visitor, when):
            newest[key] = max(last, newest.get(key, last))
    return sorted(newest, key=lambda key: newest[key], reverse=True)[:MOST_LISTED]


def _last_touched(
    rows: QuerySet[ConceptMark] | QuerySet[QuizAttempt], visitor: Visitor, when: str
) -> list[tuple[uuid.UUID, datetime]]:
    seen = rows.filter(visible_to(visitor, path="concept__roadmap__")).order_by()
    by_roadmap = seen.values_list("concept__roadmap").annotate(last=Max(when))
    return list(by_roadmap.order_by("-last")[:MOST_LISTED])


def _changed(roadmaps: Collection[Roadmap], theirs: Q) -> dict[uuid.UUID, int]:
    """How many finished concepts have a newer tutorial, by roadmap."""
    if not roadmaps:
        return {}
    newer = ConceptMark.objects.filter(
        theirs,
        concept__roadmap__in=[roadmap.pk for roadmap in roadmaps],
        concept__artifacts__kind=ArtifactKindLabel.TUTORIAL,
        concept__artifacts__current_version__number__gt=F("completed_version"),
    )
    counted = newer.order_by().values_list("concept__roadmap").annotate(changed=Count("pk"))
    return dict(counted)


def show_activity(theirs: Q | None, answers_of: Q | None, zone: tzinfo) -> ActivityCalendar:
    """Questions answered and concepts marked, by the days of the learner's own time zone.
    `answers_of`: the same condition, for answers."""
    today = timezone.now().astimezone(zone).date()
    if theirs is None or answers_of is None:
        return draw_calendar({}, today)
    since = first_moment(today, zone)
    marks = ConceptMark.objects.filter(theirs, marked_at__gte=since)
    answers = QuestionAnswer.objects.filter(answers_of, answered_at__gte=since)
    moments = [*_by_quarter(marks, "marked_at"), *_by_quarter(answers, "answered_at")]
    return draw_calendar(count_by_day(moments, zone), today)


def _by_quarter(
    rows: QuerySet[ConceptMark] | QuerySet[QuestionAnswer], when: str
) -> list[tuple[datetime, int]]:
    """Days are told apart here, for the server may not know the zone by that name."""
    begins = Func(
        Value(_QUARTER), F(when), Value(_EPOCH), function="date_bin", output_field=DateTimeField()
    )
    counted = rows.order_by().annotate(begins=begins).values_list("begins")
    return list(counted.annotate(count=Count("pk")))
