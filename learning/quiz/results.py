"""What an attempt looks like once it is answered: what was right, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concepts.markdown.foreign import without_languages
from concepts.models import Choice, Concept, Question, Tutorial
from learning.models import QuestionAnswer, QuizAttempt
from learning.quiz import grading
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


_ARE_RIGHT = (Verdict.RIGHT, Verdict.MISSED)


@dataclass(frozen=True)
class JudgedChoice:
    """`number`: what a line is called by. `rank`: where it was put; 0: it was not to be."""

    text: str
    rationale: str
    verdict: Verdict
    number: int = 0
    rank: int = 0

    @property
    def label(self) -> str:
        if not self.rank:
            return str(self.verdict.label)
        if self.verdict is Verdict.RIGHT:
            return gettext("you put it here: right")
        return gettext("you put it at number %(rank)s") % {"rank": self.rank}


@dataclass(frozen=True)
class JudgedQuestion:
    """`section`: where in the tutorial this is told, if that can be seen. `accepted`: of an output
    what is right, in each way that it may be written; `typed`: what somebody wrote."""

    place: int
    stem: str
    is_right: bool
    choices: list[JudgedChoice]
    explanation: str
    objective: str
    section: Section | None = None
    typed: str = ""
    accepted: tuple[str, ...] = ()


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
    choices = _judge_choices(question, answer.chosen, ticket.order(shown.question))
    right = " ".join(one.text for one in choices if one.verdict in _ARE_RIGHT or one.rank)
    told = without_languages(f"{question.objective} {question.stem} {right} {question.explanation}")
    is_typed = shown.question.is_typed
    return JudgedQuestion(
        place=shown.place,
        stem=question.stem,
        is_right=answer.is_correct,
        choices=choices,
        explanation=question.explanation,
        objective=question.objective,
        section=None if answer.is_correct else find_section(sections, told),
        typed="".join(map(str, answer.chosen)) if is_typed else "",
        accepted=tuple(question.accepted) if is_typed else (),
    )


def _judge_choices(
    question: Question, chosen: Sequence[int], shown: Sequence[grading.Choice]
) -> list[JudgedChoice]:
    """In the order shown; lines that were to be put in order, in the right one."""
    if question.type == grading.ORDER:
        lines = sorted(question.choices.all(), key=lambda line: line.position)
        ranks = {position: rank for rank, position in enumerate(chosen, start=1)}
        return [
            _judge_line(line, number, ranks.get(line.position, 0))
            for number, line in enumerate(lines, start=1)
        ]
    rows = {choice.position: choice for choice in question.choices.all()}
    is_numbered = question.type == grading.FAULTY_LINE
    return [
        _judge_choice(rows[choice.position], chosen, number if is_numbered else 0)
        for number, choice in enumerate(shown, start=1)
    ]


def _judge_line(line: Choice, number: int, rank: int) -> JudgedChoice:
    verdict = Verdict.RIGHT if rank == number else Verdict.WRONG
    return JudgedChoice(line.text, line.rationale, verdict, number, rank)


def _judge_choice(choice: Choice, chosen: Sequence[int], number: int) -> JudgedChoice:
    if choice.position in chosen:
        verdict = Verdict.RIGHT if choice.is_correct else Verdict.WRONG
    else:
        verdict = Verdict.MISSED if choice.is_correct else Verdict.LEFT
    return JudgedChoice(choice.text, choice.rationale, verdict, number)


def _read_sections(concept: Concept, answers: Iterable[QuestionAnswer]) -> list[Section]:
    """Of the tutorial as it is now, for there it will be read; only where something was wrong."""
    if all(answer.is_correct for answer in answers):
        return []
    found = Tutorial.objects.filter(version__current_of__concept=concept).values_list("html")
    return [section for (html,) in found for section in split_sections(html)]
