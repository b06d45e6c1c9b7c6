"""The life of an artifact (drawn in CONTRIBUTING.md). Pure.

State changes only by compare-and-set: `UPDATE … WHERE state IN sources(target)`; whoever finds
no row changed has lost the race and walks away.
"""

from enum import StrEnum


class ArtifactState(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


_TRANSITIONS: dict[ArtifactState, frozenset[ArtifactState]] = {
    # A claim; or the late answer of a puller whose lease had run out: what is paid for is kept.
    ArtifactState.PENDING: frozenset({ArtifactState.RUNNING, ArtifactState.READY}),
    # Written; refused for good; given back (cancelled, transient error, lease run out).
    ArtifactState.RUNNING: frozenset(
        {ArtifactState.READY, ArtifactState.FAILED, ArtifactState.PENDING}
    ),
    # A resumed run tries again what failed, and nothing else; or a late answer, as above.
    ArtifactState.FAILED: frozenset({ArtifactState.PENDING, ArtifactState.READY}),
    ArtifactState.READY: frozenset(),
}

UNFINISHED = frozenset({ArtifactState.PENDING, ArtifactState.RUNNING})


def sources(target: ArtifactState) -> list[ArtifactState]:
    """The states from which `target` may be reached, in a fixed order."""
    return [state for state in ArtifactState if target in _TRANSITIONS[state]]


def may_become(state: ArtifactState, target: ArtifactState) -> bool:
    return target in _TRANSITIONS[state]
