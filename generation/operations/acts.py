"""What staff do to a run with one click: safe to click twice, and it is said what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concepts.artifact_states import ArtifactState
from concepts.models import Artifact
from generation import dispatch, tasks
from generation.enqueueing import enqueue
from generation.models import GenerationRun
from generation.run_states import OPEN, RunState, may_become
from generation.runs import lifecycle


class Act(StrEnum):
    CANCEL = "cancel"
    RESUME = "resume"
    RETRY = "retry"


@dataclass(frozen=True)
class Told:
    """What came of it, in a sentence, and whether anything did."""

    text: str
    done: bool = True


def acts_for(state: RunState, *, failed: int) -> tuple[Act, ...]:
    """What can be done about a run in this state, of which so many artifacts failed."""
    offered = []
    if may_become(state, RunState.QUEUED):
        # Either writes all that is missing; the word says what the run is waiting for.
        offered.append(Act.RETRY if state in {RunState.PARTIAL, RunState.FAILED} else Act.RESUME)
    elif failed and state in OPEN:
        offered.append(Act.RETRY)
    if may_become(state, RunState.CANCELLED):
        offered.append(Act.CANCEL)
    return tuple(offered)


def cancel(run_id: uuid.UUID) -> Told:
    run = _find(run_id)
    reason = _("Cancelled by the staff.")
    if lifecycle.stop_run(run_id, RunState.CANCELLED, reason):
        return Told(_("“%(title)s” is cancelled. What is written stays.") % _named(run))
    return _nothing_done(run_id)


def resume(run_id: uuid.UUID) -> Told:
    run = _find(run_id)
    if not dispatch.resume(run_id, enqueue=False):
        return _nothing_done(run_id)
    text = _("“%(title)s” is taken up again: what is missing will be written.") % _named(run)
    return Told(_with_workers(run_id, text))


def retry(run_id: uuid.UUID, artifact_ids: Sequence[int] | None = None) -> Told:
    """Have failed artifacts written again: these, or all of the run's.

    A run that failed before there was a plan has none, and is begun again.
    """
    run = _find(run_id)
    if artifact_ids is None:
        failed = Artifact.objects.filter(run_id=run_id, state=ArtifactState.FAILED)
        artifact_ids = list(failed.values_list("pk", flat=True))
        if not artifact_ids and run.state == RunState.FAILED:
            return resume(run_id)
    count = lifecycle.retry_artifacts(run_id, artifact_ids)
    if not count:
        return Told(_("Nothing is to be retried: nothing of it has failed."), done=False)
    text = ngettext(
        "%(count)d failed artifact is written again.",
        "%(count)d failed artifacts are written again.",
        count,
    )
    return Told(_with_workers(run_id, text % {"count": count}))


def _with_workers(run_id: uuid.UUID, text: str) -> str:
    """Tell the workers, who are told by the sweep later on where no broker answers."""
    if enqueue(tasks.start_run, run_id):
        return text
    return f"{text} " + _("Redis does not answer: workers begin when it is back.")


def _nothing_done(run_id: uuid.UUID) -> Told:
    run = _find(run_id)
    values = _named(run) | {"state": run.get_state_display()}
    return Told(_("Nothing was done: “%(title)s” is “%(state)s”.") % values, done=False)


def _find(run_id: uuid.UUID) -> GenerationRun:
    """Raises Http404."""
    return get_object_or_404(GenerationRun.objects.select_related("roadmap"), pk=run_id)


def _named(run: GenerationRun) -> dict[str, str]:
    return {"title": run.roadmap.title}
