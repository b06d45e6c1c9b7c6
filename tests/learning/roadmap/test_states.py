from __future__ import annotations

import pytest

from learning.models import Standing
from learning.roadmap.states import THROUGH, ConceptState, concept_state, marked_state


@pytest.mark.parametrize(
    ("artifacts", "state"),
    [
        ([], ConceptState.WAITING),
        (["pending", "pending"], ConceptState.WAITING),
        (["ready", "running"], ConceptState.WRITING),
        (["ready", "pending"], ConceptState.PARTLY),
        (["ready", "failed"], ConceptState.FAILED),
        (["failed", "running"], ConceptState.WRITING),
        (["ready", "ready"], ConceptState.READY),
    ],
)
def test_a_concept_stands_as_its_artifacts_do(artifacts: list[str], state: ConceptState) -> None:
    assert concept_state(artifacts) is state


@pytest.mark.parametrize(
    ("standing", "read", "current", "state"),
    [
        (Standing.DONE, 1, 1, ConceptState.DONE),
        (Standing.DONE, 1, 2, ConceptState.CHANGED),
        (Standing.DONE, 2, None, ConceptState.DONE),
        (Standing.DONE, None, 2, ConceptState.DONE),
        (Standing.KNOWN, None, 2, ConceptState.KNOWN),
        (Standing.SKIPPED, None, 1, ConceptState.SKIPPED),
    ],
)
def test_a_mark_stands_unless_what_was_read_has_changed_since(
    standing: Standing, read: int | None, current: int | None, state: ConceptState
) -> None:
    assert marked_state(standing, read, current) is state
    assert state in THROUGH


def test_somebody_is_through_with_their_own_marks_and_nothing_else() -> None:
    assert {state for state in ConceptState if state in THROUGH} == {
        *(ConceptState(standing) for standing in Standing),
        ConceptState.CHANGED,
    }
