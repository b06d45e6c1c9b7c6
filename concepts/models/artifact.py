"""The tutorial, the resource list or the quiz of one concept; versions hold the content."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from concepts.artifact_states import ArtifactState
from concepts.bounds import (
    ERROR_CLASS_MAX_CHARACTERS,
    INSTRUCTION_MAX_CHARACTERS,
    MODEL_MAX_CHARACTERS,
    PROMPT_VERSION_MAX_CHARACTERS,
    PROVIDER_MAX_CHARACTERS,
    REASON_MAX_CHARACTERS,
)
from concepts.content import ArtifactKind
from concepts.models.concept import Concept
from roadmaps.bounds import LANGUAGE_TAG_MAX_CHARACTERS


class ArtifactKindLabel(models.TextChoices):
    TUTORIAL = ArtifactKind.TUTORIAL.value, _("tutorial")
    RESOURCES = ArtifactKind.RESOURCES.value, _("resources")
    QUIZ = ArtifactKind.QUIZ.value, _("quiz")


class ArtifactStateLabel(models.TextChoices):
    PENDING = ArtifactState.PENDING.value, _("waiting")
    RUNNING = ArtifactState.RUNNING.value, _("being written")
    READY = ArtifactState.READY.value, _("ready")
    FAILED = ArtifactState.FAILED.value, _("failed")


class Artifact(models.Model):
    """One row of work. `run_id` is the fencing token: only the run named here may write it.

    A claim sets `leased_by` (the puller) and `lease_until`; when a lease runs out, the row is
    anybody's again. After a transient error nobody claims it before `retry_at`. `position` and
    the concept's priority order the claims.
    """

    concept = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="artifacts")
    kind = models.CharField(_("kind"), max_length=16, choices=ArtifactKindLabel.choices)
    state = models.CharField(
        _("state"), max_length=16, choices=ArtifactStateLabel.choices, default=ArtifactState.PENDING
    )
    priority = models.SmallIntegerField(_("priority"), default=0)
    position = models.PositiveIntegerField(_("position in the roadmap"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    run_id = models.UUIDField(_("run"), null=True, blank=True)
    leased_by = models.UUIDField(_("claimed by"), null=True, blank=True)
    lease_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    retry_at = models.DateTimeField(_("not before"), null=True, blank=True)
    error_class = models.CharField(
        _("error class"), max_length=ERROR_CLASS_MAX_CHARACTERS, blank=True
    )
    error_public = models.CharField(
        _("what went wrong"), max_length=REASON_MAX_CHARACTERS, blank=True
    )
    error_detail = models.TextField(_("error detail"), blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    current_version = models.OneToOneField(
        "ArtifactVersion",
        verbose_name=_("current version"),
        null=True,
        blank=True,
        # A version in use goes only together with its artifact.
        on_delete=models.RESTRICT,
        related_name="current_of",
    )

    class Meta:
        verbose_name = _("artifact")
        verbose_name_plural = _("artifacts")
        ordering: ClassVar = ["concept_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["concept", "kind"], name="artifact_kind_unique"),
            models.CheckConstraint(
                condition=models.Q(kind__in=ArtifactKindLabel.values), name="artifact_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ArtifactStateLabel.values), name="artifact_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=ArtifactState.RUNNING,
                    run_id__isnull=False,
                    leased_by__isnull=False,
                    lease_until__isnull=False,
                )
                | (
                    ~models.Q(state=ArtifactState.RUNNING)
                    & models.Q(leased_by__isnull=True, lease_until__isnull=True)
                ),
                name="artifact_running_means_leased",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ArtifactState.READY)
                | models.Q(current_version__isnull=False),
                name="artifact_ready_has_version",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ArtifactState.FAILED) | ~models.Q(error_public=""),
                name="artifact_failed_says_why",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["run_id", "-priority", "position"],
                condition=models.Q(state__in=[ArtifactState.PENDING, ArtifactState.RUNNING]),
                name="artifact_claim",
            ),
            models.Index(fields=["run_id", "state"], name="artifact_of_run"),
            models.Index(
                fields=["leased_by"],
                condition=models.Q(state=ArtifactState.RUNNING),
                name="artifact_held",
            ),
            models.Index(
                fields=["-id"],
                condition=models.Q(state=ArtifactState.FAILED),
                name="artifact_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_state_display()})"


class Origin(models.TextChoices):
    GENERATED = "generated", _("generated")
    AUTHORED = "authored", _("built in")


class ArtifactVersion(models.Model):
    """One finished text of an artifact, with its provenance. Rows are never changed."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    run_id = models.UUIDField(_("run"))
    origin = models.CharField(_("origin"), max_length=16, choices=Origin.choices)
    provider = models.CharField(_("provider"), max_length=PROVIDER_MAX_CHARACTERS)
    model = models.CharField(_("model"), max_length=MODEL_MAX_CHARACTERS, blank=True)
    prompt_version = models.CharField(
        _("prompt version"), max_length=PROMPT_VERSION_MAX_CHARACTERS, blank=True
    )
    # What whoever had it written anew wished for.
    instruction = models.CharField(
        _("instruction"),
        max_length=INSTRUCTION_MAX_CHARACTERS,
        blank=True,
        default="",
        db_default="",
    )
    language = models.CharField(_("language"), max_length=LANGUAGE_TAG_MAX_CHARACTERS)
    content_hash = models.CharField(_("content hash (SHA-256)"), max_length=64)
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    tokens_in = models.PositiveIntegerField(_("tokens in"), default=0)
    tokens_out = models.PositiveIntegerField(_("tokens out"), default=0)
    cost_usd = models.DecimalField(
        _("cost in US dollars"), max_digits=12, decimal_places=6, null=True, blank=True
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering: ClassVar = ["artifact_id", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["artifact", "number"], name="version_number_unique"),
            # What makes a redelivered batch harmless: a run writes an artifact once.
            models.UniqueConstraint(fields=["artifact", "run_id"], name="version_once_per_run"),
        ]

    def __str__(self) -> str:
        return f"{self.artifact_id} v{self.number}"
