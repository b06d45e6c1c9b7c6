"""Pages for learners: parse, call, answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.limits.refusals import Closed, LimitReached, refuse
from accounts.limits.rules import address_of
from generation.port.errors import GoalRefused
from generation.runs.selectors import get_newest_run
from learning import lessons, orders, selectors
from learning.access import get_visible_concept
from learning.forms import GoalForm
from learning.paging import take_page
from roadmaps.access import get_visible_roadmap, keep_to_visitors
from roadmaps.bounds import GOAL_MAX_CHARACTERS
from roadmaps.titles import SEARCH_MAX_CHARACTERS, tidy_search

ROADMAPS_ON_A_PAGE = 30
OWN_ON_A_PAGE = 12


@require_http_methods(["GET", "HEAD", "POST"])
def show_home(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return order_roadmap(request)
    goal = request.GET.get("goal", "")[:GOAL_MAX_CHARACTERS]
    return _render_home(request, GoalForm(initial={"goal": goal}))


def order_roadmap(request: HttpRequest) -> HttpResponse:
    form = GoalForm(request.POST)
    if form.is_valid():
        try:
            run = orders.place_order(
                form.to_request(),
                request.user,
                request.session,
                address=address_of(request),
                form_key=form.cleaned_data["key"],
            )
        except GoalRefused as refusal:
            form.refuse(refusal)
        except (LimitReached, Closed) as refusal:
            return refuse(request, refusal, lambda words: _render_home(request, form, words))
        else:
            return redirect("generation:run", run.pk)
    return _render_home(request, form, status=422)


def _render_home(
    request: HttpRequest, form: GoalForm, notice: str = "", *, status: int = 200
) -> HttpResponse:
    made = orders.made_roadmaps(request.session)
    search = tidy_search(request.GET.get("q", ""))
    own, public = (
        selectors.list_own_roadmaps(request.user, made),
        selectors.list_public_roadmaps(search),
    )
    context = {
        "form": form,
        "notice": notice,
        "search": search,
        "search_length": SEARCH_MAX_CHARACTERS,
        "own": take_page(own, request.GET, "own", size=OWN_ON_A_PAGE),
        "public": take_page(public, request.GET, "page", size=ROADMAPS_ON_A_PAGE),
    }
    return render(request, "learning/home.html", context, status=status)


@require_safe
def show_roadmap(request: HttpRequest, slug: str) -> HttpResponse:
    roadmap = get_visible_roadmap(request.user, slug)
    context = {
        "roadmap": roadmap,
        "plan": selectors.get_plan(roadmap),
        "run": get_newest_run(roadmap),
    }
    return keep_to_visitors(render(request, "learning/roadmap.html", context), roadmap)


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
