"""Addresses of what learners see. Actions will live under /roadmaps/<slug>/-/…"""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from learning import views


class UnicodeSlugConverter(StringConverter):
    """Letters and figures of any script. It starts with one: “-” alone names no concept."""

    regex = r"[^\W_][-\w]*"


register_converter(UnicodeSlugConverter, "uslug")

app_name = "learning"
urlpatterns = [
    path("", views.show_home, name="home"),
    path("roadmaps/<uslug:slug>/", views.show_roadmap, name="roadmap"),
    path("roadmaps/<uslug:roadmap_slug>/<uslug:slug>/", views.show_concept, name="concept"),
]
