"""What learners leave behind. Content is made and deleted with its concept; this is theirs."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from concepts.models import ArtifactVersion, Concept, Question, Quiz

NOTE_MAX_CHARACTERS = 20_000
# Of notes that met at a sign-in: as long as a tutorial, for they are rendered, too.
MERGED_NOTE_MAX_CHARACTERS = 60_000
REPORT_MAX_CHARACTERS = 2_000
SEED_MAX_CHARACTERS = 64


class Learner(models.Model):
    """A person who learns: an account, or a visitor whose session knows the key."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="learner",
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("learner")
        verbose_name_plural = _("learners")

    def __str__(self) -> str:
        return str(self.user_id or self.key)


class Standing(models.TextChoices):
    DONE = "done", _("done")
    KNOWN = "known", _("known before")
    SKIPPED = "skipped", _("skipped")


class ConceptMark(models.Model):
    """That a learner is through with a concept, one way or another.

    `completed_version`: the number of the tutorial's version that was read; an older one than the
    current means that it has changed since.
    """

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="marks")
    concept = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="marks")
    standing = models.CharField(_("standing"), max_length=16, choices=Standing.choices)
    completed_version = models.PositiveIntegerField(_("version that was read"), null=True)
    marked_at = models.DateTimeField(_("marked"), auto_now=True)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["learner", "concept"], name="mark_unique"),
            models.CheckConstraint(
                condition=models.Q(standing__in=Standing.values), name="mark_standing_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["learner", "-marked_at"], name="mark_newest")]

    def __str__(self) -> str:
        return f"{self.concept_id}: {self.get_standing_display()}"


class QuizAttempt(models.Model):
    """One time through a quiz, of the version that was shown. `seed` orders what is shown; the row
    is made by the first answer, once per seed. `asked`: positions of the questions asked."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="attempts")
    concept = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="attempts")
    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="attempts")
    seed = models.CharField(_("seed"), max_length=SEED_MAX_CHARACTERS)
    asked = models.JSONField(_("questions asked"), default=list)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["learner", "quiz", "seed"], name="attempt_once_a_seed")
        ]
        indexes: ClassVar = [
            models.Index(fields=["learner", "concept", "-started_at"], name="attempt_newest")
        ]

    def __str__(self) -> str:
        return f"{self.concept_id} {self.started_at:%Y-%m-%d}"


class QuestionAnswer(models.Model):
    """`chosen`: positions of choices as they are stored, never as they were shown; of lines, in the
    order they were put in; of an output, what was typed, alone."""

    attempt = models.ForeignKey(QuizAttempt, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    chosen = models.JSONField(_("chosen"), default=list)
    is_correct = models.BooleanField(_("correct"))
    answered_at = models.DateTimeField(_("answered"), auto_now_add=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "question"], name="answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.is_correct}"


class Note(models.Model):
    """A learner's own words on a concept. `revision` grows with each save, so that a second tab
    does not write over the first unnoticed."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="notes")
    concept = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="notes")
    markdown = models.TextField(_("note"), max_length=NOTE_MAX_CHARACTERS, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=0)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["learner", "concept"], name="note_unique")
        ]

    def __str__(self) -> str:
        # Names of rows are shown to staff, and a note is its writer's alone.
        return f"{self.concept_id}: {self.revision}"


class Complaint(models.TextChoices):
    WRONG = "wrong", _("something is wrong")
    OUTDATED = "outdated", _("it is outdated")
    TOO_HARD = "too_hard", _("it is too hard")
    BAD_LINK = "bad_link", _("a link does not work")
    LANGUAGE = "language", _("it is in the wrong language")


class Report(models.Model):
    """What a learner finds wrong with a version of an artifact."""

    learner = models.ForeignKey(
        Learner, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports"
    )
    version = models.ForeignKey(ArtifactVersion, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(_("kind"), max_length=16, choices=Complaint.choices)
    words = models.TextField(_("in their words"), max_length=REPORT_MAX_CHARACTERS, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=Complaint.values), name="report_kind_known"
            ),
            models.UniqueConstraint(fields=["learner", "version", "kind"], name="report_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-id"], condition=models.Q(settled_at=None), name="report_unsettled"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.get_kind_display()}"
