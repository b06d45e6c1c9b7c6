"""The page of a roadmap."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.limits.refusals import Closed, LimitReached, refuse
from accounts.limits.rules import address_of
from generation.orders import resume_order
from generation.runs.selectors import get_newest_run
from learning.learners import of_visitor
from learning.roadmap.notices import make_notice, tell_ready
from learning.roadmap.origins import describe_writing
from learning.roadmap.plan import get_plan
from learning.roadmap.scene import draw_plan, draw_progress
from roadmaps.access import (
    get_changeable_roadmap,
    get_visible_roadmap,
    keep_to_visitors,
    may_change,
)
from roadmaps.makers import made_roadmaps
from roadmaps.models import Roadmap


@require_safe
def show_roadmap(request: HttpRequest, slug: str) -> HttpResponse:
    return _render_roadmap(request, get_visible_roadmap(request.user, slug))


@require_POST
def resume_writing(request: HttpRequest, slug: str) -> HttpResponse:
    """Have what is missing written; again, if that is under way already, changes nothing."""
    roadmap = get_changeable_roadmap(request.user, slug, made_roadmaps(request.session))
    run = get_newest_run(roadmap)
    if run is not None:
        try:
            resume_order(run, request.user, request.session, address=address_of(request))
        except (LimitReached, Closed) as refusal:
            return refuse(request, refusal, lambda words: _render_roadmap(request, roadmap, words))
    return redirect(roadmap)


def _render_roadmap(request: HttpRequest, roadmap: Roadmap, refusal: str = "") -> HttpResponse:
    plan = get_plan(roadmap, of_visitor(request.user, request.session))
    run = get_newest_run(roadmap)
    may_act = may_change(request.user, roadmap, made_roadmaps(request.session))
    context: dict[str, Any] = {
        "roadmap": roadmap,
        "plan": plan,
        "run": run,
        "notice": make_notice(run, plan, may_act=may_act),
        "ready": tell_ready(plan),
        "refusal": refusal,
        "address": settings.SITE_URL + roadmap.get_absolute_url(),
        "origin": describe_writing(plan.writings),
    }
    if plan.total:
        context |= {"picture": draw_plan(plan), "cairn": draw_progress(plan)}
    return keep_to_visitors(render(request, "learning/roadmap.html", context), roadmap)
