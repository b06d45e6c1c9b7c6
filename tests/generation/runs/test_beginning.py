"""Beginning a run: who is let in, what is noted of it, and what the next one finds."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from generation.models import EventType, GenerationEvent, GenerationRun
from generation.port.spent import Spent
from generation.run_states import RunState
from generation.runs.batches import save_outline, save_skeleton
from generation.runs.claims import claim_next, claim_run, claim_work
from generation.runs.lifecycle import resume_run, stop_run
from tests.generation.cast import ScriptedProvider, get_run, make_outline, open_run
from tests.generation.stepwise import make_skeleton, make_stepwise

pytestmark = pytest.mark.django_db

ALICE, BOB = uuid.uuid4(), uuid.uuid4()
Save = Callable[[uuid.UUID, uuid.UUID], bool]
OUTLINE, SKELETON = make_outline(4), make_skeleton(3)


@pytest.fixture
def run_id() -> uuid.UUID:
    return open_run(ScriptedProvider(OUTLINE))


def claim(run_id: uuid.UUID, puller: uuid.UUID, seconds: float = 30) -> bool:
    return claim_run(run_id, puller, lease_seconds=seconds) is not None


def starts_told(run_id: uuid.UUID) -> int:
    return GenerationEvent.objects.filter(run=run_id, type=EventType.RUN_STARTED).count()


def test_whose_answer_was_lost_on_the_way_may_ask_again(run_id: uuid.UUID) -> None:
    assert claim(run_id, ALICE)
    assert claim(run_id, ALICE)
    assert not claim(run_id, BOB)
    assert starts_told(run_id) == 1


@pytest.mark.parametrize("state", [RunState.PAUSED, RunState.CANCELLED, RunState.FAILED])
def test_nobody_begins_a_run_that_is_closed(run_id: uuid.UUID, state: RunState) -> None:
    GenerationRun.objects.filter(pk=run_id).update(state=state, reason="Enough.")
    assert not claim(run_id, ALICE)
    assert get_run(run_id).leased_by is None


def test_a_run_that_goes_on_began_when_it_first_began(run_id: uuid.UUID) -> None:
    assert claim(run_id, ALICE)
    began = get_run(run_id).started_at
    assert stop_run(run_id, RunState.PAUSED, "Enough.")
    stopped = get_run(run_id)
    assert (stopped.leased_by, stopped.finished_at is None) == (None, False)
    assert resume_run(run_id)
    assert claim(run_id, BOB)
    run = get_run(run_id)
    assert (run.state, run.started_at) == (RunState.RUNNING, began)
    assert (run.reason, run.finished_at) == ("", None)
    assert starts_told(run_id) == 2


def test_nothing_is_claimed_of_a_run_that_is_not_under_way(run_id: uuid.UUID) -> None:
    claim(run_id, ALICE)
    save_whole(run_id, ALICE)
    stop_run(run_id, RunState.PAUSED, "Enough.")
    for take in (claim_work, claim_next):
        assert len(take(run_id, BOB, limit=50, lease_seconds=30)) == 0
    resume_run(run_id)
    assert claim(run_id, BOB)
    for take in (claim_work, claim_next):
        assert len(take(run_id, BOB, limit=1, lease_seconds=30)) == 1


def save_whole(run_id: uuid.UUID, puller: uuid.UUID) -> bool:
    told = {"prerequisites": {}, "dropped": [("c02", "c01")], "warnings": ["Long."]}
    return save_outline(run_id, puller, OUTLINE, spent=Spent(1, 2, 3), **told)  # type: ignore[arg-type]  # a plain dict


def save_half(run_id: uuid.UUID, puller: uuid.UUID) -> bool:
    return save_skeleton(run_id, puller, SKELETON, spent=Spent(1, 2, 3))


@pytest.mark.parametrize("save", [save_whole, save_half])
def test_a_plan_is_paid_for_told_and_nobodys_any_more(save: Save) -> None:
    run_id = open_run(ScriptedProvider(OUTLINE) if save is save_whole else make_stepwise(SKELETON))
    claim(run_id, ALICE)
    assert save(run_id, ALICE)
    run = get_run(run_id)
    assert (run.leased_by, run.lease_until) == (None, None)
    assert (run.model_calls, run.tokens_in, run.tokens_out) == (1, 2, 3)
    last = GenerationEvent.objects.get(run=run_id, seq=run.last_seq)
    size, warned = (4, ["Long."]) if save is save_whole else (6, [])
    assert last.type == EventType.OUTLINE_SAVED
    assert last.payload == {"concepts": size, "warnings": warned}


def test_a_plan_that_waits_for_a_word_is_paid_for_and_nobodys_any_more() -> None:
    run_id = open_run(make_stepwise(SKELETON))
    options = get_run(run_id).options | {"plan_first": True}
    GenerationRun.objects.filter(pk=run_id).update(options=options)
    claim(run_id, ALICE)
    assert save_half(run_id, ALICE)
    run = get_run(run_id)
    assert (run.state, run.leased_by, run.lease_until) == (RunState.PLANNED, None, None)
    assert (run.model_calls, run.tokens_in, run.tokens_out) == (1, 2, 3)
    last = GenerationEvent.objects.get(run=run_id, seq=run.last_seq)
    assert (last.type, last.payload) == (EventType.RUN_PLANNED, {"concepts": 6})


@pytest.mark.parametrize("save", [save_whole, save_half])
def test_a_plan_that_comes_late_takes_no_lease_from_another(save: Save) -> None:
    run_id = open_run(ScriptedProvider(OUTLINE) if save is save_whole else make_stepwise(SKELETON))
    claim(run_id, ALICE, seconds=-1)
    claim(run_id, BOB)
    assert save(run_id, ALICE)
    assert GenerationRun.objects.filter(pk=run_id, leased_by=BOB).exists()


def test_what_was_dropped_of_a_plan_is_told_before_the_plan(run_id: uuid.UUID) -> None:
    claim(run_id, ALICE)
    save_whole(run_id, ALICE)
    told = (
        GenerationEvent.objects.filter(run=run_id).order_by("-seq").values_list("type", "payload")
    )
    dropped = {"concept": "c02", "requires": "c01"}
    assert told[1] == (EventType.PREREQUISITE_DROPPED, dropped)
