"""What learners leave behind, for staff to read; reports are settled here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin_rules import Large, ModelAdmin, NeverEdited, TabularInline
from learning.models import ConceptMark, QuestionAnswer, QuizAttempt, Report
from roadmaps.admin_search import FoundByRoadmap


class AnswerInline(NeverEdited, TabularInline):
    model = QuestionAnswer
    fields = ("question", "chosen", "is_correct", "answered_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("question")


@admin.register(ConceptMark)
class ConceptMarkAdmin(NeverEdited, Large, ModelAdmin):
    fields = ("learner", "concept", "standing", "completed_version", "marked_at")
    list_display = ("concept", "learner", "standing", "completed_version", "marked_at")
    list_prefetch = ("concept", "learner")


@admin.register(QuizAttempt)
class QuizAttemptAdmin(NeverEdited, Large, ModelAdmin):
    fields = ("learner", "concept", "quiz", "seed", "asked", "started_at", "finished_at")
    list_display = ("concept", "learner", "quiz", "started_at", "finished_at")
    list_prefetch = ("concept", "learner", "quiz")
    inlines = (AnswerInline,)


@admin.register(Report)
class ReportAdmin(NeverEdited, Large, FoundByRoadmap, ModelAdmin):
    """Who has Django's permission to change reports may settle them."""

    fields = ("version", "kind", "words", "learner", "created_at", "settled_at")
    list_display = ("kind", "version", "words", "created_at", "settled_at")
    list_filter = (("settled_at", admin.EmptyFieldListFilter),)
    list_prefetch = ("version__artifact__concept",)
    search_roadmap = "version__artifact__concept__roadmap"
    actions = ("settle",)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("learning.change_report")

    @admin.action(description=_("Settle"), permissions=["settle"])
    def settle(self, request: HttpRequest, reports: QuerySet[Any]) -> None:
        done = reports.filter(settled_at=None).update(settled_at=timezone.now())
        self.message_user(request, str(_("%(count)d settled.") % {"count": done}))
