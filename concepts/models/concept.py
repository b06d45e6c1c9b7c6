"""The concept: what a learner reads in one sitting, and what should come before it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from concepts.bounds import LEAST_DIFFICULT, MOST_DIFFICULT, OUTLINE_KEY_MAX_CHARACTERS
from concepts.times import Times
from roadmaps.bounds import SLUG_MAX_CHARACTERS, TITLE_MAX_CHARACTERS
from roadmaps.models import Module, Roadmap


class ConceptKind(models.TextChoices):
    FACT = "fact", _("fact")
    CONCEPT = "concept", _("concept")
    PROCEDURE = "procedure", _("procedure")
    DESIGN = "design", _("design")


class Concept(models.Model):
    """`stable_key` survives regeneration and reordering: learners' progress hangs on it.

    The roadmap stands here beside the module because slugs and keys are unique in a roadmap.

    `est_minutes` is what it takes: `lesson_minutes` and `practice_minutes` together, which the
    database sees to. `reading_minutes` are optional, and no part of it: those of the resources in
    use, which the database keeps by itself (a trigger on artifacts) once there are some.
    """

    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="concepts")
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="concepts")
    stable_key = models.UUIDField(default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField(_("position in the roadmap"))
    title = models.CharField(_("title"), max_length=TITLE_MAX_CHARACTERS)
    slug = models.SlugField(_("slug"), max_length=SLUG_MAX_CHARACTERS, allow_unicode=True)
    summary = models.TextField(_("summary"), blank=True)
    kind = models.CharField(
        _("kind"), max_length=16, choices=ConceptKind.choices, default=ConceptKind.CONCEPT
    )
    difficulty = models.PositiveSmallIntegerField(
        _("difficulty"),
        default=1,
        validators=[MinValueValidator(LEAST_DIFFICULT), MaxValueValidator(MOST_DIFFICULT)],
    )
    est_minutes = models.PositiveSmallIntegerField(
        _("estimated minutes"), default=30, validators=[MinValueValidator(1)]
    )
    lesson_minutes = models.GeneratedField(
        verbose_name=_("minutes of the lesson"),
        expression=models.F("est_minutes") - models.F("practice_minutes"),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    practice_minutes = models.PositiveSmallIntegerField(
        _("minutes of practice"), default=0, db_default=0
    )
    reading_minutes = models.PositiveIntegerField(
        _("minutes of optional reading"), default=0, db_default=0
    )
    objectives = models.JSONField(_("objectives"), default=list, blank=True)
    keywords = models.JSONField(_("keywords"), default=list, blank=True)
    # Known to whoever ordered the plan: kept in the picture, and not written.
    is_known = models.BooleanField(_("known before"), default=False, db_default=False)
    # Of what will be to write once its module is planned: what somebody opens comes first.
    priority = models.SmallIntegerField(_("priority"), default=0, db_default=0)
    # The outline's own key: how a provider finds again what it has planned.
    outline_key = models.CharField(_("outline key"), max_length=OUTLINE_KEY_MAX_CHARACTERS)
    prerequisites: models.ManyToManyField[Concept, ConceptPrerequisite] = models.ManyToManyField(
        "self",
        through="ConceptPrerequisite",
        through_fields=("concept", "requires"),
        symmetrical=False,
        related_name="required_by",
    )

    class Meta:
        verbose_name = _("concept")
        verbose_name_plural = _("concepts")
        ordering: ClassVar = ["roadmap_id", "position"]
        indexes: ClassVar = [
            # Of all concepts of thirty roadmaps a list wants the minutes, and no row.
            models.Index(
                fields=["roadmap"],
                include=["id", "is_known", "lesson_minutes", "practice_minutes", "reading_minutes"],
                name="concept_minutes",
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["roadmap", "position"], name="concept_position_unique"),
            models.UniqueConstraint(fields=["roadmap", "stable_key"], name="concept_key_unique"),
            models.UniqueConstraint(fields=["roadmap", "slug"], name="concept_slug_unique"),
            models.UniqueConstraint(
                fields=["roadmap", "outline_key"], name="concept_outline_key_unique"
            ),
            models.CheckConstraint(
                condition=~models.Q(slug="") & ~models.Q(title=""), name="concept_is_named"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    difficulty__range=(LEAST_DIFFICULT, MOST_DIFFICULT), est_minutes__gte=1
                ),
                name="concept_measures",
            ),
            models.CheckConstraint(
                condition=models.Q(practice_minutes__lte=models.F("est_minutes")),
                name="concept_practice_is_a_part",
                violation_error_message=_("Practice is a part of the estimated minutes."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def times(self) -> Times:
        return Times(self.lesson_minutes, self.practice_minutes, self.reading_minutes)


class ConceptPrerequisite(models.Model):
    concept = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="requirements")
    requires = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="dependants")

    class Meta:
        verbose_name = _("prerequisite")
        verbose_name_plural = _("prerequisites")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["concept", "requires"], name="prerequisite_unique"),
            models.CheckConstraint(
                condition=~models.Q(concept=models.F("requires")),
                name="prerequisite_not_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concept_id} → {self.requires_id}"
