"""Concepts and their content. Artifacts, which runs write, stand in generation.admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin_rules import (
    ModelAdmin,
    NeverEdited,
    NotByHand,
    StackedInline,
    TabularInline,
)
from concepts.models import (
    ArtifactVersion,
    Choice,
    Concept,
    ConceptPrerequisite,
    Question,
    Quiz,
    Resource,
    Tutorial,
)

ROADMAP_SEARCH = "version__artifact__concept__roadmap__title"
CONCEPT_SEARCH = "version__artifact__concept__title"


class PrerequisiteInline(NeverEdited, TabularInline):
    model = ConceptPrerequisite
    fk_name = "concept"
    fields = ("requires",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("concept", "requires")


@admin.register(Concept)
class ConceptAdmin(NotByHand, ModelAdmin):
    """Words may be corrected; keys, order and place hold progress and content together."""

    list_display = ("title", "position", "module", "roadmap", "kind", "difficulty", "est_minutes")
    list_filter = ("kind", "difficulty")
    list_select_related = ("module", "roadmap")
    search_fields = ("title", "slug", "summary", "roadmap__title")
    inlines = (PrerequisiteInline,)
    readonly_fields = ("roadmap", "module", "position", "slug", "outline_key", "stable_key")
    fieldsets = (
        (None, {"fields": ("title", "summary", "objectives", "keywords")}),
        (_("Measures"), {"fields": ("kind", "difficulty", "est_minutes")}),
        (_("Place"), {"fields": ("roadmap", "module", "position")}),
        (_("Record"), {"fields": ("slug", "outline_key", "stable_key")}),
    )


class TutorialInline(NeverEdited, StackedInline):
    model = Tutorial
    fields = ("markdown", "reading_minutes", "renderer_version")


RESOURCE_FIELDS = ("position", "title", "url", "kind", "language", "why", "minutes", "is_free")


class ResourceInline(NeverEdited, TabularInline):
    model = Resource
    fields = RESOURCE_FIELDS


class QuizInline(NeverEdited, TabularInline):
    model = Quiz
    show_change_link = True


@admin.register(ArtifactVersion)
class ArtifactVersionAdmin(NeverEdited, ModelAdmin):
    list_display = (
        "concept",
        "artifact",
        "number",
        "origin",
        "provider",
        "model",
        "language",
        "tokens_in",
        "tokens_out",
        "cost_usd",
        "created_at",
    )
    list_filter = ("artifact__kind", "origin", "provider", "language", "created_at")
    list_select_related = ("artifact__concept",)
    search_fields = ("artifact__concept__title", "=run_id", "=content_hash")
    search_help_text = _("Concept, or exactly: run, content hash")
    date_hierarchy = "created_at"
    inlines = (TutorialInline, ResourceInline, QuizInline)

    @admin.display(description=_("concept"), ordering="artifact__concept__title")
    def concept(self, version: ArtifactVersion) -> Concept:
        return version.artifact.concept


class OfVersion(NeverEdited, ModelAdmin):
    """What a version holds, shown with the concept it is about."""

    list_select_related = ("version__artifact__concept",)
    search_fields: ClassVar[tuple[str, ...]] = (CONCEPT_SEARCH, ROADMAP_SEARCH)

    @admin.display(description=_("concept"), ordering="version__artifact__concept__title")
    def concept(self, payload: Any) -> Concept:
        concept: Concept = payload.version.artifact.concept
        return concept

    @admin.display(description=_("version"), ordering="version__number")
    def number(self, payload: Any) -> int:
        number: int = payload.version.number
        return number


@admin.register(Tutorial)
class TutorialAdmin(OfVersion):
    list_display = ("concept", "number", "reading_minutes", "renderer_version")
    fields = ("version", "reading_minutes", "renderer_version", "markdown")


@admin.register(Resource)
class ResourceAdmin(OfVersion):
    list_display = ("title", "kind", "language", "is_free", "url", "concept", "number")
    list_filter = ("kind", "is_free", "language")
    search_fields = ("title", "url", CONCEPT_SEARCH)
    fields = ("version", *RESOURCE_FIELDS)


class QuestionInline(NeverEdited, StackedInline):
    model = Question
    fields = ("position", "type", "stem", "choices", "explanation", "objective", "difficulty")
    readonly_fields = ("choices",)
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("choices")

    @admin.display(description=_("choices"))
    def choices(self, question: Question) -> SafeString:
        rows = ((_mark(choice), choice.text, choice.rationale) for choice in question.choices.all())
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} {} ({})</li>", rows))


def _mark(choice: Choice) -> str:
    return "✓" if choice.is_correct else "✗"


@admin.register(Quiz)
class QuizAdmin(OfVersion):
    list_display = ("concept", "number")
    inlines = (QuestionInline,)


class ChoiceInline(NeverEdited, TabularInline):
    model = Choice
    fields = ("position", "text", "is_correct", "rationale")


@admin.register(Question)
class QuestionAdmin(NeverEdited, ModelAdmin):
    list_display = ("stem", "type", "difficulty", "objective", "concept")
    list_filter = ("type", "difficulty")
    list_select_related = ("quiz__version__artifact__concept",)
    search_fields = ("stem", "objective", f"quiz__{CONCEPT_SEARCH}")
    inlines = (ChoiceInline,)

    @admin.display(description=_("concept"))
    def concept(self, question: Question) -> Concept:
        return question.quiz.version.artifact.concept


@admin.register(Choice)
class ChoiceAdmin(NeverEdited, ModelAdmin):
    list_display = ("text", "is_correct", "rationale", "question")
    list_filter = ("is_correct",)
    list_select_related = ("question",)
    search_fields = ("text", "rationale", "question__stem")
