"""The life of a generation run (drawn in CONTRIBUTING.md). Pure.

State changes only by compare-and-set, as with artifacts.
"""

from enum import StrEnum


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    PLANNED = "planned"
    PAUSED = "paused"
    READY = "ready"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


_TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.PAUSED, RunState.CANCELLED}),
    RunState.RUNNING: frozenset(
        {
            RunState.PLANNED,
            RunState.READY,
            RunState.PARTIAL,
            RunState.FAILED,
            RunState.PAUSED,
            RunState.CANCELLED,
        }
    ),
    # Approved, or to be planned anew; or nobody wanted it.
    RunState.PLANNED: frozenset({RunState.QUEUED, RunState.CANCELLED}),
    # Resuming queues what is missing once more.
    RunState.PAUSED: frozenset({RunState.QUEUED, RunState.CANCELLED}),
    RunState.PARTIAL: frozenset({RunState.QUEUED}),
    RunState.FAILED: frozenset({RunState.QUEUED}),
    RunState.CANCELLED: frozenset({RunState.QUEUED}),
    RunState.READY: frozenset(),
}

OPEN = frozenset({RunState.QUEUED, RunState.RUNNING})
# What a person has under way: a plan that waits for their word counts as much.
UNDER_WAY = OPEN | {RunState.PLANNED}


def sources(target: RunState) -> list[RunState]:
    """The states from which `target` may be reached, in a fixed order."""
    return [state for state in RunState if target in _TRANSITIONS[state]]


def may_become(state: RunState, target: RunState) -> bool:
    return target in _TRANSITIONS[state]


def closing_state(*, ready: int, failed: int) -> RunState:
    """How a run ends whose artifacts are all finished.

    Failures never fail a run that has something to read: one artifact counts once, and there is
    no threshold (the predecessor counted a failed concept three times against one).
    """
    if not failed:
        return RunState.READY
    return RunState.PARTIAL if ready else RunState.FAILED
