"""A learner's own page, and the marks they set."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts.limits.refusals import LimitReached, refuse, time_zone_of
from concepts.models import Concept
from generation.day_limits import describe_share_of
from learning.errors import show_bad_request
from learning.learners import browser_of, find_learner, obtain_learner, of_visitor
from learning.models import Standing
from learning.progress.marks import NONE, clear_mark, set_mark
from learning.progress.overview import MOST_LISTED, list_work, show_activity
from learning.progress.pace import count_answer
from roadmaps.access import get_visible_roadmap

NEXT_MAX_CHARACTERS = 2_000
# Where a lesson's marks are: at its end, and right above the way to the next one.
THROUGH = "through"
REFUSED = "accounts/refused.html"
NO_STANDING = _("This mark is none that there is. Please go back and choose another.")


@require_safe
@cache_control(private=True, no_cache=True)
def show_learning(request: HttpRequest) -> HttpResponse:
    """What somebody has in work, what is next, and when they have learned."""
    theirs = of_visitor(request.user, request.session)
    work = list_work(request.user, theirs)
    in_work = [one for one in work if one.step is not None]
    answers_of = of_visitor(request.user, request.session, path="attempt__learner")
    zone = time_zone_of(request) or timezone.get_current_timezone()
    context = {
        "next": in_work[0] if in_work else None,
        "others": in_work[1:],
        "finished": [one for one in work if one.step is None],
        "is_cut": len(work) == MOST_LISTED,
        "calendar": show_activity(theirs, answers_of, zone),
        "zone": getattr(zone, "key", "UTC").replace("_", " "),
        "share": describe_share_of(request.user, request.session),
    }
    return render(request, "learning/progress.html", context)


@require_POST
def mark_concept(request: HttpRequest, roadmap_slug: str, slug: str) -> HttpResponse:
    roadmap = get_visible_roadmap(request.user, roadmap_slug)
    concept = get_object_or_404(Concept, roadmap=roadmap, slug=slug)
    standing = request.POST.get("standing", "")
    if standing not in {*Standing.values, NONE}:
        return show_bad_request(request, words=NO_STANDING)
    try:
        count_answer(request)
    except LimitReached as refusal:
        return refuse(request, refusal, lambda words: render(request, REFUSED, {"notice": words}))
    _set(request, concept, standing)
    lesson = reverse("learning:concept", args=[roadmap.slug, slug])
    return redirect(_way_back(request, f"{lesson}#{THROUGH}"))


def _set(request: HttpRequest, concept: Concept, standing: str) -> None:
    """Nobody becomes a learner by taking away what is not there."""
    if standing != NONE:
        learner = obtain_learner(request.user, request.session, browser=browser_of(request))
        set_mark(learner, concept, Standing(standing))
    elif (known := find_learner(request.user, request.session)) is not None:
        clear_mark(known, concept)


def _way_back(request: HttpRequest, otherwise: str) -> str:
    """Where the form was, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    if not wanted.startswith("/") or len(wanted) > NEXT_MAX_CHARACTERS:
        return otherwise
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure())
    return wanted if is_ours and wanted.isprintable() else otherwise
