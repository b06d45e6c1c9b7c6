"""The page of a concept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from generation.runs.selectors import get_newest_run
from learning.concept import lesson as lessons
from learning.concept.access import get_visible_concept
from roadmaps.access import keep_to_visitors


@require_safe
def show_concept(request: HttpRequest, roadmap_slug: str, slug: str) -> HttpResponse:
    concept = get_visible_concept(request.user, roadmap_slug, slug)
    run = get_newest_run(concept.roadmap)
    context = {
        "roadmap": concept.roadmap,
        "concept": concept,
        "run": run,
        "lesson": lessons.get_lesson(concept, run),
    }
    response = render(request, "learning/concept.html", context)
    return keep_to_visitors(response, concept.roadmap)
