"""Claims, leases and fencing, unit by unit."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from concepts.artifact_states import ArtifactState
from concepts.content import ArtifactKind
from concepts.drafts import Provenance, VersionDraft, draft_failure, draft_version
from concepts.leases import claim_artifacts, release_artifacts, renew_leases
from concepts.models import Artifact, ArtifactVersion, Origin
from generation.port.outline_rules import settle_prerequisites
from generation.port.spent import Spent
from generation.puller.runner import configured_limits
from generation.runs.batches import save_batch, save_outline
from generation.runs.claims import claim_run, claim_work
from generation.runs.lifecycle import close_run
from generation.runs.work import Work, list_work
from tests.generation.cast import ScriptedProvider, make_content, make_outline, open_run

pytestmark = pytest.mark.django_db

ALICE, BOB = uuid.uuid4(), uuid.uuid4()


@pytest.fixture
def run_id() -> uuid.UUID:
    """A planned run of four concepts."""
    plan = make_outline(4)
    run_id = open_run(ScriptedProvider(plan))
    claim_run(run_id, ALICE, lease_seconds=30)
    prerequisites, dropped = settle_prerequisites(plan)
    save_outline(run_id, ALICE, plan, prerequisites=prerequisites, dropped=dropped, spent=Spent())
    return run_id


def claim(run_id: uuid.UUID, puller: uuid.UUID, *, limit: int = 1) -> list[Work]:
    return claim_work(run_id, puller, limit=limit, lease_seconds=30)


def lose_lease(work: Work) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Artifact.objects.filter(pk=work.artifact_id).update(lease_until=past)


def finished(work: Work) -> VersionDraft:
    provenance = Provenance("scripted", "rope-1", "en", Origin.GENERATED)
    content = make_content(work.kind, work.brief.key)
    ids = (work.artifact_id, work.concept_id, work.kind)
    return draft_version(*ids, content, provenance, seed=work.brief.key)


def test_claims_follow_priority_then_the_roadmap(run_id: uuid.UUID) -> None:
    Artifact.objects.filter(concept__outline_key="c03").update(priority=10)
    claimed = [(work.brief.key, work.kind.value) for work in claim(run_id, ALICE, limit=4)]
    assert claimed == [
        ("c03", "tutorial"),
        ("c03", "resources"),
        ("c03", "quiz"),
        ("c01", "tutorial"),
    ]


def test_what_one_puller_holds_another_does_not_get(run_id: uuid.UUID) -> None:
    held = {work.artifact_id for work in claim(run_id, ALICE, limit=5)}
    others = {work.artifact_id for work in claim(run_id, BOB, limit=50)}
    assert (len(held), len(others), held & others) == (5, 7, set())


def test_a_lease_that_ran_out_is_anybodys(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, ALICE)
    lose_lease(work)
    (again,) = claim(run_id, BOB)
    assert (again.artifact_id, again.attempts) == (work.artifact_id, 2)


def test_whoever_finishes_first_is_stored_and_the_second_is_not(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, ALICE)
    lose_lease(work)
    claim(run_id, BOB)
    assert len(save_batch(run_id, ALICE, [finished(work)]).ready) == 1
    assert len(save_batch(run_id, BOB, [finished(work)]).ready) == 0
    assert ArtifactVersion.objects.count() == 1


def test_a_failure_told_by_a_puller_without_the_lease_is_ignored(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, ALICE)
    lose_lease(work)
    claim(run_id, BOB)
    failure = draft_failure(
        work.artifact_id, work.concept_id, work.kind, ValueError("x"), public="No."
    )
    save_batch(run_id, ALICE, [failure])
    artifact = Artifact.objects.get(pk=work.artifact_id)
    assert (artifact.state, artifact.leased_by) == (ArtifactState.RUNNING, BOB)


def test_a_write_of_a_run_that_was_superseded_changes_nothing(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, ALICE)
    Artifact.objects.filter(pk=work.artifact_id).update(run_id=uuid.uuid4())
    assert save_batch(run_id, ALICE, [finished(work)]).ready == ()
    assert not ArtifactVersion.objects.exists()


def test_released_work_can_be_claimed_at_once(run_id: uuid.UUID) -> None:
    claim(run_id, ALICE, limit=12)
    assert release_artifacts(ALICE) == 12
    assert len(claim(run_id, BOB, limit=12)) == 12


def test_only_named_leases_are_renewed(run_id: uuid.UUID) -> None:
    first, second = claim(run_id, ALICE, limit=2)
    lose_lease(first)
    lose_lease(second)
    assert renew_leases(ALICE, [first.artifact_id], lease_seconds=30) == 1
    assert [work.artifact_id for work in claim(run_id, BOB)] == [second.artifact_id]


def test_a_run_is_not_closed_while_somebody_works_on_it(run_id: uuid.UUID) -> None:
    works = claim(run_id, ALICE, limit=12)
    save_batch(run_id, ALICE, [finished(work) for work in works[1:]])
    assert close_run(run_id) is None
    save_batch(run_id, ALICE, [finished(works[0])])
    assert close_run(run_id) == "ready"
    assert close_run(run_id) is None


def test_an_outline_in_other_hands_is_left_alone() -> None:
    run_id = open_run(ScriptedProvider(make_outline(4)))
    assert claim_run(run_id, ALICE, lease_seconds=30) is not None
    assert claim_run(run_id, BOB, lease_seconds=30) is None


def test_of_two_planners_the_first_to_finish_is_saved() -> None:
    plan = make_outline(4)
    run_id = open_run(ScriptedProvider(plan))
    claim_run(run_id, ALICE, lease_seconds=-1)
    claim_run(run_id, BOB, lease_seconds=30)
    rest = {"prerequisites": {}, "dropped": [], "spent": Spent()}
    assert save_outline(run_id, ALICE, plan, **rest)  # type: ignore[arg-type]  # a plain dict
    assert not save_outline(run_id, BOB, plan, **rest)  # type: ignore[arg-type]  # likewise


def test_a_brief_tells_the_writer_what_comes_before(run_id: uuid.UUID) -> None:
    ids = claim_artifacts(run_id, ALICE, limit=12, lease_seconds=30)
    second = next(work for work in list_work(ids) if work.brief.key == "c02")
    assert second.brief.requires == ("The knot c01",)


def test_a_brief_tells_the_writer_what_stands_around(run_id: uuid.UUID) -> None:
    ids = claim_artifacts(run_id, ALICE, limit=12, lease_seconds=30)
    brief = next(work.brief for work in list_work(ids) if work.brief.key == "c03")
    assert brief.path == ("The knot c01", "The knot c02")
    assert [one.title[-3:] for one in brief.neighbours] == ["c01", "c02", "c04"]
    assert brief.neighbours[0].summary == "A knot."


def test_listing_work_takes_the_same_queries_whatever_its_size(
    run_id: uuid.UUID, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    ids = claim_artifacts(run_id, ALICE, limit=12, lease_seconds=30)
    with django_assert_num_queries(6):  # type: ignore[operator]  # a context manager
        assert len(list_work(ids)) == 12


def test_kinds_are_claimed_tutorial_first(run_id: uuid.UUID) -> None:
    assert claim(run_id, ALICE)[0].kind is ArtifactKind.TUTORIAL


def test_a_late_answer_is_stored_although_the_artifact_failed_meanwhile(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, ALICE)
    lose_lease(work)
    claim(run_id, BOB)
    failure = draft_failure(
        work.artifact_id, work.concept_id, work.kind, ValueError("x"), public="No."
    )
    save_batch(run_id, BOB, [failure])
    assert len(save_batch(run_id, ALICE, [finished(work)]).ready) == 1
    assert Artifact.objects.get(pk=work.artifact_id).state == ArtifactState.READY


def test_a_puller_does_not_claim_what_it_is_writing(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, ALICE)
    lose_lease(work)
    again = claim_work(run_id, ALICE, limit=50, lease_seconds=30, besides=[work.artifact_id])
    assert len(again) == 11


def test_nobody_claims_before_the_pause_is_over(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, ALICE)
    later = draft_failure(
        work.artifact_id,
        work.concept_id,
        work.kind,
        ValueError("x"),
        public="Busy.",
        retry_seconds=60,
    )
    save_batch(run_id, ALICE, [later])
    assert work.artifact_id not in {other.artifact_id for other in claim(run_id, BOB, limit=50)}


def test_the_operator_says_how_long_a_claim_lasts(settings: Settings) -> None:
    settings.LEASE_SECONDS = 7.0
    assert configured_limits(follow=False).lease_seconds == 7.0
