"""Runs and their history. The rows are the truth; a web socket only hints that they changed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from concepts.bounds import (
    ERROR_CLASS_MAX_CHARACTERS,
    INSTRUCTION_MAX_CHARACTERS,
    MODEL_MAX_CHARACTERS,
    PROMPT_VERSION_MAX_CHARACTERS,
    PROVIDER_MAX_CHARACTERS,
    REASON_MAX_CHARACTERS,
)
from concepts.models import Artifact, ArtifactKindLabel, Concept
from generation import spent_models
from generation.run_states import RunState
from roadmaps.models import Roadmap

assert spent_models  # whose tables are this app's, too


class RunStateLabel(models.TextChoices):
    QUEUED = RunState.QUEUED.value, _("waiting")
    RUNNING = RunState.RUNNING.value, _("running")
    PLANNED = RunState.PLANNED.value, _("planned")
    PAUSED = RunState.PAUSED.value, _("paused")
    READY = RunState.READY.value, _("ready")
    PARTIAL = RunState.PARTIAL.value, _("partly ready")
    FAILED = RunState.FAILED.value, _("failed")
    CANCELLED = RunState.CANCELLED.value, _("cancelled")


class GenerationRun(models.Model):
    """One attempt at a scope. Its id is the fencing token on the artifacts it may write.

    The scope is a roadmap, or one `artifact` of it that is ready and is written anew with an
    `instruction`: that one stays ready, with the version it has, until the next is there.
    `leased_by`/`lease_until` protect what is made once a run, the outline or that new version, as
    an artifact's lease protects the artifact. `last_seq` numbers the events: see
    `events.append_events`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(
        _("state"), max_length=16, choices=RunStateLabel.choices, default=RunState.QUEUED
    )
    reason = models.CharField(_("reason"), max_length=REASON_MAX_CHARACTERS, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("requested by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    idempotency_key = models.CharField(  # noqa: DJ001 - NULL: none was given
        _("idempotency key"), max_length=200, null=True, blank=True
    )
    # Of a visitor's address as much as counting needs; see accounts.limits.
    placed_from = models.CharField(
        _("ordered from"),
        max_length=32,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    # The same of their session.
    placed_by = models.CharField(
        _("ordered by"),
        max_length=32,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    provider = models.CharField(_("provider"), max_length=PROVIDER_MAX_CHARACTERS)
    model = models.CharField(_("model"), max_length=MODEL_MAX_CHARACTERS, blank=True)
    artifact = models.ForeignKey(
        Artifact,
        verbose_name=_("artifact that is written anew"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="rewritings",
        db_index=False,
    )
    instruction = models.CharField(
        _("instruction"),
        max_length=INSTRUCTION_MAX_CHARACTERS,
        blank=True,
        default="",
        db_default="",
    )
    # Of one about an artifact: since when nobody wants to be told how it ended.
    dismissed_at = models.DateTimeField(_("dismissed"), null=True, blank=True, editable=False)
    # What was asked for, as OutlineRequest.options() gives it: the same goal and options are the
    # same order.
    options = models.JSONField(_("options"), default=dict, blank=True)
    # A plan that waits for its learner's word (`generation.runs.plans`): a Skeleton as JSON, how
    # often it has changed, what they say of it when it is to be made anew, and how long it waits.
    skeleton = models.JSONField(_("plan"), null=True, blank=True)
    plan_version = models.PositiveIntegerField(_("version of the plan"), default=0, db_default=0)
    plan_wish = models.CharField(
        _("wish for the plan"),
        max_length=INSTRUCTION_MAX_CHARACTERS,
        blank=True,
        default="",
        db_default="",
    )
    planned_until = models.DateTimeField(_("plan kept until"), null=True, blank=True)
    last_seq = models.PositiveIntegerField(_("last event"), default=0)
    leased_by = models.UUIDField(_("claimed by"), null=True, blank=True)
    lease_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    # Starts in a row that came to nothing, and the last event before them: see `count_start`.
    starts = models.PositiveSmallIntegerField(_("starts"), default=0, db_default=0)
    starts_seq = models.PositiveIntegerField(_("event before them"), default=0, db_default=0)
    # When a run that was paused by the limit of a day goes on by itself; see `sweeping`.
    resumes_at = models.DateTimeField(_("goes on at"), null=True, blank=True)
    model_calls = models.PositiveIntegerField(_("model calls"), default=0)
    tokens_in = models.PositiveBigIntegerField(_("tokens in"), default=0)
    tokens_out = models.PositiveBigIntegerField(_("tokens out"), default=0)
    cost_usd = models.DecimalField(
        _("cost in US dollars"), max_digits=12, decimal_places=6, null=True, blank=True
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("generation run")
        verbose_name_plural = _("generation runs")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["requested_by", "idempotency_key"],
                condition=models.Q(idempotency_key__isnull=False),
                nulls_distinct=False,
                name="run_key_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=RunStateLabel.values), name="run_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[RunState.FAILED, RunState.PAUSED])
                | ~models.Q(reason=""),
                name="run_stopped_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(leased_by__isnull=True, lease_until__isnull=True)
                | models.Q(leased_by__isnull=False, lease_until__isnull=False),
                name="run_lease_is_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=[RunState.QUEUED, RunState.RUNNING]),
                name="run_open",
            ),
            models.Index(
                fields=["resumes_at"],
                condition=models.Q(state=RunState.PAUSED, resumes_at__isnull=False),
                name="run_resumes",
            ),
            models.Index(fields=["-created_at", "-id"], name="run_newest"),
            models.Index(fields=["placed_by"], name="run_placed_by"),
            models.Index(fields=["placed_from"], name="run_placed_from"),
            models.Index(fields=["state", "-created_at", "-id"], name="run_of_state"),
            models.Index(
                fields=["planned_until"],
                condition=models.Q(state=RunState.PLANNED),
                name="run_planned",
            ),
            models.Index(
                fields=["artifact", "-created_at"],
                condition=models.Q(artifact__isnull=False),
                name="run_of_artifact",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return f"/runs/{self.pk}/"


class EventType(models.TextChoices):
    RUN_QUEUED = "run_queued", _("run queued")
    RUN_STARTED = "run_started", _("run started")
    RUN_PLANNED = "run_planned", _("run planned")
    PLAN_CHANGED = "plan_changed", _("plan changed")
    OUTLINE_SAVED = "outline_saved", _("outline saved")
    PREREQUISITE_DROPPED = "prerequisite_dropped", _("prerequisite dropped")
    DETAILS_SAVED = "details_saved", _("details of a module saved")
    DETAILS_FAILED = "details_failed", _("details of a module failed")
    ARTIFACT_READY = "artifact_ready", _("artifact ready")
    ARTIFACT_FAILED = "artifact_failed", _("artifact failed")
    VERSION_KEPT = "version_kept", _("version kept, not shown")
    RUN_FINISHED = "run_finished", _("run finished")
    RUN_PAUSED = "run_paused", _("run paused")
    RUN_CANCELLED = "run_cancelled", _("run cancelled")
    RUN_RESUMED = "run_resumed", _("run resumed")


class GenerationEvent(models.Model):
    """One step of a run, numbered without gaps in commit order."""

    run = models.ForeignKey(GenerationRun, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField(_("number"))
    type = models.CharField(_("type"), max_length=32, choices=EventType.choices)
    concept = models.ForeignKey(
        Concept, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(
        _("artifact"), max_length=16, choices=ArtifactKindLabel.choices, blank=True
    )
    payload = models.JSONField(_("payload"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering: ClassVar = ["run_id", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "seq"], name="event_seq_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"


class CallOutcome(models.TextChoices):
    OK = "ok", _("answered")
    TRANSIENT = "transient", _("failed for now")
    FAILED = "failed", _("of no use")
    SYSTEMIC = "systemic", _("refused for good")
    CANCELLED = "cancelled", _("cancelled")


class ModelCallRecord(models.Model):
    """The ledger: one request to a model server, whatever became of it.

    `id` is made where the call ended, so that a record that is delivered twice is one row.
    `tokens_cached` are among `tokens_in`. Rows are written in batches on the `logs` queue, so the
    last ones of a run come some seconds after it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    run = models.ForeignKey(
        GenerationRun, on_delete=models.CASCADE, related_name="model_call_records", db_index=False
    )
    at = models.DateTimeField(_("ended"))
    purpose = models.CharField(_("purpose"), max_length=32)
    prompt_version = models.CharField(_("prompt version"), max_length=PROMPT_VERSION_MAX_CHARACTERS)
    model = models.CharField(_("model"), max_length=MODEL_MAX_CHARACTERS)
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    outcome = models.CharField(_("outcome"), max_length=16, choices=CallOutcome.choices)
    error_class = models.CharField(
        _("error class"), max_length=ERROR_CLASS_MAX_CHARACTERS, blank=True
    )
    seconds = models.FloatField(_("seconds"))
    tokens_in = models.PositiveBigIntegerField(_("tokens in"), default=0)
    tokens_out = models.PositiveBigIntegerField(_("tokens out"), default=0)
    tokens_cached = models.PositiveBigIntegerField(_("tokens from the cache"), default=0)
    cost_usd = models.DecimalField(
        _("cost in US dollars"), max_digits=14, decimal_places=8, null=True, blank=True
    )

    class Meta:
        verbose_name = _("model call")
        verbose_name_plural = _("model calls")
        ordering: ClassVar = ["-at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["run", "at"], name="model_call_of_run"),
            models.Index(fields=["-at", "id"], name="model_call_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.outcome}"


class RunSpending(models.Model):
    """What one puller has spent on a run so far, written with its batches and its claims.

    The sum over a run's pullers is what its budget is about: every request counts, as in the
    ledger, but it is known at once. The run's own totals (`model_calls`, `tokens_in`, …) are that
    sum, written in the same transactions.
    """

    run = models.ForeignKey(
        GenerationRun, on_delete=models.CASCADE, related_name="spendings", db_index=False
    )
    puller = models.UUIDField(_("puller"))
    calls = models.PositiveIntegerField(_("model calls"))
    tokens_in = models.PositiveBigIntegerField(_("tokens in"))
    tokens_out = models.PositiveBigIntegerField(_("tokens out"))
    cost_usd = models.DecimalField(
        _("cost in US dollars"), max_digits=14, decimal_places=8, null=True, blank=True
    )

    class Meta:
        verbose_name = _("spending of a puller")
        verbose_name_plural = _("spending of the pullers")
        ordering: ClassVar = ["run_id", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "puller"], name="run_spending_unique"),
        ]

    def __str__(self) -> str:
        return str(self.puller)
