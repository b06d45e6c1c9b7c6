from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin_rules import (
    DeletesWhole,
    Large,
    ModelAdmin,
    NamedInColumns,
    NotByHand,
    TabularInline,
)
from roadmaps.admin_search import FoundByRoadmap
from roadmaps.models import Module, Roadmap, Stage


class StageInline(NotByHand, NamedInColumns, TabularInline):
    model = Stage
    fields = ("position", "title", "summary", "modules")
    readonly_fields = ("position", "modules")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("modules")

    @admin.display(description=_("modules"))
    def modules(self, stage: Stage) -> str:
        return "; ".join(module.title for module in stage.modules.all())


class ModuleInline(NotByHand, NamedInColumns, TabularInline):
    model = Module
    fields = ("position", "title", "summary")
    readonly_fields = ("position",)
    show_change_link = True


@admin.register(Roadmap)
class RoadmapAdmin(DeletesWhole, Large, FoundByRoadmap, ModelAdmin):
    """Roadmaps are ordered, not added; what was asked for stays as it was asked."""

    list_display = (
        "title",
        "owner",
        "visibility",
        "language",
        "level",
        "concept_count",
        "created_at",
    )
    list_prefetch = ("owner",)
    ordering = ("-created_at", "-id")
    search_roadmap = "pk"
    autocomplete_fields = ("owner",)
    inlines = (StageInline,)
    readonly_fields = (
        "runs",
        "goal",
        "slug",
        "assumptions",
        "language",
        "level",
        "created_at",
        "updated_at",
    )
    fieldsets = (
        (None, {"fields": ("title", "summary", "owner", "visibility", "runs")}),
        (_("Schedule"), {"fields": ("hours_per_week", "target_date")}),
        (_("What was asked for"), {"fields": ("goal", "language", "level", "assumptions")}),
        (_("Record"), {"fields": ("slug", "created_at", "updated_at")}),
    )

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("runs"))
    def runs(self, roadmap: Roadmap) -> SafeString:
        count = roadmap.runs.count()
        url = reverse("admin:generation_generationrun_changelist")
        text = ngettext("%(count)d attempt to write it", "%(count)d attempts to write it", count)
        link = '<a href="{}?roadmap__id__exact={}">{}</a>'
        return format_html(link, url, roadmap.pk, text % {"count": count})


@admin.register(Stage)
class StageAdmin(NotByHand, Large, FoundByRoadmap, ModelAdmin):
    list_display = ("title", "position", "roadmap")
    list_prefetch = ("roadmap",)
    fields = ("roadmap", "position", "title", "summary")
    readonly_fields = ("roadmap", "position")
    inlines = (ModuleInline,)


@admin.register(Module)
class ModuleAdmin(NotByHand, Large, FoundByRoadmap, ModelAdmin):
    list_display = ("title", "position", "stage", "roadmap")
    list_prefetch = ("stage__roadmap",)
    search_roadmap = "stage__roadmap"
    fields = ("roadmap", "stage", "position", "title", "summary")
    readonly_fields = ("roadmap", "stage", "position")

    @admin.display(description=_("roadmap"))
    def roadmap(self, module: Module) -> Roadmap:
        return module.stage.roadmap
