"""Structure: Roadmap > Stage > Module. Concepts hang on modules, in `concepts`."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import quote

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmaps.bounds import (
    DETAILS_ERROR_MAX_CHARACTERS,
    GOAL_KEY_MAX_CHARACTERS,
    GOAL_MAX_CHARACTERS,
    LANGUAGE_TAG_MAX_CHARACTERS,
    SLUG_MAX_CHARACTERS,
    TITLE_MAX_CHARACTERS,
)
from roadmaps.slugs import secret_slug
from roadmaps.titles import TitleWords


class Level(models.TextChoices):
    """`roadmaps.bounds.LEVELS`, in words for people."""

    BEGINNER = "beginner", _("beginner")
    INTERMEDIATE = "intermediate", _("intermediate")
    ADVANCED = "advanced", _("advanced")


class Visibility(models.TextChoices):
    PRIVATE = "private", _("private")
    UNLISTED = "unlisted", _("unlisted")
    PUBLIC = "public", _("public")


def new_share_token() -> str:
    """128 bits, so that an unlisted roadmap cannot be found by guessing."""
    return secrets.token_hex(16)


class Roadmap(models.Model):
    """The address of an unlisted one ends in its share token, so it cannot be guessed.

    However it became unlisted: `save` gives it a new address where the old one was readable, and
    the database refuses what goes past `save`. Private or public again, it keeps its address.

    `concept_count`, `minutes` and `is_readable` sum up what belongs to it, so that a list need not
    look there. The database keeps them by itself (triggers on concepts and runs): whoever writes,
    an older version of us in a rolling deploy included. Here they are only read.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="roadmaps",
    )
    goal = models.CharField(_("goal"), max_length=GOAL_MAX_CHARACTERS)
    goal_key = models.CharField(_("goal, folded for comparing"), max_length=GOAL_KEY_MAX_CHARACTERS)
    title = models.CharField(_("title"), max_length=TITLE_MAX_CHARACTERS)
    slug = models.SlugField(
        _("slug"), max_length=SLUG_MAX_CHARACTERS, allow_unicode=True, unique=True
    )
    summary = models.TextField(_("summary"), blank=True)
    assumptions = models.JSONField(_("assumptions"), default=list, blank=True)
    language = models.CharField(
        _("content language"), max_length=LANGUAGE_TAG_MAX_CHARACTERS, default="en"
    )
    level = models.CharField(
        _("level"), max_length=16, choices=Level.choices, default=Level.BEGINNER
    )
    hours_per_week = models.PositiveSmallIntegerField(
        _("hours a week"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(80)],
    )
    target_date = models.DateField(_("target date"), null=True, blank=True)
    visibility = models.CharField(
        _("visibility"), max_length=16, choices=Visibility.choices, default=Visibility.PRIVATE
    )
    share_token = models.CharField(
        _("share token"), max_length=40, unique=True, default=new_share_token, editable=False
    )
    # Of a copy: what it was made from, as that was called then. It may be gone, or hidden, by now.
    copied_from = models.UUIDField(_("copied from"), null=True, blank=True, editable=False)
    copied_title = models.CharField(
        _("title of what it was copied from"),
        max_length=TITLE_MAX_CHARACTERS,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    concept_count = models.PositiveIntegerField(
        _("concepts"), default=0, db_default=0, editable=False
    )
    minutes = models.PositiveIntegerField(_("minutes"), default=0, db_default=0, editable=False)
    # A run has brought all of it.
    is_readable = models.BooleanField(
        _("ready to read"), default=False, db_default=False, editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("roadmap")
        verbose_name_plural = _("roadmaps")
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [
            models.Index(fields=["goal_key"], name="roadmap_goal_key"),
            models.Index(fields=["-created_at", "-id"], name="roadmap_newest"),
            models.Index(
                fields=["-created_at", "-id"],
                condition=models.Q(visibility=Visibility.PUBLIC, is_readable=True),
                name="roadmap_listed",
            ),
            models.Index(fields=["owner", "-created_at", "-id"], name="roadmap_of_owner"),
            # Without a list of what is to be sorted in: each search would read all of that.
            GinIndex(TitleWords("title"), fastupdate=False, name="roadmap_title_words"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(slug="") & ~models.Q(title="") & ~models.Q(goal=""),
                name="roadmap_is_named",
            ),
            models.CheckConstraint(
                condition=models.Q(hours_per_week__isnull=True)
                | models.Q(hours_per_week__range=(1, 80)),
                name="roadmap_hours_per_week",
            ),
            models.CheckConstraint(
                condition=~models.Q(visibility=Visibility.UNLISTED)
                | models.Q(slug__regex=r"-[0-9a-f]{32}$"),
                name="roadmap_unlisted_unguessable",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        if self.visibility == Visibility.UNLISTED and not self.slug.endswith(self.share_token):
            self.slug = secret_slug(self.slug or self.title, self.share_token, fallback="roadmap")
            update_fields = None if update_fields is None else {*update_fields, "slug"}
        if update_fields is None and not self._state.adding:
            update_fields = self._written_fields()
        super().save(update_fields=update_fields, **options)

    def _written_fields(self) -> list[str]:
        """What the database keeps by itself may have changed since this was read: left alone."""
        kept = {"concept_count", "minutes", "is_readable"} | self.get_deferred_fields()
        fields = [field for field in self._meta.concrete_fields if not field.primary_key]
        return [field.name for field in fields if field.attname not in kept]

    def get_absolute_url(self) -> str:
        return f"/roadmaps/{quote(self.slug)}/"


class Stage(models.Model):
    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="stages")
    stable_key = models.UUIDField(default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=TITLE_MAX_CHARACTERS)
    summary = models.TextField(_("summary"), blank=True)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering: ClassVar = ["roadmap_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["roadmap", "position"], name="stage_position_unique"),
            models.UniqueConstraint(fields=["roadmap", "stable_key"], name="stage_key_unique"),
        ]

    def __str__(self) -> str:
        return self.title


class DetailsState(models.TextChoices):
    """How far the details of a module are: what its concepts teach, beside their titles."""

    PENDING = "pending", _("waiting")
    RUNNING = "running", _("being planned")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


OPEN_DETAILS = [DetailsState.PENDING, DetailsState.RUNNING]


class Module(models.Model):
    """A plan is made in two steps: titles first, then what each concept teaches, module by module.

    Until its details are ready, a module's concepts have a title and nothing else. The columns of
    that work are those of an artifact (`concepts.models.Artifact`), and mean the same.
    """

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="modules")
    stable_key = models.UUIDField(default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=TITLE_MAX_CHARACTERS)
    summary = models.TextField(_("summary"), blank=True)
    details_state = models.CharField(
        _("details"),
        max_length=16,
        choices=DetailsState.choices,
        default=DetailsState.READY,
        db_default=DetailsState.READY,
    )
    priority = models.SmallIntegerField(_("priority"), default=0, db_default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, db_default=0)
    run_id = models.UUIDField(_("run"), null=True, blank=True)
    leased_by = models.UUIDField(_("claimed by"), null=True, blank=True)
    lease_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    retry_at = models.DateTimeField(_("not before"), null=True, blank=True)
    error_public = models.CharField(
        _("what went wrong"),
        max_length=DETAILS_ERROR_MAX_CHARACTERS,
        blank=True,
        default="",
        db_default="",
    )
    error_detail = models.TextField(_("error detail"), blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering: ClassVar = ["stage_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stage", "position"], name="module_position_unique"),
            models.UniqueConstraint(fields=["stage", "stable_key"], name="module_key_unique"),
            models.CheckConstraint(
                condition=models.Q(details_state__in=DetailsState.values),
                name="module_details_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    details_state=DetailsState.RUNNING,
                    run_id__isnull=False,
                    leased_by__isnull=False,
                    lease_until__isnull=False,
                )
                | (
                    ~models.Q(details_state=DetailsState.RUNNING)
                    & models.Q(leased_by__isnull=True, lease_until__isnull=True)
                ),
                name="module_running_means_leased",
            ),
            models.CheckConstraint(
                condition=~models.Q(details_state=DetailsState.FAILED) | ~models.Q(error_public=""),
                name="module_failed_says_why",
            ),
        ]
        indexes: ClassVar = [
            # All but those that are ready: few at any time.
            models.Index(
                fields=["run_id", "details_state"],
                condition=models.Q(
                    details_state__in=[
                        DetailsState.PENDING,
                        DetailsState.RUNNING,
                        DetailsState.FAILED,
                    ]
                ),
                name="module_in_planning",
            ),
        ]

    def __str__(self) -> str:
        return self.title
