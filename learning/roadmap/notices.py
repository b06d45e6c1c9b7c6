"""What a learner is told of the writing, and what they may do about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from generation.models import GenerationRun
from generation.run_states import OPEN, RunState, may_become
from generation.runs.learner_words import explain_run
from generation.runs.selectors import find_refusal
from learning.roadmap.plan import RoadmapPlan


@dataclass(frozen=True)
class Notice:
    """`kind` is a class of the style sheet; `action` what a button says that resumes the run."""

    kind: str
    title: str
    words: str = ""
    action: str = ""
    is_open: bool = False
    is_refused: bool = False
    is_planned: bool = False


def make_notice(run: GenerationRun | None, plan: RoadmapPlan, *, may_act: bool) -> Notice | None:
    """None where everything is there."""
    if run is None or run.state == RunState.READY:
        return None
    if RunState(run.state) in OPEN:
        return _of_open(run, plan)
    if run.state == RunState.PLANNED:
        words = _("Nothing of it is written before you say so.") if may_act else ""
        return Notice("planned", _("The plan waits for a word"), words, is_planned=may_act)
    refused = not plan.total and find_refusal(run.pk) is not None
    may_resume = may_act and not refused and may_become(RunState(run.state), RunState.QUEUED)
    return Notice(
        kind=run.state,
        title=_title(run, plan, refused=refused),
        words=explain_run(run.state, run.reason, refused=refused, resumes_at=run.resumes_at),
        action=_action(run) if may_resume else "",
        is_refused=refused,
    )


def _of_open(run: GenerationRun, plan: RoadmapPlan) -> Notice:
    if not plan.total:
        waits = run.state == RunState.QUEUED
        title = _("Waiting for its turn") if waits else _("The plan is being made")
        return Notice("running", title, is_open=True)
    writing = plan.in_writing
    title = (
        _("Being written now: %(concept)s") % {"concept": writing.title}
        if writing
        else _("This roadmap is still being written")
    )
    words = _("What is ready can be read at once; the rest follows while you read.")
    return Notice("running", title, words, is_open=True)


def tell_ready(plan: RoadmapPlan) -> str:
    """One polite line."""
    values = {"ready": plan.ready, "total": plan.total}
    return _("%(ready)d of %(total)d concepts ready") % values


def _title(run: GenerationRun, plan: RoadmapPlan, *, refused: bool) -> str:
    if refused:
        return _("No roadmap can be made of this goal")
    if not plan.total:
        failed = run.state == RunState.FAILED
        return _("This could not be planned") if failed else _("The planning has stopped")
    if run.state in _STOPPED:
        return str(_STOPPED[RunState(run.state)])
    return _count_incomplete(plan.incomplete)


_STOPPED = {
    RunState.PAUSED: gettext_lazy("The writing is paused"),
    RunState.CANCELLED: gettext_lazy("The writing was stopped"),
}


def _count_incomplete(count: int) -> str:
    if not count:
        return _("Not everything could be written")
    line = ngettext("%(count)d concept is incomplete", "%(count)d concepts are incomplete", count)
    return line % {"count": count}


def _action(run: GenerationRun) -> str:
    again = run.state in {RunState.PARTIAL, RunState.FAILED}
    return _("Try again") if again else _("Go on writing")
