"""What a learner opens is raised above what its own run has, planned or not: exactly so far."""

from __future__ import annotations

import uuid

import pytest

from concepts.models import Artifact, Concept
from generation.port.spent import Spent
from generation.runs.batches import save_outline, save_skeleton
from generation.runs.claims import claim_next, claim_run
from generation.runs.raising import HIGHEST, raise_concept, raise_unplanned
from roadmaps.models import DetailsState, Module
from tests.generation.cast import ScriptedProvider, get_run, make_outline, open_run
from tests.generation.stepwise import make_skeleton, make_stepwise

pytestmark = pytest.mark.django_db

ALICE = uuid.uuid4()
OUTLINE, SKELETON = make_outline(4), make_skeleton(3, known=("c6",))


def outlined() -> uuid.UUID:
    run_id = open_run(ScriptedProvider(OUTLINE))
    claim_run(run_id, ALICE, lease_seconds=30)
    save_outline(run_id, ALICE, OUTLINE, prerequisites={}, dropped=[], spent=Spent())
    return run_id


def sketched() -> uuid.UUID:
    """Three modules of two concepts, c1 to c6; the last is known."""
    run_id = open_run(make_stepwise(SKELETON))
    claim_run(run_id, ALICE, lease_seconds=30)
    save_skeleton(run_id, ALICE, SKELETON, spent=Spent())
    return run_id


def concept(run_id: uuid.UUID, key: str) -> Concept:
    return Concept.objects.get(roadmap=get_run(run_id).roadmap_id, outline_key=key)


def raised(run_id: uuid.UUID, key: str) -> tuple[int, int] | None:
    """The priorities of a concept and of its module, once it is raised; None: it is not."""
    if not raise_unplanned(run_id, concept(run_id, key).pk):
        return None
    told = concept(run_id, key)
    return told.priority, Module.objects.get(pk=told.module_id).priority


@pytest.fixture
def other() -> uuid.UUID:
    """Another run, all of which is most urgent."""
    run_id = sketched()
    Module.objects.filter(run_id=run_id).update(priority=500)
    Concept.objects.filter(module__run_id=run_id).update(priority=500)
    Artifact.objects.filter(run_id=outlined()).update(priority=500)
    return run_id


def test_what_is_urgent_in_another_run_counts_in_none(other: uuid.UUID) -> None:
    run_id = outlined()
    assert raise_concept(run_id, concept(run_id, "c03").pk)
    ours = Artifact.objects.filter(run_id=run_id, concept__outline_key="c03")
    assert set(ours.values_list("priority", flat=True)) == {1}
    assert raised(sketched(), "c3") == (1, 1)


def test_nobody_raises_what_another_run_plans_or_writes(other: uuid.UUID) -> None:
    run_id, written = sketched(), outlined()
    assert not raise_unplanned(other, concept(run_id, "c3").pk)
    assert not raise_concept(run_id, concept(written, "c03").pk)
    assert concept(run_id, "c3").priority == 0
    assert not Artifact.objects.filter(run_id=written).exclude(priority=0).exists()


def test_the_one_opened_last_is_planned_first_and_then_those_before_it() -> None:
    run_id = sketched()
    assert [raised(run_id, key) for key in ("c5", "c3")] == [(1, 1), (2, 2)]
    assert raised(run_id, "c3") is None, "it is the first already"
    assert raised(run_id, "c5") == (3, 3)
    claimed = claim_next(run_id, ALICE, limit=9, lease_seconds=30).details
    assert [work.place for work in claimed] == [2, 1, 0]


def test_a_concept_is_raised_above_artifacts_and_artifacts_above_modules() -> None:
    run_id = sketched()
    Artifact.objects.filter(run_id=outlined()).update(run_id=run_id, priority=7)
    artifacts = Artifact.objects.filter(run_id=run_id)
    assert raised(run_id, "c3") == (8, 8)
    assert raise_concept(run_id, artifacts[0].concept_id)
    assert max(artifacts.all().values_list("priority", flat=True)) == 9


@pytest.mark.parametrize("key", ["c6", "c1"])
def test_what_is_known_or_planned_already_is_not_raised(key: str) -> None:
    run_id = sketched()
    Module.objects.filter(title="Ropes a").update(details_state=DetailsState.READY)
    assert raised(run_id, key) is None
    assert not Concept.objects.exclude(priority=0).exists()


def test_a_module_that_is_being_planned_is_left_alone_and_its_concept_comes_first() -> None:
    run_id = sketched()
    claim_next(run_id, ALICE, limit=1, lease_seconds=30)
    assert raised(run_id, "c2") == (1, 0)


def test_no_module_loses_urgency_and_none_grows_beyond_the_bound() -> None:
    run_id = sketched()
    Module.objects.filter(title="Ropes c").update(priority=9)
    assert raised(run_id, "c5") == (1, 9)
    Concept.objects.filter(outline_key="c1").update(priority=HIGHEST)
    assert raised(run_id, "c4") == (HIGHEST, HIGHEST)
