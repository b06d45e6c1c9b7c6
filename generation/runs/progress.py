"""How far runs are, counted in the rows: one statement for however many runs."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, Count, Q, QuerySet, Value, When

from concepts.artifact_states import UNFINISHED, ArtifactState
from concepts.content import ArtifactKind
from concepts.models import Artifact
from generation.models import GenerationRun
from generation.run_states import RunState
from roadmaps.models import OPEN_DETAILS, DetailsState, Module


@dataclass(frozen=True)
class RunProgress:
    """How far a run is, in finished artifacts: raised when one is written, never when it starts.

    Those of a module that is still to be planned are counted as they will come. Of one that could
    not be planned nothing can be written: each of its concepts is one failure.
    """

    artifacts: int
    ready: int
    failed: int

    @property
    def finished(self) -> int:
        return self.ready + self.failed


# In the place of an artifact's state: concepts without details, and modules that wait for theirs.
_UNPLANNED, _UNPLANNABLE, _WAITING = "unplanned", "unplannable", "waiting"


def get_run_progress(run_id: uuid.UUID) -> RunProgress:
    return get_progress_of([run_id])[run_id]


def get_progress_of(run_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, RunProgress]:
    counts = _count(list(run_ids))
    return defaultdict(lambda: RunProgress(0, 0, 0)) | {
        run_id: _progress(states) for run_id, states in counts.items()
    }


def _progress(states: Mapping[str, int]) -> RunProgress:
    written = sum(states.get(state, 0) for state in ArtifactState)
    unplanned, unplannable = states.get(_UNPLANNED, 0), states.get(_UNPLANNABLE, 0)
    return RunProgress(
        artifacts=written + len(ArtifactKind) * unplanned + unplannable,
        ready=states.get(ArtifactState.READY, 0),
        failed=states.get(ArtifactState.FAILED, 0) + unplannable,
    )


def look_at_progress(run: GenerationRun) -> RunProgress:
    """The same of a run that was read already. One about a single artifact has that to write."""
    if run.artifact_id is None:
        return get_run_progress(run.pk)
    ready, failed = run.state == RunState.READY, run.state == RunState.FAILED
    return RunProgress(artifacts=1, ready=int(ready), failed=int(failed))


def count_unfinished(run_id: uuid.UUID) -> int:
    """Artifacts that are still to be written, those of modules without details among them."""
    progress = get_run_progress(run_id)
    return progress.artifacts - progress.finished


def is_unfinished(run_id: uuid.UUID) -> bool:
    """Whether something is still to be planned or written: also where nothing will come of it, as
    of a module whose concepts are all known already."""
    states = _count([run_id])[run_id]
    return bool(states[_WAITING] or sum(states[state] for state in UNFINISHED))


def has_pending(run_id: uuid.UUID) -> bool:
    """Whether something waits to be claimed, be it only after a pause."""
    pending = Artifact.objects.filter(run_id=run_id, state=ArtifactState.PENDING)
    modules = Module.objects.filter(run_id=run_id, details_state=DetailsState.PENDING)
    return pending.exists() or modules.exists()


def _count(run_ids: list[uuid.UUID]) -> dict[uuid.UUID, Counter[str]]:
    """A run's artifacts by their state, and what has no details yet; both stand in an index."""
    artifacts = Artifact.objects.filter(run_id__in=run_ids).order_by()
    rows = artifacts.values_list("run_id", "state").annotate(count=Count("*"))
    counts: dict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    for run_id, state, count in rows.union(*_count_without_details(run_ids), all=True):
        counts[run_id][state] += count
    return counts


def _count_without_details(run_ids: list[uuid.UUID]) -> list[QuerySet[Module, tuple[object, ...]]]:
    states = [*OPEN_DETAILS, DetailsState.FAILED]
    modules = Module.objects.filter(run_id__in=run_ids, details_state__in=states).order_by()
    failed = Q(details_state=DetailsState.FAILED)
    kind = Case(When(failed, then=Value(_UNPLANNABLE)), default=Value(_UNPLANNED))
    concepts = Count("concepts", filter=failed | Q(concepts__is_known=False))
    waiting = modules.filter(details_state__in=OPEN_DETAILS)
    return [
        modules.values_list("run_id", kind).annotate(count=concepts),
        waiting.values_list("run_id", Value(_WAITING)).annotate(count=Count("*")),
    ]
