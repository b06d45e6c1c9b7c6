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
    Large,
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
    QuestionType,
    Quiz,
    Resource,
    Tutorial,
)
from roadmaps.admin_search import FoundByRoadmap

ROADMAP = "version__artifact__concept__roadmap"


MINUTES = ("est_minutes", "practice_minutes", "lesson_minutes", "reading_minutes")


class PrerequisiteInline(NeverEdited, TabularInline):
    model = ConceptPrerequisite
    fk_name = "concept"
    fields = ("requires",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("concept", "requires")


@admin.register(Concept)
class ConceptAdmin(NotByHand, Large, FoundByRoadmap, ModelAdmin):
    """Words may be corrected; keys, order and place hold progress and content together."""

    list_display = ("title", "position", "module", "roadmap", "kind", "difficulty", "est_minutes")
    list_prefetch = ("module", "roadmap")
    inlines = (PrerequisiteInline,)
    readonly_fields = (
        *("roadmap", "module", "position", "lesson_minutes", "reading_minutes"),
        *("slug", "outline_key", "stable_key"),
    )
    fieldsets = (
        (None, {"fields": ("title", "summary", "objectives", "keywords")}),
        (_("Measures"), {"fields": ("kind", "difficulty", *MINUTES)}),
        (_("Place"), {"fields": ("roadmap", "module", "position")}),
        (_("Record"), {"fields": ("slug", "outline_key", "stable_key")}),
    )


class TutorialInline(NeverEdited, StackedInline):
    model = Tutorial
    fields = ("markdown", "reading_minutes", "renderer_version")


RESOURCE_FIELDS = (
    "position",
    "title",
    "url",
    "kind",
    "language",
    "why",
    "minutes",
    "is_free",
    "state",
    "checked_at",
)


class ResourceInline(NeverEdited, TabularInline):
    model = Resource
    fields = RESOURCE_FIELDS


class QuizInline(NeverEdited, TabularInline):
    model = Quiz
    show_change_link = True


@admin.register(ArtifactVersion)
class ArtifactVersionAdmin(NeverEdited, Large, FoundByRoadmap, ModelAdmin):
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
    list_prefetch = ("artifact__concept",)
    search_roadmap = "artifact__concept__roadmap"
    inlines = (TutorialInline, ResourceInline, QuizInline)

    @admin.display(description=_("concept"))
    def concept(self, version: ArtifactVersion) -> Concept:
        return version.artifact.concept


class OfVersion(NeverEdited, Large, FoundByRoadmap, ModelAdmin):
    """What a version holds, shown with the concept it is about."""

    list_prefetch: ClassVar[tuple[str, ...]] = ("version__artifact__concept",)
    search_roadmap = ROADMAP

    @admin.display(description=_("concept"))
    def concept(self, payload: Any) -> Concept:
        concept: Concept = payload.version.artifact.concept
        return concept

    @admin.display(description=_("version"))
    def number(self, payload: Any) -> int:
        number: int = payload.version.number
        return number


@admin.register(Tutorial)
class TutorialAdmin(OfVersion):
    list_display = ("concept", "number", "reading_minutes", "renderer_version")
    fields = ("version", "reading_minutes", "renderer_version", "markdown")


@admin.register(Resource)
class ResourceAdmin(OfVersion):
    list_display = ("title", "state", "kind", "language", "is_free", "url", "concept", "number")
    list_filter = ("state",)
    fields = ("version", *RESOURCE_FIELDS)


class QuestionInline(NeverEdited, StackedInline):
    model = Question
    fields = (
        *("position", "type", "stem", "choices", "accepted"),
        *("explanation", "objective", "difficulty"),
    )
    readonly_fields = ("choices",)
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("choices")

    @admin.display(description=_("choices"))
    def choices(self, question: Question) -> SafeString:
        rows = (
            (_mark(question, choice), choice.text, choice.rationale)
            for choice in question.choices.all()
        )
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} {} ({})</li>", rows))


def _mark(question: Question, choice: Choice) -> str:
    if question.type == QuestionType.ORDER:
        return f"{choice.position}."
    return "✓" if choice.is_correct else "✗"


@admin.register(Quiz)
class QuizAdmin(OfVersion):
    list_display = ("concept", "number")
    inlines = (QuestionInline,)


class ChoiceInline(NeverEdited, TabularInline):
    model = Choice
    fields = ("position", "text", "is_correct", "rationale")


@admin.register(Question)
class QuestionAdmin(NeverEdited, Large, FoundByRoadmap, ModelAdmin):
    list_display = ("stem", "type", "difficulty", "objective", "concept")
    list_prefetch = ("quiz__version__artifact__concept",)
    search_roadmap = f"quiz__{ROADMAP}"
    inlines = (ChoiceInline,)

    @admin.display(description=_("concept"))
    def concept(self, question: Question) -> Concept:
        return question.quiz.version.artifact.concept


@admin.register(Choice)
class ChoiceAdmin(NeverEdited, Large, FoundByRoadmap, ModelAdmin):
    list_display = ("text", "is_correct", "rationale", "question")
    list_prefetch = ("question",)
    search_roadmap = f"question__quiz__{ROADMAP}"
