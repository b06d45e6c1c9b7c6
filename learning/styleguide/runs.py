"""A run as learners see it: on its own page, and above what it writes."""

from __future__ import annotations

from typing import Any

from generation.live.pages import describe_progress, describe_spending, name_state
from generation.port.spent import Spent
from generation.run_states import OPEN, RunState
from generation.runs.learner_words import explain_run
from generation.runs.progress import RunProgress
from learning.roadmap.notices import Notice, make_notice, tell_ready
from learning.styleguide.cast import make_empty_plan, make_plan, make_run
from learning.styleguide.sample import Component, Sample

NOTICE = "includes/run_notice.html"


def list_components() -> list[Component]:
    return [
        Component("The writing, above a roadmap", _notices()),
        Component("The writing, above a lesson", _lines()),
        Component("The state of a run", _states()),
        Component("The work of a run, with its log", _works()),
    ]


def _notices() -> list[Sample]:
    plan, nothing = make_plan(), make_empty_plan()
    told = [
        ("pending", RunState.QUEUED, nothing),
        ("planning", RunState.RUNNING, nothing),
        *((state.value, state, plan) for state in RunState if state is not RunState.READY),
    ]
    samples = []
    for state, run_state, of_plan in told:
        run = make_run(run_state)
        notice = make_notice(run, of_plan, may_act=True)
        samples.append(_notice(state, run_state, notice, of_plan))
    return [*samples, _notice("refused", RunState.FAILED, _refused(), nothing)]


def _notice(state: str, run_state: RunState, notice: Notice | None, plan: Any) -> Sample:
    run = make_run(run_state)
    said = {"notice": notice, "run": run, "roadmap": run.roadmap, "plan": plan}
    return Sample(state, NOTICE, {**said, "ready": tell_ready(plan)})


def _refused() -> Notice:
    title = "No roadmap can be made of this goal"
    return Notice("failed", title, explain_run(RunState.FAILED, "", refused=True), is_refused=True)


def _lines() -> list[Sample]:
    return [
        Sample(state.value, NOTICE, {"run": make_run(state)})
        for state in RunState
        if state is not RunState.READY
    ]


def _states() -> list[Sample]:
    refused = {
        **_look(RunState.FAILED),
        "reason": explain_run(RunState.FAILED, "", refused=True),
        "suggestions": ["Tie knots", "Sail a dinghy"],
    }
    return [
        *(
            Sample(state.value, "generation/_state.html", {"look": _look(state)})
            for state in RunState
        ),
        Sample("refused", "generation/_state.html", {"look": refused}),
    ]


def _works() -> list[Sample]:
    run = make_run()
    return [
        Sample(
            "pending", "generation/_work.html", {"look": _look(RunState.QUEUED, 0, 0), "run": run}
        ),
        Sample(
            "being planned",
            "generation/_work.html",
            {"look": _look(RunState.RUNNING, 0, 0), "run": run},
        ),
        Sample("being planned, as far as it is said", "learning/styleguide/drawn.html"),
        Sample("running", "generation/_work.html", {"look": _look(RunState.RUNNING), "run": run}),
        Sample("partial", "generation/_work.html", {"look": _failed(), "run": run}),
        Sample("ready", "generation/_work.html", {"look": _look(RunState.READY, 72), "run": run}),
    ]


def _failed() -> dict[str, Any]:
    failure = {"concept": "The bowline", "artifact": "quiz", "error": "It was not good enough."}
    return {**_look(RunState.PARTIAL, 71, 72, failed=1), "failures": [failure], "earlier": 1_200}


def _look(state: RunState, ready: int = 30, total: int = 72, *, failed: int = 0) -> dict[str, Any]:
    """As `generation.live.pages` tells it, without its rows."""
    progress = RunProgress(total, ready, failed)
    run = make_run(state)
    return {
        "state": run.state,
        "state_label": name_state(run, progress),
        "open": state in OPEN,
        "is_readable": state not in OPEN,
        "plan_url": "#" if state is RunState.PLANNED else "",
        "reason": explain_run(state, ""),
        "total": progress.artifacts,
        "finished": progress.finished,
        "progress": describe_progress(progress, state),
        "spending": describe_spending(Spent(run.model_calls, run.tokens_in, run.tokens_out)),
        "calls": [("tutorials", 24, 1, "32,000", "45,000", "$0.21")] if total else [],
        "events": _events(total),
        "failures": [],
    }


def _events(total: int) -> list[dict[str, str]]:
    told = ["Ordered; waiting for a free worker."]
    if total:
        told += ["Work has begun.", f"The plan is ready: {total // 3} concepts."]
        told += [f"Knot {number}: tutorial ready." for number in range(1, 24)]
    return [
        {"at": f"09:26:{second:02}", "type": "said", "text": text, "url": "" if second else "#"}
        for second, text in enumerate(told)
    ]
