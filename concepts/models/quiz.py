from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from concepts.bounds import LEAST_DIFFICULT, LINE_MAX_CHARACTERS, MOST_DIFFICULT
from concepts.models.artifact import ArtifactVersion


class QuestionType(models.TextChoices):
    SINGLE = "single", _("one choice is right")
    MULTIPLE = "multiple", _("several choices may be right")
    TRUE_FALSE = "true_false", _("true or false")
    OUTPUT = "output", _("predict the output")
    ORDER = "order", _("put lines in order")
    FAULTY_LINE = "faulty_line", _("find the faulty line")


class Quiz(models.Model):
    version = models.OneToOneField(
        ArtifactVersion, on_delete=models.CASCADE, primary_key=True, related_name="quiz"
    )

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")

    def __str__(self) -> str:
        return str(self.version_id)


class Question(models.Model):
    """`accepted`: the ways to write an output that is to be predicted; such a question has no
    choices. Choices of an `order` stand in the right one."""

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(_("position"))
    type = models.CharField(_("type"), max_length=16, choices=QuestionType.choices)
    stem = models.TextField(_("question"))
    accepted = models.JSONField(_("accepted outputs"), default=list, db_default=[], blank=True)
    explanation = models.TextField(_("explanation"))
    objective = models.CharField(_("objective"), max_length=LINE_MAX_CHARACTERS)
    difficulty = models.PositiveSmallIntegerField(_("difficulty"))

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering: ClassVar = ["quiz_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["quiz", "position"], name="question_position_unique"),
            models.CheckConstraint(
                condition=~models.Q(stem="")
                & models.Q(difficulty__range=(LEAST_DIFFICULT, MOST_DIFFICULT)),
                name="question_is_asked",
            ),
        ]

    def __str__(self) -> str:
        return self.stem


class Choice(models.Model):
    """Correctness and its reason sit on the choice; there is no answer key to drift from it."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("text"), max_length=LINE_MAX_CHARACTERS)
    is_correct = models.BooleanField(_("correct"))
    rationale = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering: ClassVar = ["question_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "position"], name="choice_position_unique"),
            models.UniqueConstraint(fields=["question", "text"], name="choice_text_unique"),
            models.CheckConstraint(
                condition=~models.Q(text="") & ~models.Q(rationale=""),
                name="choice_gives_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.text
