"""The page of a concept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from learning.concept.lesson import get_lesson
from learning.concept.snapshot import get_snapshot
from roadmaps.access import keep_to_visitors


@require_safe
def show_concept(request: HttpRequest, roadmap_slug: str, slug: str) -> HttpResponse:
    snapshot = get_snapshot(request.user, request.session, roadmap_slug, slug)
    context = {
        "page": snapshot,
        "roadmap": snapshot.roadmap,
        "concept": snapshot.concept,
        "run": snapshot.run,
        "mark": snapshot.mark,
        "lesson": get_lesson(snapshot),
    }
    response = render(request, "learning/concept.html", context)
    return keep_to_visitors(response, snapshot.roadmap)
