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
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin_rules import Large, ModelAdmin, NeverEdited, TabularInline
from concepts.artifact_states import ArtifactState
from concepts.models import Artifact, ArtifactVersion, Concept
from generation import dispatch, tasks
from generation.admin_spending import tell_expected
from generation.models import (
    GenerationEvent,
    GenerationRun,
    ModelCallRecord,
    RunSpending,
)
from generation.run_states import RunState
from generation.runs import lifecycle
from generation.runs.lifecycle import retry_artifacts
from generation.runs.spending import total_calls
from roadmaps.admin_search import FoundByRoadmap


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
        "short_id",
        "roadmap",
        "state",
        "written_by",
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
    readonly_fields = ("history", "artifacts", "ledger", "operations", "expected")
    fieldsets = (
        (None, {"fields": ("id", "roadmap", "state", "reason")}),
        (_("Where else it is seen"), {"fields": ("history", "artifacts", "operations")}),
        (
            _("Who and what"),
            {"fields": ("requested_by", "provider", "model", "options", "instruction")},
        ),
        (
            _("Cost"),
            {
                "fields": (
                    *("model_calls", "tokens_in", "tokens_out", "cost_usd"),
                    *("expected", "ledger"),
                )
            },
        ),
        (_("Times"), {"fields": ("created_at", "started_at", "finished_at", "resumes_at")}),
        (_("Record"), {"fields": ("idempotency_key", "last_seq", "leased_by", "lease_until")}),
    )

    @admin.action(description=_("Resume: write what is missing"), permissions=["operate"])
    def resume(self, request: HttpRequest, queryset: QuerySet[GenerationRun]) -> None:
        chosen = list(queryset.values_list("pk", flat=True))
        resumed = [run_id for run_id in chosen if dispatch.resume(run_id, enqueue=False)]
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

    @admin.display(description=_("run"))
    def short_id(self, run: GenerationRun) -> str:
        return f"{run.pk!s:.8}"

    @admin.display(description=_("written by"))
    def written_by(self, run: GenerationRun) -> str:
        return f"{run.provider}, {run.model}" if run.model else run.provider

    @admin.display(description=_("operations"))
    def operations(self, run: GenerationRun) -> SafeString:
        url = reverse("operations:run", args=[run.pk])
        return format_html('<a href="{}">{}</a>', url, gettext("what is going on, and what to do"))

    @admin.display(description=_("history"))
    def history(self, run: GenerationRun) -> SafeString:
        text = ngettext("%(count)d event", "%(count)d events", run.last_seq)
        query = f"run__id__exact={run.pk}"
        return _link("generation_generationevent", query, text % {"count": run.last_seq})

    @admin.display(description=_("artifacts"))
    def artifacts(self, run: GenerationRun) -> SafeString:
        return _link("concepts_artifact", f"run_id__exact={run.pk}", gettext("what it writes"))

    @admin.display(description=_("expected of a whole roadmap"))
    def expected(self, run: GenerationRun) -> str:
        return tell_expected(run)

    @admin.display(description=_("ledger"))
    def ledger(self, run: GenerationRun) -> SafeString:
        query = f"run__id__exact={run.pk}"
        return _link("generation_modelcallrecord", query, gettext("every call to the model"))


def _link(changelist: str, query: str, text: str) -> SafeString:
    url = reverse(f"admin:{changelist}_changelist")
    return format_html('<a href="{}?{}">{}</a>', url, query, text)


def _run_link(run_id: uuid.UUID | None) -> SafeString | str:
    """To the run, by the beginning of its id; the whole of it is told on top."""
    if run_id is None:
        return "-"
    url = reverse("admin:generation_generationrun_change", args=[run_id])
    return format_html('<a href="{}" title="{}">{}</a>', url, run_id, f"{run_id!s:.8}")


@admin.register(GenerationEvent)
class GenerationEventAdmin(NeverEdited, Large, FoundByRoadmap, ModelAdmin):
    list_display = ("run_link", "seq", "type", "concept", "kind", "created_at")
    list_display_links = ("seq",)
    list_prefetch = ("concept",)
    ordering = ("run_id", "seq")
    search_ids = ("run",)
    search_roadmap = "run__roadmap"

    @admin.display(description=_("run"))
    def run_link(self, event: GenerationEvent) -> SafeString | str:
        return _run_link(event.run_id)


@admin.register(ModelCallRecord)
class ModelCallRecordAdmin(NeverEdited, Large, FoundByRoadmap, ModelAdmin):
    """The ledger; of one run with its totals."""

    change_list_template = "generation/admin/ledger.html"
    list_display = (
        "at",
        "run_link",
        "purpose",
        "model",
        "attempt",
        "outcome",
        "error_class",
        "tokens_in",
        "tokens_out",
        "cost_usd",
        "whole_seconds",
    )
    ordering = ("-at", "id")
    search_ids = ("pk", "run")
    search_roadmap = "run__roadmap"

    @admin.display(description=_("run"))
    def run_link(self, call: ModelCallRecord) -> SafeString | str:
        return _run_link(call.run_id)

    @admin.display(description=_("seconds"))
    def whole_seconds(self, call: ModelCallRecord) -> str:
        return f"{call.seconds:.1f}"

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
        *("number", "origin", "provider", "model", "prompt_version", "instruction", "language"),
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
        "went_wrong",
        "roadmap",
        "run_link",
        "finished_at",
    )
    list_filter = ("state",)
    list_prefetch = ("concept__roadmap",)
    search_ids = ("run_id",)
    search_roadmap = "concept__roadmap"
    actions = ("retry",)
    inlines = (VersionInline,)

    @admin.display(description=_("roadmap"))
    def roadmap(self, artifact: Artifact) -> SafeString:
        concept: Concept = artifact.concept
        url = reverse("admin:roadmaps_roadmap_change", args=[concept.roadmap_id])
        return format_html('<a href="{}">{}</a>', url, concept.roadmap)

    @admin.display(description=_("run"))
    def run_link(self, artifact: Artifact) -> SafeString | str:
        return _run_link(artifact.run_id)

    @admin.display(description=_("what went wrong"))
    def went_wrong(self, artifact: Artifact) -> str:
        return Truncator(artifact.error_public).chars(80)

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
