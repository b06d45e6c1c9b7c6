"""Runs, their events, and the artifacts they write."""

from __future__ import annotations

import uuid
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin_rules import Large, ModelAdmin, NeverEdited, TabularInline
from concepts.artifact_states import ArtifactState
from concepts.models import Artifact, ArtifactVersion, Concept
from generation import tasks
from generation.models import GenerationEvent, GenerationRun, ModelCallRecord, RunSpending
from generation.run_states import RunState
from generation.runs import lifecycle
from generation.runs.lifecycle import retry_artifacts
from generation.runs.spending import total_calls
from roadmaps.admin_search import FoundByRoadmap
from roadmaps.models import Roadmap


class Operated(NeverEdited, Large, FoundByRoadmap, ModelAdmin):
    """Nobody edits it, but who has Django's permission to change it may use its actions."""

    def has_operate_permission(self, request: HttpRequest) -> bool:
        # Not has_change_permission(), which is about editing and always says no.
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def tell(self, request: HttpRequest, text: str, *, done: bool) -> None:
        self.message_user(request, text, messages.SUCCESS if done else messages.WARNING)


def enqueue(run_id: uuid.UUID) -> None:
    """Once it is committed. Where no broker answers, the sweep finds the run."""

    def send() -> None:  # a partial has no name, and Django's log of a failure wants one
        tasks.start_run.delay(str(run_id))

    transaction.on_commit(send, robust=True)


class SpendingInline(NeverEdited, TabularInline):
    model = RunSpending
    fields = ("puller", "calls", "tokens_in", "tokens_out", "cost_usd")


@admin.register(GenerationRun)
class GenerationRunAdmin(Operated):
    list_display = (
        "id",
        "roadmap",
        "state",
        "reason",
        "provider",
        "model",
        "model_calls",
        "tokens_in",
        "tokens_out",
        "cost_usd",
        "created_at",
        "finished_at",
    )
    list_filter = ("state",)
    list_prefetch = ("roadmap",)
    ordering = ("-created_at", "-id")
    search_ids = ("pk",)
    actions = ("resume", "cancel")
    inlines = (SpendingInline,)
    readonly_fields = ("history", "artifacts", "ledger")
    fieldsets = (
        (None, {"fields": ("id", "roadmap", "state", "reason", "history", "artifacts")}),
        (_("Who and what"), {"fields": ("requested_by", "provider", "model", "options")}),
        (_("Cost"), {"fields": ("model_calls", "tokens_in", "tokens_out", "cost_usd", "ledger")}),
        (_("Times"), {"fields": ("created_at", "started_at", "finished_at")}),
        (_("Record"), {"fields": ("idempotency_key", "last_seq", "leased_by", "lease_until")}),
    )

    @admin.action(description=_("Resume: write what is missing"), permissions=["operate"])
    def resume(self, request: HttpRequest, queryset: QuerySet[GenerationRun]) -> None:
        chosen = list(queryset.values_list("pk", flat=True))
        resumed = [run_id for run_id in chosen if lifecycle.resume_run(run_id)]
        for run_id in resumed:
            enqueue(run_id)
        count = len(resumed)
        text = ngettext("%(count)d run resumed.", "%(count)d runs resumed.", count)
        self.tell(request, text % {"count": count}, done=bool(count))
        self._tell_rest(request, len(chosen) - count)

    @admin.action(description=_("Cancel: keep what is written"), permissions=["operate"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[GenerationRun]) -> None:
        chosen = list(queryset.values_list("pk", flat=True))
        reason = gettext("Cancelled by the staff.")
        stopped = [lifecycle.stop_run(run_id, RunState.CANCELLED, reason) for run_id in chosen]
        count = sum(stopped)
        text = ngettext("%(count)d run cancelled.", "%(count)d runs cancelled.", count)
        self.tell(request, text % {"count": count}, done=bool(count))
        self._tell_rest(request, len(chosen) - count)

    def _tell_rest(self, request: HttpRequest, count: int) -> None:
        text = ngettext(
            "%(count)d run was in a state that does not allow it.",
            "%(count)d runs were in a state that does not allow it.",
            count,
        )
        if count:
            self.tell(request, text % {"count": count}, done=False)

    @admin.display(description=_("history"))
    def history(self, run: GenerationRun) -> SafeString:
        text = ngettext("%(count)d event", "%(count)d events", run.last_seq)
        query = f"run__id__exact={run.pk}"
        return _link("generation_generationevent", query, text % {"count": run.last_seq})

    @admin.display(description=_("artifacts"))
    def artifacts(self, run: GenerationRun) -> SafeString:
        return _link("concepts_artifact", f"run_id__exact={run.pk}", gettext("what it writes"))

    @admin.display(description=_("ledger"))
    def ledger(self, run: GenerationRun) -> SafeString:
        query = f"run__id__exact={run.pk}"
        return _link("generation_modelcallrecord", query, gettext("every call to the model"))


def _link(changelist: str, query: str, text: str) -> SafeString:
    url = reverse(f"admin:{changelist}_changelist")
    return format_html('<a href="{}?{}">{}</a>', url, query, text)


@admin.register(GenerationEvent)
class GenerationEventAdmin(NeverEdited, Large, FoundByRoadmap, ModelAdmin):
    list_display = ("run", "seq", "type", "concept", "kind", "created_at")
    list_display_links = ("seq",)
    list_prefetch = ("run", "concept")
    ordering = ("run_id", "seq")
    search_ids = ("run",)
    search_roadmap = "run__roadmap"


@admin.register(ModelCallRecord)
class ModelCallRecordAdmin(NeverEdited, Large, FoundByRoadmap, ModelAdmin):
    """The ledger; of one run with its totals."""

    change_list_template = "generation/admin/ledger.html"
    list_display = (
        "at",
        "run_link",
        "purpose",
        "prompt_version",
        "model",
        "attempt",
        "outcome",
        "error_class",
        "tokens_in",
        "tokens_out",
        "tokens_cached",
        "cost_usd",
        "seconds",
    )
    ordering = ("-at", "id")
    search_ids = ("pk", "run")
    search_roadmap = "run__roadmap"

    @admin.display(description=_("run"))
    def run_link(self, call: ModelCallRecord) -> SafeString:
        url = reverse("admin:generation_generationrun_change", args=[call.run_id])
        return format_html(
            '<a href="{}" title="{}">{}</a>', url, call.run_id, f"{call.run_id!s:.8}"
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        listed = getattr(response, "context_data", {}).get("cl")
        of_a_run = {"run__id__exact", "q"} & {*request.GET}
        if isinstance(response, TemplateResponse) and listed is not None and of_a_run:
            response.context_data = (response.context_data or {}) | {
                "totals": total_calls(listed.queryset)
            }
        return response


class VersionInline(NeverEdited, TabularInline):
    model = ArtifactVersion
    fields = (
        *("number", "origin", "provider", "model", "prompt_version", "language"),
        *("tokens_in", "tokens_out", "cost_usd", "created_at"),
    )
    show_change_link = True


@admin.register(Artifact)
class ArtifactAdmin(Operated):
    list_display = (
        "concept",
        "kind",
        "state",
        "attempts",
        "error_public",
        "roadmap",
        "priority",
        "finished_at",
    )
    list_filter = ("state",)
    list_prefetch = ("concept__roadmap",)
    search_ids = ("run_id",)
    search_roadmap = "concept__roadmap"
    actions = ("retry",)
    inlines = (VersionInline,)

    @admin.display(description=_("roadmap"))
    def roadmap(self, artifact: Artifact) -> Roadmap:
        concept: Concept = artifact.concept
        return concept.roadmap

    @admin.action(description=_("Retry the failed ones"), permissions=["operate"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Artifact]) -> None:
        count = sum(
            _retry_in_run(run_id, [pk for _run, pk in rows])
            for run_id, rows in groupby(_failed(queryset), key=itemgetter(0))
        )
        text = ngettext(
            "%(count)d failed artifact is written again.",
            "%(count)d failed artifacts are written again.",
            count,
        )
        self.tell(request, text % {"count": count}, done=bool(count))


def _failed(artifacts: QuerySet[Artifact]) -> list[tuple[uuid.UUID, int]]:
    failed = artifacts.filter(state=ArtifactState.FAILED, run_id__isnull=False)
    rows: Any = failed.order_by("run_id", "pk").values_list("run_id", "pk")
    return list(rows)


def _retry_in_run(run_id: uuid.UUID, artifact_ids: list[int]) -> int:
    retried = retry_artifacts(run_id, artifact_ids)
    if retried:
        enqueue(run_id)
    return retried
