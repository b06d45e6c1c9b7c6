"""All that is known of somebody, as plain data. As many queries for much as for little."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from concepts.markdown.foreign import without_languages
from concepts.models import Choice, Concept
from generation.models import GenerationRun
from learning.learners import of_learner
from learning.models import ConceptMark, Note, QuestionAnswer, QuizAttempt, Report
from learning.times import times_of, with_times
from roadmaps.models import Roadmap

# Of each kind, the newest: one answer is made in memory, so it must have an end.
MOST_ROWS = 20_000

Row = dict[str, Any]


def export_account(user: User) -> Row:
    mine = of_learner(Q(user=user.pk))
    kinds: dict[str, tuple[QuerySet[Any], Any]] = {
        "roadmaps": (
            with_times(Roadmap.objects.filter(owner=user)).order_by("-created_at", "-pk"),
            _roadmap,
        ),
        "marks": (_placed(ConceptMark.objects.filter(mine)).order_by("-marked_at"), _mark),
        "notes": (_placed(Note.objects.filter(mine)).order_by("-updated_at"), _note),
        "attempts": (_attempts(mine).order_by("-started_at"), _attempt),
        "rewritings": (_rewritings(user).order_by("-created_at"), _rewriting),
        "reports": (_reports(mine).order_by("-created_at"), _report),
    }
    rows = {name: _take(found, describe) for name, (found, describe) in kinds.items()}
    cut = sorted(name for name, found in rows.items() if len(found) == MOST_ROWS)
    head = {"exported_at": timezone.now(), "site": settings.SITE_URL, "account": _account(user)}
    return head | rows | {"only_the_newest_of": cut}


def _take(found: Iterable[Any], describe: Any) -> list[Row]:
    return [describe(row) for row in found[:MOST_ROWS]]  # type: ignore[index]  # a query set


def _placed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With the names of concept and roadmap."""
    return rows.select_related("concept__roadmap")


def _attempts(mine: Q) -> QuerySet[QuizAttempt]:
    choices = Choice.objects.only("question_id", "position", "text")
    answers = QuestionAnswer.objects.select_related("question").order_by("answered_at", "pk")
    return _placed(QuizAttempt.objects.filter(mine)).prefetch_related(
        Prefetch("answers", answers),
        Prefetch("answers__question__choices", choices),
    )


def _rewritings(user: User) -> QuerySet[GenerationRun]:
    """What they had written anew, and what they wished of it."""
    rows = GenerationRun.objects.filter(requested_by=user, artifact__isnull=False)
    return rows.select_related("artifact__concept__roadmap")


def _reports(mine: Q) -> QuerySet[Report]:
    rows = Report.objects.filter(mine)
    return rows.select_related("version__artifact__concept__roadmap")


def _account(user: User) -> Row:
    return {
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "time_zone": user.time_zone,
        "interface_language": user.interface_language,
        "joined_at": user.date_joined,
        "last_signed_in_at": user.last_login,
    }


def _roadmap(roadmap: Roadmap) -> Row:
    times = times_of(roadmap)
    return {
        "title": roadmap.title,
        "goal": roadmap.goal,
        "address": settings.SITE_URL + roadmap.get_absolute_url(),
        "visibility": roadmap.visibility,
        "level": roadmap.level,
        "language": roadmap.language,
        "hours_per_week": roadmap.hours_per_week,
        "target_date": roadmap.target_date,
        "concepts": roadmap.concept_count,
        "minutes": times.minutes,
        "lesson_minutes": times.lesson,
        "practice_minutes": times.practice,
        "reading_minutes": times.reading,
        "created_at": roadmap.created_at,
    }


def _place(concept: Concept) -> Row:
    return {"roadmap": concept.roadmap.title, "concept": concept.title}


def _mark(mark: ConceptMark) -> Row:
    return _place(mark.concept) | {
        "standing": mark.standing,
        "version": mark.completed_version,
        "marked_at": mark.marked_at,
    }


def _note(note: Note) -> Row:
    return _place(note.concept) | {"markdown": note.markdown, "updated_at": note.updated_at}


def _attempt(attempt: QuizAttempt) -> Row:
    return _place(attempt.concept) | {
        "started_at": attempt.started_at,
        "finished_at": attempt.finished_at,
        "answers": [_answer(answer) for answer in attempt.answers.all()],
    }


def _answer(answer: QuestionAnswer) -> Row:
    """An output is kept as it was typed, all else by the positions of choices."""
    texts = {
        choice.position: without_languages(choice.text) for choice in answer.question.choices.all()
    }
    chosen = [one if isinstance(one, str) else texts.get(one) for one in answer.chosen]
    return {
        "question": without_languages(answer.question.stem),
        "type": answer.question.type,
        "chosen": [text for text in chosen if text is not None],
        "correct": answer.is_correct,
        "answered_at": answer.answered_at,
    }


def _rewriting(run: GenerationRun) -> Row:
    assert run.artifact is not None, "the query set has no other"
    return _place(run.artifact.concept) | {
        "artifact": run.artifact.kind,
        "instruction": run.instruction,
        "state": run.state,
        "asked_at": run.created_at,
    }


def _report(report: Report) -> Row:
    return _place(report.version.artifact.concept) | {
        "artifact": report.version.artifact.kind,
        "version": report.version.number,
        "complaint": report.kind,
        "words": report.words,
        "reported_at": report.created_at,
    }
