"""What an attempt looks like once it is answered: what was right, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from concepts.models import Choice, Concept, Question, Tutorial
from learning.models import QuestionAnswer, QuizAttempt
from learning.quiz.attempts import shown_questions
from learning.quiz.forms import Field, Ticket, make_fields, ticket_of
from learning.quiz.grading import Score
from learning.quiz.sections import Section, find_section, split_sections


class Verdict(TextChoices):
    """On one choice. A sign (in the style sheet), a word and a colour say it."""

    RIGHT = "right", _("your answer: right")
    WRONG = "wrong", _("your answer: not right")
    MISSED = "missed", _("this is right")
    LEFT = "left", ""


@dataclass(frozen=True)
class JudgedChoice:
    text: str
    rationale: str
    verdict: Verdict


@dataclass(frozen=True)
class JudgedQuestion:
    """`section`: where in the tutorial this is told, if that can be seen."""

    place: int
    stem: str
    is_right: bool
    choices: list[JudgedChoice]
    explanation: str
    objective: str
    section: Section | None = None


@dataclass(frozen=True)
class Result:
    """`judged` what was answered, `fields` what still may be, under the same `token`."""

    seed: str
    score: Score
    judged: list[JudgedQuestion]
    fields: list[Field]
    token: str
    is_current: bool

    @property
    def wrong(self) -> list[JudgedQuestion]:
        return [one for one in self.judged if not one.is_right]


def show_result(attempt: QuizAttempt, concept: Concept, current: int | None) -> Result:
    """`current`: the number of the version that is shown to others now."""
    version = attempt.quiz.version
    ticket = ticket_of(version.number, attempt.seed, attempt.asked)
    answers = {answer.question_id: answer for answer in attempt.answers.all()}
    rows = {question.position: question for question in attempt.quiz.questions.all()}
    fields = make_fields(ticket, shown_questions(attempt.quiz))
    sections = _read_sections(concept, answers.values())
    judged = [
        _judge(one, question, answers[question.pk], ticket, sections)
        for one in fields
        if (question := rows[one.question.position]).pk in answers
    ]
    right = sum(one.is_right for one in judged)
    return Result(
        seed=attempt.seed,
        score=Score(right, len(fields), len(judged)),
        judged=judged,
        fields=[one for one in fields if rows[one.question.position].pk not in answers],
        token=ticket.sign(concept),
        is_current=version.number == current,
    )


def _judge(
    shown: Field,
    question: Question,
    answer: QuestionAnswer,
    ticket: Ticket,
    sections: Sequence[Section],
) -> JudgedQuestion:
    rows = {choice.position: choice for choice in question.choices.all()}
    ordered = [rows[choice.position] for choice in ticket.order(shown.question)]
    right = " ".join(choice.text for choice in ordered if choice.is_correct)
    told = f"{question.objective} {question.stem} {right} {question.explanation}"
    return JudgedQuestion(
        place=shown.place,
        stem=question.stem,
        is_right=answer.is_correct,
        choices=[_judge_choice(choice, answer.chosen) for choice in ordered],
        explanation=question.explanation,
        objective=question.objective,
        section=None if answer.is_correct else find_section(sections, told),
    )


def _judge_choice(choice: Choice, chosen: Sequence[int]) -> JudgedChoice:
    if choice.position in chosen:
        verdict = Verdict.RIGHT if choice.is_correct else Verdict.WRONG
    else:
        verdict = Verdict.MISSED if choice.is_correct else Verdict.LEFT
    return JudgedChoice(choice.text, choice.rationale, verdict)


def _read_sections(concept: Concept, answers: Iterable[QuestionAnswer]) -> list[Section]:
    """Of the tutorial as it is now, for there it will be read; only where something was wrong."""
    if all(answer.is_correct for answer in answers):
        return []
    found = Tutorial.objects.filter(version__current_of__concept=concept).values_list("html")
    return [section for (html,) in found for section in split_sections(html)]
