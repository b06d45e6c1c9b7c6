"""What is of another run, or in another's hands, is left alone: by every unit that changes rows."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from concepts.artifact_states import ArtifactState
from concepts.drafts import draft_failure
from concepts.models import Artifact
from generation.models import GenerationRun
from generation.port.spent import Spent
from generation.run_states import RunState
from generation.runs.batches import save_batch, save_outline, save_skeleton
from generation.runs.claims import Claimed, claim_next, claim_run, give_up_work, renew_work
from generation.runs.details import DetailsFailure, fail_details, save_details
from generation.runs.lifecycle import close_run, resume_run
from generation.runs.progress import has_pending
from generation.runs.sweeping import NeglectedRun, list_neglected_runs
from roadmaps.models import DetailsState, Module
from tests.generation.cast import ScriptedProvider, get_run, make_outline, open_run
from tests.generation.stepwise import make_details, make_skeleton, make_stepwise

pytestmark = pytest.mark.django_db

ALICE, BOB = uuid.uuid4(), uuid.uuid4()
OUTLINE, SKELETON = make_outline(4), make_skeleton(3)


def outlined() -> uuid.UUID:
    """A run of four concepts, twelve artifacts of which wait."""
    run_id = open_run(ScriptedProvider(OUTLINE))
    claim_run(run_id, ALICE, lease_seconds=30)
    assert save_outline(run_id, ALICE, OUTLINE, prerequisites={}, dropped=[], spent=Spent())
    return run_id


def sketched() -> uuid.UUID:
    """A run of three modules that wait for their details."""
    run_id = open_run(make_stepwise(SKELETON))
    claim_run(run_id, ALICE, lease_seconds=30)
    assert save_skeleton(run_id, ALICE, SKELETON, spent=Spent())
    return run_id


BOTH = pytest.mark.parametrize(("begin", "size"), [(outlined, 12), (sketched, 3)])
Begin = Callable[[], uuid.UUID]


def claim(run_id: uuid.UUID, puller: uuid.UUID, seconds: float = 30) -> Claimed:
    return claim_next(run_id, puller, limit=50, lease_seconds=seconds)


def in_hands_of(puller: uuid.UUID) -> int:
    return (
        Artifact.objects.filter(leased_by=puller).count()
        + Module.objects.filter(leased_by=puller).count()
    )


def keys(claimed: Claimed) -> tuple[list[int], list[int]]:
    return (
        [work.artifact_id for work in claimed.works],
        [work.module_id for work in claimed.details],
    )


@BOTH
def test_a_claim_takes_nothing_of_another_run(begin: Begin, size: int) -> None:
    mine, other = begin(), begin()
    claim(other, BOB, seconds=-1)
    assert len(claim(mine, ALICE)) == size
    assert in_hands_of(BOB) == size
    assert not has_pending(mine)


@BOTH
def test_nobody_pushes_on_or_gives_back_what_another_holds(begin: Begin, size: int) -> None:
    run_id = begin()
    lost = claim(run_id, ALICE, seconds=-1)
    renew_work(run_id, BOB, *keys(lost), lease_seconds=60)
    give_up_work(run_id, BOB)
    assert in_hands_of(ALICE) == size
    assert len(claim(run_id, BOB)) == size


@BOTH
def test_only_what_is_named_is_pushed_on(begin: Begin, size: int) -> None:
    run_id = begin()
    artifacts, modules = keys(claim(run_id, ALICE, seconds=-1))
    renew_work(run_id, ALICE, artifacts[:1], modules[:1], lease_seconds=60)
    assert len(claim(run_id, BOB)) == size - 1


def test_what_is_planned_of_another_run_is_not_given_back_or_pushed_on_with_ours() -> None:
    mine, other = sketched(), sketched()
    (_, theirs) = keys(claim(other, ALICE, seconds=-1))
    renew_work(mine, ALICE, [], theirs, lease_seconds=60)
    give_up_work(mine, ALICE)
    assert in_hands_of(ALICE) == 3
    assert len(claim(other, BOB)) == 3


def test_the_lease_on_a_run_is_its_holders() -> None:
    run_id = open_run(ScriptedProvider(OUTLINE))
    claim_run(run_id, ALICE, lease_seconds=-1)
    renew_work(run_id, BOB, [], lease_seconds=60)
    assert claim_run(run_id, BOB, lease_seconds=30) is not None
    give_up_work(run_id, ALICE)
    assert claim_run(run_id, ALICE, lease_seconds=30) is None
    renew_work(run_id, BOB, [], lease_seconds=-1)
    assert claim_run(run_id, ALICE, lease_seconds=30) is not None
    give_up_work(run_id, ALICE)
    assert claim_run(run_id, BOB, lease_seconds=30) is not None


def test_a_failure_is_told_of_an_artifact_of_the_same_run() -> None:
    mine, other = outlined(), outlined()
    work = claim(other, ALICE).works[0]
    told = (work.artifact_id, work.concept_id, work.kind)
    save_batch(mine, ALICE, [draft_failure(*told, ValueError("x"), public="No.")])
    assert Artifact.objects.get(pk=work.artifact_id).state == ArtifactState.RUNNING


def test_details_are_written_by_the_run_that_asked_for_them() -> None:
    mine, other = sketched(), sketched()
    work = claim(other, ALICE).details[0]
    failure = DetailsFailure(work.module_id, "No.", retry_seconds=0.0)
    fail_details(mine, ALICE, failure, spent=Spent())
    details = make_details(SKELETON, work.place)
    assert not save_details(mine, ALICE, work.module_id, details, spent=Spent())
    assert Module.objects.get(pk=work.module_id).details_state == DetailsState.RUNNING


@BOTH
def test_what_failed_is_asked_for_again_with_its_own_run(begin: Begin, size: int) -> None:
    mine, other = begin(), begin()
    why = {"error_public": "No."}
    Artifact.objects.update(state=ArtifactState.FAILED, **why)
    Module.objects.exclude(details_state=DetailsState.READY).update(
        details_state=DetailsState.FAILED, **why
    )
    assert close_run(mine) == close_run(other) == RunState.FAILED
    assert resume_run(mine)
    assert has_pending(mine)
    assert not has_pending(other)


@BOTH
def test_work_on_one_run_does_not_hide_that_nobody_works_on_another(
    begin: Begin, size: int
) -> None:
    mine, other = begin(), begin()
    GenerationRun.objects.update(created_at=timezone.now() - timedelta(hours=1))
    claim(other, ALICE)
    assert list_neglected_runs() == [NeglectedRun(mine, planned=True)]
    claim(mine, BOB, seconds=-1)
    assert list_neglected_runs() == [NeglectedRun(mine, planned=True)]


def test_what_others_spend_is_not_added() -> None:
    mine, other = outlined(), outlined()
    give_up_work(mine, ALICE, Spent(1, 2, 3))
    give_up_work(other, ALICE, Spent(10, 20, 30))
    for late in (1, 1, 100):  # the unit is repeated, and one that is late comes last
        give_up_work(mine, BOB, Spent(100 // late, 200 // late, 300 // late))
    told = [get_run(one) for one in (mine, other)]
    assert [(run.model_calls, run.tokens_in, run.tokens_out) for run in told] == [
        (101, 202, 303),
        (10, 20, 30),
    ]
