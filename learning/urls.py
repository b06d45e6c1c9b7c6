"""Addresses of what learners see. Actions live under /roadmaps/<slug>/-/…"""

import unicodedata

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from learning.belongings import views as belongings
from learning.concept.rewriting import end_rewriting, show_rewriting
from learning.concept.views import download_check, show_concept, show_note, show_report
from learning.home import views
from learning.planning.views import show_plan
from learning.progress.views import mark_concept, show_learning
from learning.quiz.views import show_quiz
from learning.roadmap.views import resume_writing, show_roadmap
from learning.sharing import views as sharing


class UnicodeSlugConverter(StringConverter):
    """Letters, marks and figures of any script. It starts with a letter or a figure: “-” alone
    names no concept."""

    regex = r"[^\W_][^\x00-,./:-@\[-^`{-\x9f\s]*"

    def to_python(self, value: str) -> str:
        """Some browsers, and whoever retypes an address, take letters apart."""
        return unicodedata.normalize("NFKC", value)


register_converter(UnicodeSlugConverter, "uslug")

app_name = "learning"
urlpatterns = [
    path("", views.show_home, name="home"),
    path("accounts/export/", belongings.export, name="export_account"),
    path("accounts/delete/", belongings.show_deletion, name="delete_account"),
    path("accounts/deleted/", belongings.show_deleted, name="account_deleted"),
    path("learning/", show_learning, name="learning"),
    path("runs/<uuid:run_id>/plan/", show_plan, name="plan"),
    path("roadmaps/<uslug:slug>/", show_roadmap, name="roadmap"),
    path("roadmaps/<uslug:slug>/-/visibility/", sharing.show_visibility, name="visibility"),
    path("roadmaps/<uslug:slug>/-/fork/", sharing.show_fork, name="fork"),
    path("roadmaps/<uslug:slug>/-/delete/", sharing.show_removal, name="delete_roadmap"),
    path("roadmaps/<uslug:roadmap_slug>/-/note/<uslug:slug>/", show_note, name="note"),
    path("roadmaps/<uslug:roadmap_slug>/-/rewrite/<uslug:slug>/", show_rewriting, name="rewrite"),
    path(
        "roadmaps/<uslug:roadmap_slug>/-/rewriting/<uslug:slug>/", end_rewriting, name="rewriting"
    ),
    path("roadmaps/<uslug:roadmap_slug>/-/report/<uslug:slug>/", show_report, name="report"),
    path(
        "roadmaps/<uslug:roadmap_slug>/-/check/<uslug:slug>/<int:number>/",
        download_check,
        name="check",
    ),
    path("roadmaps/<uslug:roadmap_slug>/-/quiz/<uslug:slug>/", show_quiz, name="quiz"),
    path("roadmaps/<uslug:roadmap_slug>/-/mark/<uslug:slug>/", mark_concept, name="mark"),
    path("roadmaps/<uslug:slug>/-/resume/", resume_writing, name="resume"),
    path("roadmaps/<uslug:roadmap_slug>/<uslug:slug>/", show_concept, name="concept"),
]
