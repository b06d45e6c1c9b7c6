"""Attempts at quizzes in the rows: what is open, what was answered, and keeping it once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from concepts.models import ArtifactKindLabel, ArtifactVersion, Choice, Concept, Question, Quiz
from learning.models import Learner, QuestionAnswer, QuizAttempt
from learning.quiz import grading
from learning.quiz.forms import BadForm, Field, Ticket, make_fields, new_ticket
from learning.quiz.grading import Given, Key, Score, is_right


@dataclass(frozen=True)
class LastAttempt:
    """The newest attempt of somebody at a concept's quiz, whatever version it was."""

    seed: str
    version: int
    started_at: datetime
    score: Score


@dataclass(frozen=True)
class OpenQuiz:
    """A quiz that may be answered: what the form carries and shows, and how it went last time."""

    token: str
    fields: list[Field]
    last: LastAttempt | None


def find_last(concept: Concept, theirs: Q | None) -> LastAttempt | None:
    """In one query (`of_visitor` says what is theirs)."""
    if theirs is None:
        return None
    said = last_attempts(theirs, Q(concept=concept)).first()
    return None if said is None else read_last(said)


def last_attempts(theirs: Q, here: Q) -> QuerySet[QuizAttempt, dict[str, Any]]:
    """The newest, as JSON, so that it can be a part of another query; `here`: of which concept."""
    newest = QuizAttempt.objects.filter(theirs, here).order_by("-started_at", "-pk")
    counted = newest.annotate(
        given=Count("answers"), right=Count("answers", filter=Q(answers__is_correct=True))
    )
    said = JSONObject(
        seed=F("seed"),
        version=F("quiz__version__number"),
        started_at=F("started_at"),
        asked=F("asked"),
        given=F("given"),
        right=F("right"),
    )
    return counted.values_list(said, flat=True)[:1]


def read_last(said: Mapping[str, Any]) -> LastAttempt:
    score = Score(said["right"], len(said["asked"]), said["given"])
    started_at = datetime.fromisoformat(said["started_at"])
    return LastAttempt(said["seed"], said["version"], started_at, score)


def open_quiz(
    concept: Concept,
    number: int,
    questions: Sequence[grading.Question],
    last: LastAttempt | None = None,
    *,
    only: Collection[int] | None = None,
) -> OpenQuiz:
    """A new form of version `number` of the quiz; the database is not asked. `only`: positions of
    questions."""
    asked = [one.position for one in questions if only is None or one.position in only]
    ticket = new_ticket(number, asked)
    return OpenQuiz(ticket.sign(concept), make_fields(ticket, questions), last)


def shown_questions(quiz: Quiz) -> list[grading.Question]:
    """The order of their rows tells nothing here: forms shuffle it."""
    return [
        grading.Question(
            question.position,
            question.type,
            question.stem,
            tuple(grading.Choice(one.position, one.text) for one in question.choices.all()),
        )
        for question in quiz.questions.all()
    ]


def get_version(concept: Concept, number: int | None = None) -> ArtifactVersion | None:
    """Of the concept's quiz, the current one or that of a number, with what may be shown."""
    versions = ArtifactVersion.objects.filter(
        artifact__concept=concept, artifact__kind=ArtifactKindLabel.QUIZ, quiz__isnull=False
    )
    chosen = versions.exclude(current_of=None) if number is None else versions.filter(number=number)
    # Never `is_correct`, `accepted`, a rationale or an explanation: what is not read cannot leak.
    questions = Question.objects.only("quiz_id", "position", "type", "stem").order_by("position")
    choices = Choice.objects.only("question_id", "position", "text").order_by("position")
    return (
        chosen.select_related("quiz")
        .prefetch_related(
            Prefetch("quiz__questions", questions), Prefetch("quiz__questions__choices", choices)
        )
        .first()
    )


def get_answered_version(concept: Concept, ticket: Ticket) -> ArtifactVersion:
    """The one that was shown, though there may be a newer one. Raises BadForm."""
    version = get_version(concept, ticket.version)
    if version is None:
        raise BadForm("a version that is not there any more")
    return version


@transaction.atomic
def save_answers(
    learner: Learner,
    concept: Concept,
    version: ArtifactVersion,
    ticket: Ticket,
    answers: Mapping[int, Given],
) -> QuizAttempt:
    """One attempt a seed, one answer a question: the first counts, however often it is sent."""
    attempt, _is_new = QuizAttempt.objects.get_or_create(
        learner=learner,
        quiz=version.quiz,
        seed=ticket.seed,
        defaults={"concept": concept, "asked": list(ticket.asked)},
    )
    attempt = QuizAttempt.objects.select_for_update().get(pk=attempt.pk)
    questions = Question.objects.filter(quiz=version.quiz, position__in=ticket.asked)
    answered = set(attempt.answers.values_list("question_id", flat=True))
    new = [
        _grade(attempt, question, answers[question.position])
        for question in questions.prefetch_related("choices").order_by("position")
        if question.position in answers and question.pk not in answered
    ]
    QuestionAnswer.objects.bulk_create(new)
    if attempt.finished_at is None and len(answered) + len(new) >= len(attempt.asked):
        attempt.finished_at = timezone.now()
        attempt.save(update_fields=["finished_at"])
    return attempt


def _grade(attempt: QuizAttempt, question: Question, given: Given) -> QuestionAnswer:
    return QuestionAnswer(
        attempt=attempt,
        question=question,
        chosen=list(given),
        is_correct=is_right(question.type, given, _key_of(question)),
    )


def _key_of(question: Question) -> Key:
    is_order = question.type == grading.ORDER
    right = (one.position for one in question.choices.all() if is_order or one.is_correct)
    return Key(tuple(sorted(right)), tuple(question.accepted))


def is_begun(concept: Concept, theirs: Q | None, seed: str) -> bool:
    if theirs is None:
        return False
    return QuizAttempt.objects.filter(theirs, concept=concept, seed=seed).exists()


def find_attempt(concept: Concept, theirs: Q | None, seed: str) -> QuizAttempt | None:
    """One of their own, whole: its answers, and the questions with their reasons."""
    if theirs is None or not seed:
        return None
    questions = Question.objects.order_by("position")
    choices = Choice.objects.order_by("position")
    return (
        QuizAttempt.objects.filter(theirs, concept=concept, seed=seed)
        .select_related("quiz__version")
        .prefetch_related(
            "answers",
            Prefetch("quiz__questions", questions),
            Prefetch("quiz__questions__choices", choices),
        )
        .first()
    )


def wrong_positions(attempt: QuizAttempt) -> list[int]:
    """Of questions that were answered, but not rightly."""
    wrong = {answer.question_id for answer in attempt.answers.all() if not answer.is_correct}
    return [one.position for one in attempt.quiz.questions.all() if one.pk in wrong]
