"""Modules without details are unfinished work: claimed, leased, counted, unit by unit."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from concepts.models import Artifact, Concept, ConceptPrerequisite
from generation.models import EventType, GenerationEvent, GenerationRun
from generation.port.details import drop_requires
from generation.port.spent import Spent
from generation.run_states import RunState
from generation.runs.batches import save_skeleton
from generation.runs.claims import Claimed, claim_next, claim_run, give_up_work, renew_work
from generation.runs.details import DetailsFailure, DetailsWork, fail_details, save_details
from generation.runs.lifecycle import close_run, resume_run, stop_run
from generation.runs.progress import (
    RunProgress,
    count_unfinished,
    get_run_progress,
    has_pending,
)
from generation.runs.removal import delete_roadmap
from generation.runs.reports import list_failures
from generation.runs.skeleton_rows import read_skeleton_rows
from generation.runs.sweeping import NeglectedRun, list_neglected_runs
from roadmaps.models import DetailsState, Module, Roadmap
from roadmaps.services import goal_key
from tests.generation.cast import get_run, open_run
from tests.generation.stepwise import make_details, make_skeleton, make_stepwise

pytestmark = pytest.mark.django_db

ALICE, BOB = uuid.uuid4(), uuid.uuid4()
SKELETON = make_skeleton(3, known=("c6",))


@pytest.fixture
def run_id() -> uuid.UUID:
    """A run with three modules of two concepts each, the last one known; begun an hour ago."""
    run_id = open_run(make_stepwise(SKELETON))
    claim_run(run_id, ALICE, lease_seconds=30)
    assert save_skeleton(run_id, ALICE, SKELETON, spent=Spent())
    past = timezone.now() - timedelta(hours=1)
    GenerationRun.objects.filter(pk=run_id).update(created_at=past)
    return run_id


def claim(run_id: uuid.UUID, puller: uuid.UUID, limit: int = 1, seconds: float = 30) -> Claimed:
    return claim_next(run_id, puller, limit=limit, lease_seconds=seconds)


def save(run_id: uuid.UUID, work: DetailsWork, puller: uuid.UUID = ALICE) -> int:
    details = make_details(SKELETON, work.place)
    return save_details(run_id, puller, work.module_id, details, spent=Spent(1, 2, 3))


def detail_all(run_id: uuid.UUID) -> None:
    for work in claim(run_id, ALICE, limit=9).details:
        save(run_id, work)


def fail(run_id: uuid.UUID, work: DetailsWork, seconds: float | None = None) -> bool:
    failure = DetailsFailure(work.module_id, "It was nonsense.", retry_seconds=seconds)
    return fail_details(run_id, ALICE, failure, spent=Spent())


def test_a_skeleton_makes_concepts_with_titles_and_nothing_to_write_yet(
    run_id: uuid.UUID,
) -> None:
    titles = [concept.title for concept in Concept.objects.order_by("position")]
    assert titles == [f"The knot c{number}" for number in range(1, 7)]
    assert not Artifact.objects.exists()
    assert set(Module.objects.values_list("details_state", flat=True)) == {DetailsState.PENDING}
    roadmap = get_run(run_id).roadmap
    assert (roadmap.title, roadmap.language) == ("Knots", "en")
    assert not save_skeleton(run_id, BOB, SKELETON, spent=Spent())


def test_the_rows_give_back_their_skeleton(run_id: uuid.UUID) -> None:
    skeleton, modules = read_skeleton_rows(get_run(run_id).roadmap_id)
    assert skeleton.model_dump() == SKELETON.model_dump()
    assert modules == list(Module.objects.order_by("pk").values_list("pk", flat=True))


def test_details_bring_what_a_module_teaches_and_what_is_to_be_written(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, ALICE).details
    assert save(run_id, work) == get_run(run_id).last_seq
    told = Concept.objects.filter(module=work.module_id).order_by("position")
    assert [concept.summary for concept in told] == ["What c1 is.", "What c2 is."]
    assert [concept.objectives for concept in told] == [["Tie it", "Untie it"]] * 2
    assert {(concept.lesson_minutes, concept.practice_minutes) for concept in told} == {(10, 10)}
    assert Artifact.objects.filter(concept__module=work.module_id).count() == 6
    assert ConceptPrerequisite.objects.count() == 1
    event = GenerationEvent.objects.get(run=run_id, type=EventType.DETAILS_SAVED)
    assert event.payload["module"] == "Ropes a"


def test_what_somebody_knows_is_planned_and_never_written(run_id: uuid.UUID) -> None:
    detail_all(run_id)
    assert Concept.objects.get(outline_key="c6").summary == "What c6 is."
    assert not Artifact.objects.filter(concept__outline_key="c6").exists()
    assert Artifact.objects.count() == 3 * 5


def test_modules_go_before_artifacts_and_what_is_urgent_before_both(run_id: uuid.UUID) -> None:
    (first,) = claim(run_id, ALICE).details
    save(run_id, first)
    claimed = claim(run_id, ALICE, limit=3)
    assert [work.place for work in claimed.details] == [1, 2]
    assert [work.brief.key for work in claimed.works] == ["c1"]
    give_up_work(run_id, ALICE)
    Artifact.objects.filter(concept__outline_key="c2").update(priority=5)
    Module.objects.filter(title="Ropes c").update(priority=9)
    claimed = claim(run_id, ALICE, limit=2)
    assert [work.place for work in claimed.details] == [2]
    assert [work.brief.key for work in claimed.works] == ["c2"]


def test_the_most_urgent_module_is_planned_first_and_then_in_the_plans_order() -> None:
    skeleton = make_skeleton(4)
    run_id = open_run(make_stepwise(skeleton))
    claim_run(run_id, ALICE, lease_seconds=30)
    save_skeleton(run_id, ALICE, skeleton, spent=Spent())
    Module.objects.filter(title="Ropes d").update(priority=9)
    claimed = [claim(run_id, ALICE, limit) for limit in (1, 2, 1)]
    assert [[work.place for work in one.details] for one in claimed] == [[3], [0, 1], [2]]
    give_up_work(run_id, ALICE)
    assert [work.place for work in claim(run_id, ALICE, limit=9).details] == [3, 0, 1, 2]


def test_two_pullers_never_hold_one_module(run_id: uuid.UUID) -> None:
    mine, theirs = claim(run_id, ALICE, limit=2), claim(run_id, BOB, limit=9)
    assert [work.place for work in mine.details] == [0, 1]
    assert [work.place for work in theirs.details] == [2]


def test_the_lease_of_whoever_died_is_taken_over_and_its_late_answer_harmless(
    run_id: uuid.UUID,
) -> None:
    (lost,) = claim(run_id, ALICE, seconds=-1).details
    (taken,) = claim(run_id, BOB).details
    assert (taken.module_id, taken.attempts) == (lost.module_id, 2)
    assert save(run_id, lost, ALICE)
    assert save(run_id, taken, BOB) == 0
    assert Artifact.objects.count() == 6


def test_only_the_holder_says_that_a_module_failed(run_id: uuid.UUID) -> None:
    (lost,) = claim(run_id, ALICE, seconds=-1).details
    claim(run_id, BOB)
    assert not fail(run_id, lost)
    assert Module.objects.get(pk=lost.module_id).details_state == DetailsState.RUNNING


def test_leases_are_renewed_and_given_back_with_the_attempt(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, ALICE, seconds=-1).details
    renew_work(run_id, ALICE, [], [work.module_id], lease_seconds=60)
    assert [other.place for other in claim(run_id, BOB, limit=9).details] == [1, 2]
    give_up_work(run_id, ALICE)
    module = Module.objects.get(pk=work.module_id)
    assert (module.details_state, module.attempts) == (DetailsState.PENDING, 0)
    assert module.leased_by is None


@pytest.mark.parametrize("state", [DetailsState.PENDING, DetailsState.RUNNING])
def test_no_run_closes_while_a_module_waits_for_its_details(
    run_id: uuid.UUID, state: DetailsState
) -> None:
    """Although all that can be written so far is written, and the last module is known whole."""
    detail_all(run_id)
    Artifact.objects.filter(concept__module__title="Ropes c").delete()
    ready = Artifact.objects.all()
    ready.update(state="failed", error_public="No.", run_id=run_id)
    lease = {"leased_by": BOB, "lease_until": timezone.now() + timedelta(hours=1)}
    held = lease if state is DetailsState.RUNNING else {}
    Concept.objects.filter(module__title="Ropes c").update(is_known=True)
    Module.objects.filter(title="Ropes c").update(details_state=state, **held)
    assert close_run(run_id) is None
    Module.objects.update(details_state=DetailsState.READY, leased_by=None, lease_until=None)
    assert close_run(run_id) is RunState.FAILED


@pytest.mark.parametrize("state", [RunState.READY, RunState.PARTIAL, RunState.FAILED])
def test_a_release_that_knows_no_details_cannot_close_a_run_before_they_are_there(
    run_id: uuid.UUID, state: RunState
) -> None:
    """It counts artifacts, finds all of them finished, and is told that nothing was changed."""
    save(run_id, claim(run_id, ALICE).details[0])
    run = GenerationRun.objects.filter(pk=run_id, state=RunState.RUNNING)
    assert run.update(state=state, reason="So it was.") == 0
    assert get_run(run_id).state == RunState.RUNNING
    detail_all(run_id)
    assert run.update(state=state, reason="So it was.") == 1


def test_a_run_may_be_stopped_while_its_modules_are_being_planned(run_id: uuid.UUID) -> None:
    claim(run_id, ALICE)
    assert stop_run(run_id, RunState.PAUSED, "The key was refused.")
    assert resume_run(run_id)
    assert stop_run(run_id, RunState.CANCELLED, "Enough.")


def test_what_cannot_be_required_is_told_in_the_history(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, ALICE).details
    told = make_details(SKELETON, work.place)
    first = told.concepts[0].model_copy(update={"requires": ["c3", "swim"]})
    told = told.model_copy(update={"concepts": [first, told.concepts[1]]})
    kept = drop_requires(told, SKELETON)
    assert save_details(run_id, ALICE, work.module_id, kept, spent=Spent())
    dropped = GenerationEvent.objects.filter(run=run_id, type=EventType.PREREQUISITE_DROPPED)
    assert [event.payload for event in dropped.order_by("seq")] == [
        {"concept": "The knot c1", "requires": "The knot c3"},
        {"concept": "The knot c1", "requires": "swim"},
    ]
    kept_ones = ConceptPrerequisite.objects.values_list("requires__outline_key", flat=True)
    assert list(kept_ones) == ["c1"]


def test_a_run_whose_concepts_are_all_known_has_nothing_to_write_and_is_ready() -> None:
    skeleton = make_skeleton(2, known=("c1", "c2", "c3", "c4"))
    run_id = open_run(make_stepwise(skeleton))
    claim_run(run_id, ALICE, lease_seconds=30)
    save_skeleton(run_id, ALICE, skeleton, spent=Spent())
    assert close_run(run_id) is None
    for work in claim(run_id, ALICE, limit=9).details:
        details = make_details(skeleton, work.place)
        save_details(run_id, ALICE, work.module_id, details, spent=Spent())
    assert close_run(run_id) is RunState.READY


def test_a_run_without_a_plan_is_not_closed() -> None:
    run_id = open_run(make_stepwise(SKELETON))
    claim_run(run_id, ALICE, lease_seconds=30)
    assert close_run(run_id) is None


def test_progress_counts_what_will_come_and_each_concept_of_a_lost_module_once(
    run_id: uuid.UUID,
) -> None:
    assert get_run_progress(run_id) == RunProgress(artifacts=15, ready=0, failed=0)
    assert (count_unfinished(run_id), has_pending(run_id)) == (15, True)
    first, second, third = claim(run_id, ALICE, limit=3).details
    assert not has_pending(run_id)
    save(run_id, first)
    assert get_run_progress(run_id) == RunProgress(artifacts=15, ready=0, failed=0)
    assert fail(run_id, second)
    assert get_run_progress(run_id) == RunProgress(artifacts=11, ready=0, failed=2)
    assert not fail(run_id, third, seconds=60)
    assert has_pending(run_id)


def test_failed_details_are_listed_among_the_failures_and_asked_for_again(
    run_id: uuid.UUID,
) -> None:
    detail_all(run_id)
    Module.objects.filter(title="Ropes b").update(
        details_state=DetailsState.FAILED, error_public="It was nonsense."
    )
    Artifact.objects.filter(concept__module__title="Ropes b").delete()
    Artifact.objects.update(state="failed", error_public="No.")
    told = [(one["concept"], one["artifact"]) for one in list_failures(get_run(run_id).roadmap_id)]
    assert told[:3] == [("The knot c1", kind) for kind in ("tutorial", "resources", "quiz")]
    assert told[6:8] == [("The knot c3", "details"), ("The knot c4", "details")]
    assert close_run(run_id) is RunState.FAILED
    assert resume_run(run_id)
    module = Module.objects.get(title="Ropes b")
    assert (module.details_state, module.error_public) == (DetailsState.PENDING, "")


def test_what_is_being_planned_is_not_neglected_and_what_nobody_holds_is(
    run_id: uuid.UUID,
) -> None:
    assert list_neglected_runs() == [NeglectedRun(run_id, planned=True)]
    claim(run_id, ALICE)
    assert list_neglected_runs() == []
    give_up_work(run_id, ALICE)
    assert list_neglected_runs() == [NeglectedRun(run_id, planned=True)]


def test_details_that_come_late_are_kept_also_of_a_run_that_was_stopped(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, ALICE).details
    stop_run(run_id, RunState.CANCELLED, "Enough.")
    assert not len(claim(run_id, BOB))
    assert save(run_id, work)


def test_the_last_module_says_when_all_of_it_does_not_fit(run_id: uuid.UUID) -> None:
    target = (timezone.localdate() + timedelta(days=7)).isoformat()
    options = get_run(run_id).options | {"hours_per_week": 1, "target_date": target}
    GenerationRun.objects.filter(pk=run_id).update(options=options)
    other = open_run(make_stepwise(SKELETON))  # whose modules are none of this run's
    claim_run(other, BOB, lease_seconds=30)
    save_skeleton(other, BOB, SKELETON, spent=Spent())
    detail_all(run_id)
    saved = GenerationEvent.objects.filter(run=run_id, type=EventType.DETAILS_SAVED)
    warned = [bool(event.payload["warnings"]) for event in saved.order_by("seq")]
    assert warned == [False, False, True]


def test_a_roadmap_goes_with_the_modules_that_are_still_being_planned(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, ALICE).details
    assert delete_roadmap(get_run(run_id).roadmap_id)
    assert save(run_id, work) == 0
    assert not Roadmap.objects.filter(goal_key=goal_key("Tying knots")).exists()
