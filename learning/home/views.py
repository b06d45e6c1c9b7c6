"""Pages for learners: parse, call, answer."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.limits.refusals import Closed, LimitReached, refuse
from accounts.limits.rules import address_of
from generation import orders
from generation.models import GenerationRun
from generation.port.errors import GoalRefused
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton
from generation.run_states import RunState
from learning.home import lists
from learning.home.begun import find_begun
from learning.home.cards import make_cards
from learning.home.forms import GoalForm
from learning.home.offers import (
    drop_shown,
    find_offers,
    find_written,
    list_offers,
    list_suggestions,
    writes_to_order,
)
from learning.home.outlines import OutlineFaults, read_outline
from learning.home.paging import take_page
from learning.learners import of_visitor
from roadmaps.bounds import GOAL_MAX_CHARACTERS
from roadmaps.makers import made_roadmaps
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
        wanted = form.to_request()
        written = find_written(wanted)
        if written is not None:
            return redirect(written)
        try:
            run = orders.place_order(
                wanted,
                request.user,
                request.session,
                address=address_of(request),
                form_key=form.cleaned_data["key"],
                skeleton=_brought_along(form, wanted),
            )
        except OutlineFaults as faults:
            form.add_error("outline", faults.faults)
        except GoalRefused as refusal:
            form.refuse(refusal, for_staff=request.user.is_staff)
        except (LimitReached, Closed) as refusal:
            return refuse(request, refusal, lambda words: _render_home(request, form, words))
        else:
            return _lead_to(run)
    return _render_home(request, form, status=422)


def _lead_to(run: GenerationRun) -> HttpResponse:
    """To what is written, to the plan that waits, or to where it is seen being made."""
    if run.state == RunState.READY:
        return redirect(run.roadmap)
    return redirect("learning:plan" if run.state == RunState.PLANNED else "generation:run", run.pk)


def _brought_along(form: GoalForm, wanted: OutlineRequest) -> Skeleton | None:
    """Raises OutlineFaults."""
    text = form.cleaned_data["outline"]
    return read_outline(text, wanted) if text.strip() and writes_to_order() else None


def _render_home(
    request: HttpRequest, form: GoalForm, notice: str = "", *, status: int = 200
) -> HttpResponse:
    made = made_roadmaps(request.session)
    search = tidy_search(request.GET.get("q", ""))
    own = take_page(
        lists.list_own_roadmaps(request.user, made), request.GET, "own", size=OWN_ON_A_PAGE
    )
    public = take_page(
        lists.list_public_roadmaps(search), request.GET, "page", size=ROADMAPS_ON_A_PAGE
    )
    are_all = not (search or public.newer or public.older)
    offers = list_offers(public.roadmaps, are_all=are_all)
    found = find_offers(offers, search, public.roadmaps)
    theirs = of_visitor(request.user, request.session)
    begun = find_begun(request.user, theirs)
    last = begun.roadmap if begun else None
    cards = make_cards([*own.roadmaps, *public.roadmaps], last, theirs)
    context = {
        "form": form,
        "notice": notice,
        "search": search,
        "search_length": SEARCH_MAX_CHARACTERS,
        "own": own,
        "begun": cards[last.pk] if last else None,
        "halfway": begun.halfway if begun else None,
        "quiz_address": begun.quiz_address if begun else "",
        "own_cards": [cards[roadmap.pk] for roadmap in own.roadmaps],
        "public": public,
        "public_cards": [cards[roadmap.pk] for roadmap in public.roadmaps],
        "writes_to_order": writes_to_order(),
        "examples": offers,
        "offers": drop_shown(offers, search, public.roadmaps, found),
        "found": found,
        "suggestions": list_suggestions(form.suggestions, offers),
        "address": settings.SITE_URL + "/",
    }
    if request.method == "POST":
        # Whoever signs in now finds again what they typed.
        goal = str(form["goal"].value() or "")[:GOAL_MAX_CHARACTERS]
        context["way_back"] = f"{request.path}?{urlencode({'goal': goal})}"
    return render(request, "learning/home.html", context, status=status)
