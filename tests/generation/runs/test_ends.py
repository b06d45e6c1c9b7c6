"""What a failure, a late answer and another try leave in the row of what was to be written."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from concepts.artifact_states import ArtifactState
from concepts.drafts import Draft, Provenance, draft_failure, draft_version
from concepts.models import Artifact, Origin
from generation.models import EventType, GenerationEvent, GenerationRun
from generation.port.errors import ContentError
from generation.port.spent import Spent
from generation.run_states import RunState
from generation.runs.batches import save_batch, save_outline, save_skeleton
from generation.runs.claims import claim_next, claim_run, give_up_work
from generation.runs.details import DetailsFailure, fail_details, save_details
from generation.runs.lifecycle import close_run, go_on, resume_run, retry_artifacts, stop_run
from generation.runs.work import Work
from roadmaps.models import DetailsState, Module
from tests.generation.cast import ScriptedProvider, get_run, make_content, make_outline, open_run
from tests.generation.stepwise import make_details, make_skeleton, make_stepwise

pytestmark = pytest.mark.django_db

ALICE = uuid.uuid4()
OUTLINE, SKELETON = make_outline(4), make_skeleton(3)
SPENT = Spent(1, 2, 3)
# How the columns of the last try stand in a row that has none behind it.
AS_NEW = {"attempts": 0, "retry_at": None, "error_public": "", "error_detail": ""}


@pytest.fixture
def run_id() -> uuid.UUID:
    """A run of four concepts that is being written."""
    run_id = open_run(ScriptedProvider(OUTLINE))
    claim_run(run_id, ALICE, lease_seconds=30)
    save_outline(run_id, ALICE, OUTLINE, prerequisites={}, dropped=[], spent=Spent())
    return run_id


@pytest.fixture
def sketched() -> uuid.UUID:
    """A run of three modules that are being planned."""
    run_id = open_run(make_stepwise(SKELETON))
    claim_run(run_id, ALICE, lease_seconds=30)
    save_skeleton(run_id, ALICE, SKELETON, spent=Spent())
    return run_id


def claim(run_id: uuid.UUID, limit: int = 50) -> list[Work]:
    return claim_next(run_id, ALICE, limit=limit, lease_seconds=30).works


def finished(work: Work) -> Draft:
    provenance = Provenance("scripted", "rope-1", "en", Origin.GENERATED)
    content = make_content(work.kind, work.brief.key)
    ids = (work.artifact_id, work.concept_id, work.kind)
    return draft_version(*ids, content, provenance, seed=work.brief.key)


def failure(work: Work, retry_seconds: float | None = None) -> Draft:
    ids = (work.artifact_id, work.concept_id, work.kind)
    said: dict[str, Any] = {"public": "It was nonsense.", "detail": "<p>"}
    return draft_failure(*ids, ContentError("x"), retry_seconds=retry_seconds, **said)


def fail_module(run_id: uuid.UUID, module_id: int, retry_seconds: float | None = None) -> bool:
    told = DetailsFailure(module_id, "It was nonsense.", "<p>", retry_seconds)
    return fail_details(run_id, ALICE, told, spent=SPENT)


def row_of(work: Work) -> Artifact:
    return Artifact.objects.get(pk=work.artifact_id)


def columns(row: Artifact | Module) -> dict[str, object]:
    return {name: getattr(row, name) for name in AS_NEW}


def last_event(run_id: uuid.UUID) -> GenerationEvent:
    return GenerationEvent.objects.get(run=run_id, seq=get_run(run_id).last_seq)


def is_in(moment: object, seconds: float) -> bool:
    assert isinstance(moment, type(timezone.now()))
    return abs(moment - timezone.now() - timedelta(seconds=seconds)) < timedelta(seconds=30)


def test_what_failed_says_why_to_learners_and_to_operators(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, 1)
    saved = save_batch(run_id, ALICE, [failure(work)], SPENT)
    row = row_of(work)
    assert (row.state, row.attempts, row.retry_at) == (ArtifactState.FAILED, 1, None)
    assert (row.error_public, row.error_detail) == ("It was nonsense.", "<p>")
    assert row.error_class == "ContentError"
    assert is_in(row.finished_at, 0)
    assert get_run(run_id).tokens_in == SPENT.tokens_in
    event = last_event(run_id)
    assert (event.seq, event.type) == (saved.last_seq, EventType.ARTIFACT_FAILED)
    assert event.payload == {"error": "It was nonsense."}


def test_what_is_tried_again_waits_so_long_and_nothing_is_told_of_it(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, 1)
    before = get_run(run_id).last_seq
    saved = save_batch(run_id, ALICE, [failure(work, 3_600)])
    row = row_of(work)
    assert (row.state, row.attempts, row.finished_at) == (ArtifactState.PENDING, 1, None)
    assert (row.error_public, row.error_detail) == ("It was nonsense.", "<p>")
    assert is_in(row.retry_at, 3_600)
    assert (saved.failed, get_run(run_id).last_seq) == ((), before)


@pytest.mark.parametrize("retry_seconds", [None, 3_600.0])
def test_of_what_came_late_nothing_is_left_of_the_failure_before(
    run_id: uuid.UUID, retry_seconds: float | None
) -> None:
    (work,) = claim(run_id, 1)
    save_batch(run_id, ALICE, [failure(work, retry_seconds)])
    save_batch(run_id, ALICE, [finished(work)])
    row = row_of(work)
    assert (row.state, row.error_class) == (ArtifactState.READY, "")
    assert columns(row) == AS_NEW | {"attempts": 1}
    assert is_in(row.finished_at, 0)


def test_a_batch_tells_what_it_wrote_and_of_what_it_refused_nothing(run_id: uuid.UUID) -> None:
    first, second = claim(run_id, 2)
    save_batch(run_id, ALICE, [finished(first)])
    saved = save_batch(run_id, ALICE, [finished(first), finished(second)])
    assert [draft.artifact_id for draft in saved.ready] == [second.artifact_id]
    ready = GenerationEvent.objects.filter(run=run_id, type=EventType.ARTIFACT_READY)
    assert ready.count() == 2
    assert save_batch(run_id, ALICE, [finished(first)]).last_seq == 0
    assert ready.count() == 2


@pytest.mark.parametrize("way", ["resume", "retry"])
def test_what_is_asked_for_again_begins_as_new(run_id: uuid.UUID, way: str) -> None:
    failed, waiting, *rest = claim(run_id)
    save_batch(run_id, ALICE, [finished(work) for work in rest])
    save_batch(run_id, ALICE, [failure(failed), failure(waiting, 3_600)])
    ids = [failed.artifact_id, waiting.artifact_id]
    assert (retry_artifacts(run_id, ids) == 1) if way == "retry" else True
    if way == "resume":
        assert stop_run(run_id, RunState.PAUSED, "Enough.")
        assert resume_run(run_id)
    for work in (failed, waiting):
        row = row_of(work)
        assert columns(row) == AS_NEW
        assert (row.state, row.finished_at) == (ArtifactState.PENDING, None)
    assert (last_event(run_id).type, last_event(run_id).payload["retried"]) == ("run_resumed", 1)


def test_a_closed_run_that_is_resumed_begins_as_new(run_id: uuid.UUID) -> None:
    failed, *rest = claim(run_id)
    save_batch(run_id, ALICE, [failure(failed), *(finished(work) for work in rest)])
    assert close_run(run_id) is RunState.PARTIAL
    closed = get_run(run_id)
    assert closed.reason == "1 artifact could not be written"
    assert is_in(closed.finished_at, 0)
    assert last_event(run_id).type == EventType.RUN_FINISHED
    assert last_event(run_id).payload == {"state": "partial", "ready": 11, "failed": 1}
    GenerationRun.objects.update(resumes_at=timezone.now(), dismissed_at=timezone.now())
    assert retry_artifacts(run_id, [failed.artifact_id]) == 1
    run = get_run(run_id)
    assert (run.state, run.reason, run.finished_at) == (RunState.QUEUED, "", None)
    assert (run.resumes_at, run.dismissed_at) == (None, None)


@pytest.mark.parametrize("state", [RunState.CANCELLED, RunState.RUNNING])
def test_what_cannot_go_on_keeps_its_failures(run_id: uuid.UUID, state: RunState) -> None:
    """A day's end wakes nobody who was stopped for good, and resuming takes no running run back."""
    (work,) = claim(run_id, 1)
    save_batch(run_id, ALICE, [failure(work)])
    if state is RunState.RUNNING:
        assert not resume_run(run_id)
    else:
        assert stop_run(run_id, state, "Enough.")
        GenerationRun.objects.update(resumes_at=timezone.now())
    assert not go_on(run_id, timezone.now())
    assert get_run(run_id).state == state
    assert row_of(work).state == ArtifactState.FAILED


def test_nobody_goes_on_before_the_day_is_over(run_id: uuid.UUID) -> None:
    stop_run(run_id, RunState.PAUSED, "Enough.")
    now = timezone.now()
    GenerationRun.objects.update(resumes_at=now)
    assert not go_on(run_id, now - timedelta(seconds=1))
    assert go_on(run_id, now)
    run = get_run(run_id)
    assert (run.state, run.resumes_at, run.finished_at) == (RunState.QUEUED, None, None)
    assert last_event(run_id).type == EventType.RUN_RESUMED
    assert not go_on(run_id, now)


def test_who_takes_it_up_after_the_pause_finds_no_pause(run_id: uuid.UUID) -> None:
    (work,) = claim(run_id, 1)
    save_batch(run_id, ALICE, [failure(work, 0.0)])
    assert claim(run_id, 1)[0].artifact_id == work.artifact_id
    row = row_of(work)
    assert (row.state, row.attempts, row.retry_at) == (ArtifactState.RUNNING, 2, None)


def test_a_planner_that_lost_its_lease_stops_nobody() -> None:
    run_id = open_run(ScriptedProvider(OUTLINE))
    claim_run(run_id, uuid.uuid4(), lease_seconds=30)
    told: dict[str, Any] = {"planner": ALICE, "spent": SPENT}
    assert not stop_run(run_id, RunState.FAILED, "It was nonsense.", **told)
    GenerationRun.objects.update(leased_by=ALICE)
    assert stop_run(run_id, RunState.FAILED, "It was nonsense.", detail="<p>", **told)
    run = get_run(run_id)
    assert (run.leased_by, run.lease_until, run.tokens_in) == (None, None, SPENT.tokens_in)
    assert is_in(run.finished_at, 0)
    assert last_event(run_id).payload == {"reason": "It was nonsense.", "detail": "<p>"}


def test_what_is_given_back_is_paid_for(run_id: uuid.UUID) -> None:
    give_up_work(run_id, ALICE, SPENT)
    assert get_run(run_id).tokens_out == SPENT.tokens_out


@pytest.mark.parametrize("retry_seconds", [None, 3_600.0])
def test_a_module_that_failed_says_why_and_waits_so_long(
    sketched: uuid.UUID, retry_seconds: float | None
) -> None:
    (work,) = claim_next(sketched, ALICE, limit=1, lease_seconds=30).details
    before = get_run(sketched).last_seq
    is_final = retry_seconds is None
    assert fail_module(sketched, work.module_id, retry_seconds) is is_final
    row = Module.objects.get(pk=work.module_id)
    assert row.details_state == (DetailsState.FAILED if is_final else DetailsState.PENDING)
    assert (row.attempts, row.error_public, row.error_detail) == (1, "It was nonsense.", "<p>")
    assert row.retry_at is None if is_final else is_in(row.retry_at, 3_600)
    run = get_run(sketched)
    assert (run.tokens_in, run.last_seq) == (SPENT.tokens_in, before + is_final)
    if is_final:
        event = last_event(sketched)
        assert event.type == EventType.DETAILS_FAILED
        assert event.payload == {"module": work.title, "error": "It was nonsense."}
    again = claim_next(sketched, ALICE, limit=50, lease_seconds=30).details
    assert work.module_id not in [other.module_id for other in again]


def test_who_plans_a_module_after_the_pause_finds_no_pause(sketched: uuid.UUID) -> None:
    (work,) = claim_next(sketched, ALICE, limit=1, lease_seconds=30).details
    fail_module(sketched, work.module_id, 0.0)
    (again,) = claim_next(sketched, ALICE, limit=1, lease_seconds=30).details
    assert (again.module_id, again.attempts) == (work.module_id, 2)
    assert Module.objects.get(pk=work.module_id).retry_at is None


@pytest.mark.parametrize("retry_seconds", [None, 3_600.0])
def test_a_module_begins_as_new_when_its_run_is_resumed(
    sketched: uuid.UUID, retry_seconds: float | None
) -> None:
    (work,) = claim_next(sketched, ALICE, limit=1, lease_seconds=30).details
    fail_module(sketched, work.module_id, retry_seconds)
    stop_run(sketched, RunState.PAUSED, "Enough.")
    assert resume_run(sketched)
    row = Module.objects.get(pk=work.module_id)
    assert columns(row) == AS_NEW
    assert row.details_state == DetailsState.PENDING
    assert last_event(sketched).payload["retried"] == (retry_seconds is None)


@pytest.mark.parametrize("retry_seconds", [None, 3_600.0])
def test_of_details_that_came_late_nothing_is_left_of_the_failure_before(
    sketched: uuid.UUID, retry_seconds: float | None
) -> None:
    (work,) = claim_next(sketched, ALICE, limit=1, lease_seconds=30).details
    fail_module(sketched, work.module_id, retry_seconds)
    details = make_details(SKELETON, work.place)
    spent = Spent(2, 20, 30)
    assert save_details(sketched, ALICE, work.module_id, details, spent=spent)
    row = Module.objects.get(pk=work.module_id)
    assert columns(row) == AS_NEW | {"attempts": 1}
    assert row.details_state == DetailsState.READY
    assert get_run(sketched).tokens_in == spent.tokens_in


def test_a_puller_is_given_nothing_that_it_has_in_hand(sketched: uuid.UUID) -> None:
    """Though it lost the leases: of modules and of artifacts."""
    (planned, *_) = claim_next(sketched, ALICE, limit=1, lease_seconds=30).details
    details = make_details(SKELETON, planned.place)
    save_details(sketched, ALICE, planned.module_id, details, spent=Spent())
    lost = claim_next(sketched, ALICE, limit=3, lease_seconds=-1)
    artifacts = [work.artifact_id for work in lost.works]
    modules = [work.module_id for work in lost.details]
    assert (len(artifacts), len(modules)) == (1, 2)
    again = claim_next(
        sketched, ALICE, limit=50, lease_seconds=30, besides=artifacts, planning=modules[:1]
    )
    assert [work.module_id for work in again.details] == modules[1:]
    assert artifacts[0] not in [work.artifact_id for work in again.works]
