"""Each defect read in the predecessor's code (mission.md), by number."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from concepts.artifact_states import ArtifactState
from concepts.content import ArtifactKind
from concepts.models import ArtifactVersion, ConceptPrerequisite
from connection_budget.lanes.executor import DbExecutor
from generation import dispatch, tasks
from generation.models import GenerationEvent
from generation.port.errors import ContentError, SystemicError, TransientError
from generation.port.request import OutlineRequest
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.run_states import RunState
from generation.runs.batches import SavedBatch, save_batch
from generation.runs.lifecycle import resume_run
from generation.runs.progress import RunProgress, get_run_progress
from tests.generation.cast import (
    KINDS,
    Key,
    ScriptedProvider,
    artifact,
    assert_complete,
    get_run,
    make_outline,
    open_run,
)
from tests.generation.sampling import Sampler

pytestmark = pytest.mark.slow

QUICK = Limits(batch_concepts=4, batch_seconds=0.02, poll_seconds=0.02, retry_seconds=0.01)


def test_1_a_failing_concept_counts_once_and_never_fails_the_run(db_executor: DbExecutor) -> None:
    fail: dict[Key, Exception | list[Exception]] = {
        (key, kind): ContentError("no") for key in ("c03", "c07") for kind in KINDS
    }
    provider = ScriptedProvider(make_outline(10), fail=fail)
    run_id = open_run(provider)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert state == RunState.PARTIAL
    assert get_run_progress(run_id) == RunProgress(artifacts=30, ready=24, failed=6)


def test_2_resume_brings_back_a_missing_quiz(db_executor: DbExecutor) -> None:
    quiz = ("c02", ArtifactKind.QUIZ)
    provider = ScriptedProvider(make_outline(4), fail={quiz: [ContentError("no")]})
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert artifact(run_id, *quiz).state == ArtifactState.FAILED
    resume_run(run_id)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert_complete(run_id, 4)
    assert provider.calls.pop(quiz) == 2
    assert set(provider.calls.values()) == {1}


def test_3_a_failing_link_search_leaves_the_tutorial_alone(db_executor: DbExecutor) -> None:
    links = ("c01", ArtifactKind.RESOURCES)
    provider = ScriptedProvider(make_outline(4), fail={links: ContentError("search is down")})
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    states = {kind: artifact(run_id, "c01", kind).state for kind in KINDS}
    assert states == {
        ArtifactKind.TUTORIAL: "ready",
        ArtifactKind.RESOURCES: "failed",
        ArtifactKind.QUIZ: "ready",
    }


def test_4_an_artifact_that_could_not_be_saved_is_not_called_done(
    db_executor: DbExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(pairs: list[object]) -> None:
        if pairs:
            raise IntegrityError("the disk is full of knots")

    monkeypatch.setattr("concepts.payloads.create_payloads", refuse)
    provider = ScriptedProvider(make_outline(4))
    run_id = open_run(provider)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert state == RunState.FAILED
    assert get_run_progress(run_id) == RunProgress(artifacts=12, ready=0, failed=12)
    assert not ArtifactVersion.objects.exists()


def test_5_failures_are_written_under_the_same_permits(
    executors: Callable[[int], DbExecutor], sampler: Sampler
) -> None:
    plan = make_outline(12)
    fail: dict[Key, Exception | list[Exception]] = {
        (concept.key, kind): ContentError("no") for concept in plan.concepts() for kind in KINDS
    }
    provider = ScriptedProvider(plan, fail=fail)
    db = executors(2)
    run_id = db.run_sync(open_run, provider)
    asyncio.run(pull(run_id, provider=provider, db=db, limits=QUICK))
    sampler.stop()
    assert 1 <= sampler.most_open <= 2
    assert db.run_sync(get_run_progress, run_id).failed == 36


def test_6_model_calls_are_bounded_whatever_the_number_of_concepts(
    db_executor: DbExecutor,
) -> None:
    provider = ScriptedProvider(make_outline(12), longest_delay=0.005)
    limits = Limits(model_calls=3, batch_seconds=0.02, poll_seconds=0.02)
    asyncio.run(pull(open_run(provider), provider=provider, db=db_executor, limits=limits))
    assert provider.most_in_flight == 3


@pytest.mark.parametrize(
    "error", [TransientError("overloaded"), TimeoutError("too slow"), ConnectionResetError("gone")]
)
def test_6_what_may_pass_is_tried_again_whatever_its_kind(
    db_executor: DbExecutor, error: Exception
) -> None:
    key = ("c01", ArtifactKind.TUTORIAL)
    provider = ScriptedProvider(make_outline(4), fail={key: [error, error]})
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert_complete(run_id, 4)
    assert provider.calls[key] == 3


@pytest.mark.django_db(transaction=True)
def test_8_a_run_is_enqueued_only_once_its_row_can_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[str] = []
    monkeypatch.setattr(tasks.start_run, "delay", queued.append)
    order = dispatch.Order(OutlineRequest(goal="Tying knots"))
    with transaction.atomic():
        run_id = dispatch.request_roadmap(order, ScriptedProvider(make_outline(30)))
        assert queued == []
    assert queued == [str(run_id)]


@pytest.mark.django_db(transaction=True)
def test_8_a_run_that_was_rolled_back_is_never_enqueued(monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[str] = []
    monkeypatch.setattr(tasks.start_run, "delay", queued.append)
    with transaction.atomic():
        order = dispatch.Order(OutlineRequest(goal="Tying knots"))
        dispatch.request_roadmap(order, ScriptedProvider(make_outline(30)))
        transaction.set_rollback(True)
    assert queued == []


def test_9_a_batch_delivered_twice_is_written_once(
    db_executor: DbExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save_twice(*arguments: object) -> SavedBatch:
        saved = save_batch(*arguments)  # type: ignore[arg-type]  # passed on as they came
        again = save_batch(*arguments)  # type: ignore[arg-type]  # likewise
        assert not [*again.ready, *again.failed]
        return saved

    monkeypatch.setattr("generation.runs.batches.save_batch", save_twice)
    provider = ScriptedProvider(make_outline(6))
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert_complete(run_id, 6)


@pytest.mark.parametrize("requires", ["nowhere", "c02"])
def test_10_unknown_and_self_prerequisites_are_refused(
    db_executor: DbExecutor, requires: str
) -> None:
    provider = ScriptedProvider(make_outline(4, requires={"c02": [requires]}))
    run_id = open_run(provider)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert state == RunState.FAILED
    assert "c02" in get_run(run_id).reason


def test_10_a_cycle_loses_its_weakest_edge_and_the_run_says_so(db_executor: DbExecutor) -> None:
    requires = {"c01": ["c03"], "c02": ["c01"], "c03": ["c02"]}
    provider = ScriptedProvider(make_outline(4, requires=requires))
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    edges = ConceptPrerequisite.objects.values_list("concept__outline_key", "requires__outline_key")
    assert set(edges) == {("c02", "c01"), ("c03", "c02")}
    dropped = GenerationEvent.objects.get(run=run_id, type="prerequisite_dropped")
    assert dropped.payload == {"concept": "c01", "requires": "c03"}


def test_11_progress_counts_what_is_written_not_what_has_started(db_executor: DbExecutor) -> None:
    seen: list[RunProgress] = []

    async def look(*_: object) -> None:
        if provider.in_flight == provider.most_in_flight == 8 and not seen:
            seen.append(await db_executor.run(get_run_progress, run_id))

    provider = ScriptedProvider(make_outline(8), before=look, longest_delay=0.02)
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert seen == [RunProgress(artifacts=24, ready=0, failed=0)]


def test_a_refused_key_pauses_the_run_and_resume_asks_only_for_what_is_missing(
    db_executor: DbExecutor,
) -> None:
    key = ("c03", ArtifactKind.TUTORIAL)
    refusal = SystemicError("The model server refused the key.")
    provider = ScriptedProvider(make_outline(6), fail={key: [refusal]})
    run_id = open_run(provider)
    limits = Limits(model_calls=1, batch_seconds=0.02, poll_seconds=0.02)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=limits))
    assert (state, get_run(run_id).reason) == (RunState.PAUSED, str(refusal))
    assert provider.calls.total() == 7
    resume_run(run_id)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=limits))
    assert provider.calls.total() == 18 + 1
    assert_complete(run_id, 6)
