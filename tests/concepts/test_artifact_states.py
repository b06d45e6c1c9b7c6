from itertools import product

import pytest

from concepts.artifact_states import UNFINISHED, ArtifactState, may_become, sources

PENDING, RUNNING, READY, FAILED = ArtifactState

ALLOWED = {
    (PENDING, RUNNING): "claimed",
    (RUNNING, READY): "written",
    (RUNNING, FAILED): "refused for good",
    (RUNNING, PENDING): "given back",
    (PENDING, READY): "a late answer",
    (FAILED, READY): "a late answer",
    (FAILED, PENDING): "tried again by a resumed run",
}


@pytest.mark.parametrize(("state", "target"), list(product(ArtifactState, repeat=2)))
def test_a_state_becomes_only_what_the_table_says(
    state: ArtifactState, target: ArtifactState
) -> None:
    assert may_become(state, target) == ((state, target) in ALLOWED)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (PENDING, [RUNNING, FAILED]),
        (RUNNING, [PENDING]),
        (READY, [PENDING, RUNNING, FAILED]),
        (FAILED, [RUNNING]),
    ],
)
def test_sources_are_the_states_before_a_target(
    target: ArtifactState, expected: list[ArtifactState]
) -> None:
    assert sources(target) == expected


def test_what_is_ready_stays_ready() -> None:
    assert not any(may_become(READY, target) for target in ArtifactState)


def test_unfinished_is_what_somebody_still_has_to_do() -> None:
    assert {PENDING, RUNNING} == UNFINISHED
