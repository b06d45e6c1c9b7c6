"""The page of a roadmap."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from generation.runs.selectors import get_newest_run
from learning.roadmap import plan as selectors
from roadmaps.access import get_visible_roadmap, keep_to_visitors


@require_safe
def show_roadmap(request: HttpRequest, slug: str) -> HttpResponse:
    roadmap = get_visible_roadmap(request.user, slug)
    context = {
        "roadmap": roadmap,
        "plan": selectors.get_plan(roadmap),
        "run": get_newest_run(roadmap),
    }
    return keep_to_visitors(render(request, "learning/roadmap.html", context), roadmap)
