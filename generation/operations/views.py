"""The staff's pages: parse, call, answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from concepts.models import ArtifactStateLabel
from generation.models import RunStateLabel
from generation.operations import acts, fleet, spending
from generation.operations.access import staff_only
from generation.operations.charts import draw
from generation.operations.patience import DatabaseBusy, read_in_time
from generation.operations.run_details import STATES, get_run_details
from generation.operations.run_lists import FILTERS, list_runs
from generation.operations.versions import list_versions


@staff_only
@require_safe
def show_board(request: HttpRequest) -> HttpResponse:
    return render(request, "operations/board.html", _board(request))


@staff_only
@require_safe
def show_board_now(request: HttpRequest) -> HttpResponse:
    """The part of the page that changes, for the page itself."""
    return render(request, "operations/_board.html", _board(request))


@staff_only
@require_safe
def show_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    return render(request, "operations/run.html", _run(request, run_id))


@staff_only
@require_safe
def show_run_now(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    return render(request, "operations/_run.html", _run(request, run_id))


@staff_only
@require_POST
def cancel(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    return _act(request, run_id, acts.cancel)


@staff_only
@require_POST
def resume(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    return _act(request, run_id, acts.resume)


@staff_only
@require_POST
def retry(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """All that failed, or the one artifact that is named."""
    chosen = request.POST.get("artifact", "")
    if not chosen:
        return _act(request, run_id, acts.retry)
    named = [int(chosen)] if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19 else []
    return _act(request, run_id, lambda run_id: acts.retry(run_id, named))


def _act(
    request: HttpRequest, run_id: uuid.UUID, act: Callable[[uuid.UUID], acts.Told]
) -> HttpResponse:
    """Do it, and go back to where the button was."""
    told = act(run_id)
    messages.add_message(request, messages.SUCCESS if told.done else messages.WARNING, told.text)
    if request.POST.get("from") == "run":
        return redirect("operations:run", run_id)
    return redirect("operations:board")


def _board(request: HttpRequest) -> dict[str, Any]:
    only, before = request.GET.get("state", ""), request.GET.get("before", "")
    only = only if only in FILTERS else ""
    return {
        "now": timezone.now(),
        "only": only,
        "filters": _filters(),
        "query": request.GET.urlencode(),
        "seen": fleet.look(),
        "server": fleet.configured_server(),
        "versions": list_versions(),
        **_from_rows(lambda: {"runs": list_runs(only=only, before=before), **_past()}),
    }


def _past() -> dict[str, Any]:
    past = spending.past.get()
    charts = {"tokens": draw(past.tokens), "days": draw(past.days)}
    return {"today": past.today, "limits": past.limits, **charts}


def _run(request: HttpRequest, run_id: uuid.UUID) -> dict[str, Any]:
    before = request.GET.get("before", "")
    return {
        "now": timezone.now(),
        "run_id": run_id,
        "query": request.GET.urlencode(),
        "artifact_states": [ArtifactStateLabel(state).label for state in STATES],
        **_from_rows(lambda: {"details": get_run_details(run_id, before=before)}),
    }


def _from_rows(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"busy": False, **read_in_time(read)}
    except DatabaseBusy:
        return {"busy": True}


def _filters() -> list[tuple[str, str]]:
    labels = {state.value: str(state.label) for state in RunStateLabel}
    named = [(name, labels.get(name, gettext("under way"))) for name in FILTERS]
    return [("", gettext("all")), *named]
