from itertools import product

import pytest

from generation.run_states import OPEN, UNDER_WAY, RunState, closing_state, may_become, sources

QUEUED, RUNNING, PLANNED, PAUSED, READY, PARTIAL, FAILED, CANCELLED = RunState

ALLOWED = {
    (QUEUED, RUNNING): "claimed",
    (QUEUED, PAUSED): "stopped before it began",
    (QUEUED, CANCELLED): "not wanted any more",
    (RUNNING, PLANNED): "its learner wishes to see the plan first",
    (PLANNED, QUEUED): "written, or planned anew",
    (PLANNED, CANCELLED): "discarded, or forgotten",
    (RUNNING, READY): "everything is written",
    (RUNNING, PARTIAL): "something is missing",
    (RUNNING, FAILED): "nothing is there to read",
    (RUNNING, PAUSED): "a person has to act",
    (RUNNING, CANCELLED): "not wanted any more",
    (PAUSED, QUEUED): "resumed",
    (PAUSED, CANCELLED): "not wanted any more",
    (PARTIAL, QUEUED): "resumed",
    (FAILED, QUEUED): "resumed",
    (CANCELLED, QUEUED): "resumed",
}


@pytest.mark.parametrize(("state", "target"), list(product(RunState, repeat=2)))
def test_a_state_becomes_only_what_the_table_says(state: RunState, target: RunState) -> None:
    assert may_become(state, target) == ((state, target) in ALLOWED)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (QUEUED, [PLANNED, PAUSED, PARTIAL, FAILED, CANCELLED]),
        (RUNNING, [QUEUED]),
        (PLANNED, [RUNNING]),
        (PAUSED, [QUEUED, RUNNING]),
        (READY, [RUNNING]),
        (PARTIAL, [RUNNING]),
        (FAILED, [RUNNING]),
        (CANCELLED, [QUEUED, RUNNING, PLANNED, PAUSED]),
    ],
)
def test_sources_are_the_states_before_a_target(target: RunState, expected: list[RunState]) -> None:
    assert sources(target) == expected


def test_what_is_ready_stays_ready() -> None:
    assert not any(may_become(READY, target) for target in RunState)


def test_a_run_is_open_until_it_stops() -> None:
    assert {QUEUED, RUNNING} == OPEN


def test_a_plan_that_waits_for_a_word_is_under_way_though_nobody_works_on_it() -> None:
    assert {QUEUED, RUNNING, PLANNED} == UNDER_WAY


@pytest.mark.parametrize(
    ("ready", "failed", "state"),
    [
        (72, 0, READY),
        (71, 1, PARTIAL),
        (1, 71, PARTIAL),
        (0, 72, FAILED),
        (0, 1, FAILED),
        (0, 0, READY),
    ],
)
def test_a_run_ends_by_what_there_is_to_read(ready: int, failed: int, state: RunState) -> None:
    assert closing_state(ready=ready, failed=failed) is state
