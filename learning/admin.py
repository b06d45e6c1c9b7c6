"""What learners leave behind, as staff may see it. Nobody but its writer reads a note."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin_rules import Large, ModelAdmin, NeverEdited, TabularInline
from concepts.models import Concept
from learning.models import ConceptMark, Learner, Note, QuestionAnswer, QuizAttempt, Report
from roadmaps.admin_search import FoundByRoadmap


@admin.register(Report)
class ReportAdmin(NeverEdited, Large, FoundByRoadmap, ModelAdmin):
    """What is to be looked into. Who may change reports settles them."""

    list_display = ("kind", "said", "concept", "roadmap", "created_at", "settled_at")
    list_prefetch = ("version__artifact__concept__roadmap",)
    search_roadmap = "version__artifact__concept__roadmap"
    fields = ("kind", "words", "version", "learner", "created_at", "settled_at")
    list_filter = (("settled_at", admin.EmptyFieldListFilter),)
    actions = ("settle",)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("learning.change_report")

    @admin.action(description=_("Settle: it has been looked into"), permissions=["settle"])
    def settle(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        count = queryset.filter(settled_at=None).update(settled_at=timezone.now())
        text = ngettext("%(count)d report settled.", "%(count)d reports settled.", count)
        self.message_user(request, text % {"count": count})

    @admin.display(description=_("in their words"))
    def said(self, report: Report) -> str:
        return Truncator(report.words).chars(80)

    @admin.display(description=_("concept"))
    def concept(self, report: Report) -> Concept:
        return report.version.artifact.concept

    @admin.display(description=_("roadmap"))
    def roadmap(self, report: Report) -> SafeString:
        roadmap = report.version.artifact.concept.roadmap
        url = reverse("admin:roadmaps_roadmap_change", args=[roadmap.pk])
        return format_html('<a href="{}">{}</a>', url, roadmap)


@admin.register(Learner)
class LearnerAdmin(NeverEdited, Large, ModelAdmin):
    list_display = ("key", "user", "created_at")
    list_prefetch = ("user",)
    fields = ("key", "user", "created_at")


class OfLearner(NeverEdited, Large, ModelAdmin):
    list_prefetch = ("concept", "learner")


@admin.register(ConceptMark)
class ConceptMarkAdmin(OfLearner):
    list_display = ("concept", "standing", "completed_version", "learner", "marked_at")
    fields = ("learner", "concept", "standing", "completed_version", "marked_at")


class AnswerInline(NeverEdited, TabularInline):
    model = QuestionAnswer
    fields = ("question", "chosen", "is_correct", "answered_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionAnswer]:
        return super().get_queryset(request).select_related("question")


@admin.register(QuizAttempt)
class QuizAttemptAdmin(OfLearner):
    list_display = ("concept", "learner", "started_at", "finished_at")
    fields = ("learner", "concept", "seed", "started_at", "finished_at")
    inlines = (AnswerInline,)


@admin.register(Note)
class NoteAdmin(OfLearner):
    """That there is one; never what it says."""

    list_display = ("concept", "learner", "revision", "updated_at")
    fields = ("learner", "concept", "revision", "updated_at")
