"""The page of a run, and what keeps it up to date."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from generation.live.pages import look_at_newest, look_at_run
from generation.runs.access import get_visible_run
from roadmaps.access import keep_to_visitors

LONGEST_NUMBER = 18


@require_safe
@never_cache
def show_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    run = get_visible_run(request.user, run_id)
    page = render(
        request,
        "generation/run.html",
        {"run": run, "look": look_at_newest(run, for_staff=request.user.is_staff)},
    )
    return keep_to_visitors(page, run.roadmap)


@require_safe
@never_cache
def list_run_events(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """What has changed after event number `after`. Hints lead here; so does polling."""
    after = request.GET.get("after", "0")
    # No run has more events than a number of so many figures.
    if not (after.isascii() and after.isdecimal() and len(after) <= LONGEST_NUMBER):
        return JsonResponse({"error": "after must be the number of an event"}, status=422)
    run = get_visible_run(request.user, run_id)
    look = JsonResponse(look_at_run(run, after=int(after), for_staff=request.user.is_staff))
    return keep_to_visitors(look, run.roadmap)
