"""What the page of a run shows: the same when it is loaded and when it is brought up to date."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concepts.models import ArtifactKindLabel, Concept
from generation.models import EventType, GenerationEvent, GenerationRun
from generation.port.spent import Spent
from generation.run_states import OPEN, RunState, may_become
from generation.runs.details import DETAILS
from generation.runs.learner_words import explain_artifact, explain_run
from generation.runs.progress import RunProgress, look_at_progress
from generation.runs.reports import list_failures
from generation.runs.selectors import find_refusal, list_suggestions
from generation.runs.spending import total_by_purpose
from roadmaps.models import Roadmap

# As many events go into one answer; whoever wants more asks again.
EVENTS_AT_ONCE = 1_000

_SENTENCES = {
    EventType.RUN_QUEUED: gettext_lazy("Ordered; waiting for a free worker."),
    EventType.RUN_STARTED: gettext_lazy("Work has begun."),
    EventType.RUN_PLANNED: gettext_lazy("The plan waits for your word: %(concepts)s concepts."),
    EventType.PLAN_CHANGED: gettext_lazy("The plan was changed: %(concepts)s concepts."),
    EventType.OUTLINE_SAVED: gettext_lazy("The plan is ready: %(concepts)s concepts. %(warnings)s"),
    EventType.PREREQUISITE_DROPPED: gettext_lazy(
        "“%(concept)s” does not require “%(requires)s”, which does not come before it."
    ),
    EventType.DETAILS_SAVED: gettext_lazy("Planned in detail: %(module)s. %(warnings)s"),
    EventType.DETAILS_FAILED: gettext_lazy("%(module)s could not be planned in detail. %(error)s"),
    EventType.ARTIFACT_READY: gettext_lazy("%(concept)s: %(kind)s ready."),
    EventType.ARTIFACT_FAILED: gettext_lazy("%(concept)s: %(kind)s failed. %(error)s"),
    EventType.VERSION_KEPT: gettext_lazy("%(concept)s: %(kind)s kept, and not shown."),
    EventType.RUN_FINISHED: gettext_lazy("Finished. %(outcome)s"),
    EventType.RUN_PAUSED: gettext_lazy("Paused. %(reason)s"),
    EventType.RUN_CANCELLED: gettext_lazy("Cancelled. %(reason)s"),
    EventType.RUN_RESUMED: gettext_lazy("Taken up again."),
}

_PURPOSES = {
    "outline": gettext_lazy("the plan"),
    "skeleton": gettext_lazy("the plan"),
    "details": gettext_lazy("what the concepts teach"),
    "tutorial": gettext_lazy("tutorials"),
    "resources": gettext_lazy("resources"),
    "quiz": gettext_lazy("quizzes"),
    "repair": gettext_lazy("corrections"),
    "blind_solve": gettext_lazy("quizzes solved without the key"),
}


def look_at_newest(run: GenerationRun, *, for_staff: bool = False) -> dict[str, Any]:
    """What the page shows when it is loaded: of a long history its end; `earlier` has gone by."""
    after = max(0, run.last_seq - EVENTS_AT_ONCE)
    return look_at_run(run, after=after, for_staff=for_staff) | {"earlier": after}


def look_at_run(run: GenerationRun, *, after: int = 0, for_staff: bool = False) -> dict[str, Any]:
    """Everything a browser needs, as JSON can hold it. Staff read what was kept, others what
    `learner_words` makes of it.

    The run was read first: a closed run's last event is in the same transaction as its state, so
    it is among the events read here.
    """
    progress = look_at_progress(run)
    events = list_events(run, after=after, for_staff=for_staff)
    return {
        "state": run.state,
        "state_label": name_state(run, progress),
        "open": RunState(run.state) in OPEN,
        "final": is_final(run),
        "plan_url": f"{run.get_absolute_url()}plan/" if run.state == RunState.PLANNED else "",
        "reason": run.reason if for_staff else tell_reason(run),
        "about": _name_work(run),
        "is_readable": RunState(run.state) not in OPEN and progress.ready > 0,
        "title": run.roadmap.title,
        "ready": progress.ready,
        "failed": progress.failed,
        "total": progress.artifacts,
        "finished": progress.finished,
        "progress": _describe_work(run, progress),
        "suggestions": list_suggestions(run.pk) if run.state == RunState.FAILED else [],
        "spending": describe_spending(
            Spent(run.model_calls, run.tokens_in, run.tokens_out, run.cost_usd)
        ),
        "calls": list_calls(run),
        "events": events,
        "failures": _failures(run, for_staff=for_staff),
        "last_seq": events[-1]["seq"] if events else after,
        "more": len(events) == EVENTS_AT_ONCE,
    }


def tell_reason(run: GenerationRun) -> str:
    """Why a run was stopped or is not whole, for learners."""
    refusal = find_refusal(run.pk) if run.state == RunState.FAILED else None
    reason, refused = refusal or run.reason, refusal is not None
    return explain_run(run.state, reason, refused=refused, resumes_at=run.resumes_at)


def _failures(run: GenerationRun, *, for_staff: bool) -> list[dict[str, str]]:
    if run.artifact_id is not None:
        return []
    return [
        {
            "concept": failure["concept"],
            "artifact": _name_part(failure["artifact"]),
            "error": failure["error"] if for_staff else explain_artifact(failure["error"]),
        }
        for failure in list_failures(run.roadmap_id)
    ]


def _name_part(artifact: str) -> str:
    return _("details") if artifact == DETAILS else str(ArtifactKindLabel(artifact).label)


def _name_work(run: GenerationRun) -> str:
    """What stands above its title: nothing is being written once it has ended."""
    if run.state == RunState.PLANNED:
        return _("Planning a roadmap")
    if RunState(run.state) not in OPEN:
        return _("How the writing went")
    return _("Writing a roadmap") if run.artifact_id is None else _("Writing a new version")


def name_state(run: GenerationRun, progress: RunProgress) -> str:
    """What goes on, in a learner's words; how it stands else is called the same everywhere."""
    if run.state != RunState.RUNNING:
        return run.get_state_display()
    is_planned = progress.artifacts > 0 or run.artifact_id is not None
    return _("being written") if is_planned else _("being planned")


def is_final(run: GenerationRun) -> bool:
    """Whether nothing will ever happen to it again; a paused run, say, may be resumed."""
    state = RunState(run.state)
    return state not in OPEN and not may_become(state, RunState.QUEUED)


def _describe_work(run: GenerationRun, progress: RunProgress) -> str:
    if run.artifact_id is None:
        return describe_progress(progress, RunState(run.state))
    if run.state == RunState.READY:
        return _("The new version is ready.")
    if RunState(run.state) in OPEN:
        return _("A new version of one part is being written. Until then the old one is shown.")
    return _("There is no new version. The old one is shown.")


def describe_progress(progress: RunProgress, state: RunState) -> str:
    if not progress.artifacts:
        if state is RunState.PLANNED:
            return _("The plan waits for your word.")
        return _("The plan is being made.") if state in OPEN else _("There is no plan.")
    line = _("%(ready)d of %(total)d tutorials, resource lists and quizzes are ready.")
    text = line % {"ready": progress.ready, "total": progress.artifacts}
    if not progress.failed:
        return text
    return f"{text} " + _("%(failed)d could not be written.") % {"failed": progress.failed}


def describe_spending(spent: Spent) -> str:
    """All that the server was asked for, repetitions and failures included; nothing for nothing."""
    if not spent.calls:
        return ""
    calls = ngettext("%(count)s call to the model", "%(count)s calls to the model", spent.calls) % {
        "count": f"{spent.calls:,}"
    }
    line = _("%(calls)s: %(tokens_in)s tokens in, %(tokens_out)s out")
    tokens = {"tokens_in": f"{spent.tokens_in:,}", "tokens_out": f"{spent.tokens_out:,}"}
    text = line % {"calls": calls, **tokens}
    return text if spent.cost_usd is None else f"{text}, ${spent.cost_usd:,.4f}"


def list_calls(run: GenerationRun) -> list[list[str]]:
    """The ledger by purpose, and all of it in the last row; cells as people read them."""
    rows = total_by_purpose(run.pk)
    cells = [[str(_PURPOSES.get(row["purpose"], row["purpose"])), *_figures(row)] for row in rows]
    if len(rows) > 1:
        cells.append([_("all"), *_figures(_add_up(rows))])
    return cells


def _add_up(rows: list[dict[str, Any]]) -> dict[str, Any]:
    costs = [row["sum_cost"] for row in rows if row["sum_cost"] is not None]
    counted = ("calls", "unanswered", "sum_in", "sum_out")
    sums: dict[str, Any] = {name: sum(row[name] for row in rows) for name in counted}
    return sums | {"sum_cost": sum(costs) if costs else None}


def _figures(row: dict[str, Any]) -> list[str]:
    cost = "" if row["sum_cost"] is None else f"${row['sum_cost']:,.4f}"
    return [f"{row[name]:,}" for name in ("calls", "unanswered", "sum_in", "sum_out")] + [cost]


def list_events(run: GenerationRun, *, after: int, for_staff: bool = False) -> list[dict[str, Any]]:
    events = list(run.events.filter(seq__gt=after).order_by("seq")[:EVENTS_AT_ONCE])
    give_concepts(run, events)
    return [
        {
            "seq": event.seq,
            "type": event.type,
            "at": _elapsed(run, event),
            "text": describe_event(event, for_staff=for_staff),
            "url": _concept_url(run.roadmap, event),
        }
        for event in events
    ]


def give_concepts(run: GenerationRun, events: list[GenerationEvent]) -> None:
    """The roadmap's concepts stand together; a join would look for each event's by itself."""
    about = [event for event in events if event.concept_id is not None]
    concepts = Concept.objects.filter(roadmap=run.roadmap_id).only("title", "slug")
    known = concepts.in_bulk() if about else {}
    for event in about:
        event.concept = known.get(event.concept_id)


def describe_event(event: GenerationEvent, *, for_staff: bool = False) -> str:
    """One sentence for people."""
    values = defaultdict(str, event.payload if for_staff else _told(event))
    values["kind"] = event.get_kind_display()
    values["warnings"] = " ".join(event.payload.get("warnings", []))
    values["outcome"] = values.get("reason", "")
    if event.concept is not None:
        values["concept"] = event.concept.title
    if event.payload.get("failed"):
        values["outcome"] = _("%(ready)d are ready, %(failed)d failed.") % values
    return str(_SENTENCES[EventType(event.type)] % values).strip()


_STATES = {
    EventType.RUN_PAUSED: RunState.PAUSED,
    EventType.RUN_CANCELLED: RunState.CANCELLED,
    EventType.RUN_FINISHED: RunState.FAILED,
}


def _told(event: GenerationEvent) -> dict[str, Any]:
    """What happened, with learners' words for why."""
    payload = dict(event.payload)
    if "error" in payload:
        payload["error"] = explain_artifact(payload["error"])
    if payload.get("reason"):
        state = _STATES.get(EventType(event.type), RunState.FAILED)
        refused = bool(payload.get("refused"))
        payload["reason"] = explain_run(state, payload["reason"], refused=refused)
    return payload


def _elapsed(run: GenerationRun, event: GenerationEvent) -> str:
    """Since the order, as minutes:seconds, or with hours: true in every time zone."""
    seconds = max(0, int((event.created_at - run.created_at).total_seconds()))
    minutes, hours = seconds // 60, seconds // 3_600
    return f"{f'{hours}:{minutes % 60:02}' if hours else minutes}:{seconds % 60:02}"


def _concept_url(roadmap: Roadmap, event: GenerationEvent) -> str:
    """Where something has become readable."""
    if event.concept is None or event.type != EventType.ARTIFACT_READY:
        return ""
    return f"{roadmap.get_absolute_url()}{quote(event.concept.slug)}/"
