"""The page of a plan that waits for its learner's word: parse, call, answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.limits.refusals import Closed, LimitReached, refuse
from accounts.limits.rules import address_of
from concepts.bounds import INSTRUCTION_MAX_CHARACTERS
from generation import plan_orders
from generation.admission import Asker
from generation.models import GenerationRun
from generation.port.skeleton_edits import EditRefused
from generation.runs import plans
from learning.planning.changing import LOOKED_AT, change, list_unsaved
from learning.planning.page import explain, get_facts, list_parts, tell_changes
from roadmaps.access import keep_to_visitors
from roadmaps.bounds import TITLE_MAX_CHARACTERS
from roadmaps.models import Level
from roadmaps.text import without_directions

# No plan is changed so often.
LONGEST_VERSION = 9
_ADDED = ("concept", "module", "stage")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show_plan(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    run = plan_orders.get_changeable_run(request.user, request.session, run_id)
    try:
        if request.method == "POST":
            return _act(request, run)
        return _render(request, run, plans.read_plan(run))
    except plans.NotPlanned:
        # It is written already, or was discarded: that is told there.
        return redirect("generation:run", run.pk)


def _act(request: HttpRequest, run: GenerationRun) -> HttpResponse:
    """Raises NotPlanned."""
    plan = plans.read_plan(run)
    if _version(request) != plan.version:
        return _render_stale(request, run, plan)
    try:
        return _do(request, run, plan)
    except plans.PlanStale:
        run.refresh_from_db()
        return _render_stale(request, run, plans.read_plan(run))
    except EditRefused as refusal:
        return _render(request, run, plan, status=422, refusal=explain(refusal))
    except (LimitReached, Closed) as limit:
        return refuse(request, limit, lambda words: _render(request, run, plan, refusal=words))


def _do(request: HttpRequest, run: GenerationRun, plan: plans.Plan) -> HttpResponse:
    """Raises EditRefused, PlanStale, NotPlanned, LimitReached and Closed."""
    said = request.POST
    act, _colon, part = said.get("act", "").partition(":")
    if act == "discard":
        plans.discard_plan(run.pk, plan.version)
        return redirect("generation:run", run.pk)
    changed = change(plan.skeleton, said)
    asker = Asker.of(request.user, request.session, address_of(request))
    if act == "write":
        plan_orders.write_plan(run.pk, plan.version, changed)
        return redirect(run.roadmap)
    if act == "anew":
        wish = without_directions(said.get("wish", "")).strip()
        if problem := _judge_wish(wish):
            return _render(request, run, plan, status=422, wish_problem=problem)
        plan_orders.plan_anew(run, asker, plan.version, changed, wish)
        return redirect("generation:run", run.pk)
    plan_orders.change_plan(run, asker, plan.version, changed)
    return redirect(f"{request.path}#{part or 'plan'}")


def _version(request: HttpRequest) -> int:
    said = request.POST.get("version", "")
    is_number = said.isascii() and said.isdecimal() and len(said) <= LONGEST_VERSION
    return int(said) if is_number else 0


def _judge_wish(wish: str) -> str:
    if not wish:
        return _("Say what is missing, or what there is too much of.")
    if len(wish) > INSTRUCTION_MAX_CHARACTERS:
        return _("That is longer than 2,000 characters.")
    return ""


def _render_stale(request: HttpRequest, run: GenerationRun, plan: plans.Plan) -> HttpResponse:
    changes = plans.list_changes_since(run.pk, _version(request))
    former = {change["title"] for change in changes}
    return _render(
        request,
        run,
        plan,
        status=409,
        is_stale=True,
        changes=tell_changes(changes),
        unsaved=list_unsaved(plan.skeleton, request.POST.dict(), former),
    )


def _render(
    request: HttpRequest, run: GenerationRun, plan: plans.Plan, *, status: int = 200, **told: Any
) -> HttpResponse:
    # What was typed and not saved is still there, unless its places are those of another plan.
    said = QueryDict() if "is_stale" in told else request.POST
    context = {
        "run": run,
        "roadmap": run.roadmap,
        "plan": plan,
        "skeleton": plan.skeleton,
        "parts": list_parts(plan.skeleton, said),
        "title": said.get("title", plan.skeleton.title)[:LOOKED_AT],
        "level": said.get("level", plan.skeleton.level),
        "added": {name: request.POST.get(f"new-{name}", "")[:LOOKED_AT] for name in _ADDED},
        "where": said.get("where", ""),
        "wish": request.POST.get("wish", run.plan_wish)[: INSTRUCTION_MAX_CHARACTERS + 1],
        "is_as_before": bool(run.plan_wish) and request.method != "POST",
        "levels": Level.choices,
        "facts": get_facts(run, plan),
        "title_length": TITLE_MAX_CHARACTERS,
        "kept_until": run.planned_until,
    }
    page = render(request, "learning/plan.html", context | told, status=status)
    return keep_to_visitors(page, run.roadmap)
