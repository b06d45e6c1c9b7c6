"""What a provider, a hook or a slow answer may do to a run, and what not."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from concepts.content import ArtifactKind
from concepts.models import Artifact
from connection_budget.lanes.executor import DbExecutor
from generation.dispatch import KeyReused, Order, request_roadmap
from generation.models import GenerationRun
from generation.port.briefs import ConceptBrief
from generation.port.errors import ContentError, SystemicError, TransientError
from generation.port.request import OutlineRequest
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.run_states import RunState
from generation.runs import claims
from generation.runs.batches import SavedBatch
from generation.runs.lifecycle import resume_run
from generation.runs.progress import get_run_progress
from tests.generation.cast import (
    ScriptedProvider,
    artifact,
    assert_complete,
    get_run,
    make_content,
    make_outline,
    open_run,
)

pytestmark = pytest.mark.slow

QUICK = Limits(batch_concepts=4, batch_seconds=0.02, poll_seconds=0.02, retry_seconds=0.01)
KEY = ("c02", ArtifactKind.TUTORIAL)


@pytest.mark.parametrize("error", [AssertionError("x"), EOFError(), KeyError("x"), Exception()])
def test_whatever_a_provider_raises_costs_one_artifact(
    db_executor: DbExecutor, error: Exception
) -> None:
    provider = ScriptedProvider(make_outline(6), fail={KEY: error})
    run_id = open_run(provider)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert state == RunState.PARTIAL
    assert get_run_progress(run_id).ready == 17
    assert set(provider.calls.values()) == {1}


def test_an_error_without_words_still_says_something(db_executor: DbExecutor) -> None:
    provider = ScriptedProvider(make_outline(4), fail={KEY: ContentError("")})
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert artifact(run_id, *KEY).error_public == "No reason was given."


def test_a_systemic_error_without_words_pauses_all_the_same(db_executor: DbExecutor) -> None:
    provider = ScriptedProvider(make_outline(4), fail={KEY: SystemicError("")})
    run_id = open_run(provider)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert (state, get_run(run_id).reason) == (RunState.PAUSED, "No reason was given.")


def test_a_quiz_instead_of_a_tutorial_is_refused(db_executor: DbExecutor) -> None:
    provider = ScriptedProvider(
        make_outline(4), content={KEY: make_content(ArtifactKind.QUIZ, "c02")}
    )
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert artifact(run_id, *KEY).error_public == "What came back is no tutorial."


def test_a_moment_of_overload_is_waited_out(db_executor: DbExecutor) -> None:
    until = time.monotonic() + 0.4

    async def busy(_kind: ArtifactKind, _brief: ConceptBrief) -> None:
        if time.monotonic() < until:
            raise TransientError("busy")

    provider = ScriptedProvider(make_outline(8), before=busy)
    run_id = open_run(provider)
    limits = Limits(batch_seconds=0.02, poll_seconds=0.02, retry_seconds=0.1)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=limits))
    assert_complete(run_id, 8)


def test_being_interrupted_is_no_attempt(db_executor: DbExecutor) -> None:
    provider = ScriptedProvider(make_outline(4))
    run_id = open_run(provider)
    for _ in range(QUICK.attempts):
        asyncio.run(_interrupt(provider, db_executor, run_id))
    assert set(Artifact.objects.values_list("attempts", flat=True)) == {0}


async def _interrupt(provider: ScriptedProvider, db: DbExecutor, run_id: object) -> None:
    reached = asyncio.Event()

    async def wait(_kind: ArtifactKind, _brief: ConceptBrief) -> None:
        reached.set()
        await asyncio.Event().wait()

    provider.before = wait
    task = asyncio.create_task(pull(run_id, provider=provider, db=db, limits=QUICK))  # type: ignore[arg-type]  # a UUID
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ValueError("nonsense"), RunState.FAILED),
        (KeyError("title"), RunState.FAILED),
        (TimeoutError(), RunState.PAUSED),
    ],
)
def test_an_outline_that_fails_oddly_stops_the_run_and_is_not_asked_for_again(
    db_executor: DbExecutor,
    error: Exception,
    expected: RunState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What may succeed another time is a person's to resume."""
    provider = ScriptedProvider(make_outline(4))

    async def fail(_request: OutlineRequest) -> None:
        raise error

    monkeypatch.setattr(provider, "outline", fail)
    run_id = open_run(provider)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert state == expected
    assert get_run(run_id).reason


def test_a_lost_answer_to_the_claim_does_not_hang_the_run(
    db_executor: DbExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:

    claim_run = claims.claim_run
    lost: list[bool] = []

    def claim_and_lose(*arguments: object, **options: object) -> object:
        claim = claim_run(*arguments, **options)  # type: ignore[arg-type]  # passed on
        if not lost:
            lost.append(True)
            raise OperationalError("the answer was lost")
        return claim

    monkeypatch.setattr(claims, "claim_run", claim_and_lose)
    provider = ScriptedProvider(make_outline(4))
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert_complete(run_id, 4)


def test_a_planner_whose_lease_ran_out_still_saves_its_outline(db_executor: DbExecutor) -> None:
    class Slow(ScriptedProvider):
        async def outline(self, request: OutlineRequest):  # type: ignore[no-untyped-def]  # as above
            past = timezone.now() - timedelta(minutes=1)
            await db_executor.run(GenerationRun.objects.update, lease_until=past)
            return await super().outline(request)

    provider = Slow(make_outline(4))
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert provider.outlines == 1
    assert_complete(run_id, 4)


def test_a_failing_hook_stops_nothing(db_executor: DbExecutor) -> None:
    async def fail(_batch: SavedBatch) -> None:
        raise OperationalError("the progress bar fell over")

    provider = ScriptedProvider(make_outline(6))
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK, on_saved=fail))
    assert_complete(run_id, 6)


def test_what_is_refused_has_been_paid_for(db_executor: DbExecutor) -> None:
    bad = make_content(KEY[1], KEY[0]).model_copy(update={"markdown": "a\x00b"})
    provider = ScriptedProvider(make_outline(4), content={KEY: bad})
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert get_run(run_id).model_calls == provider.calls.total() + provider.outlines


def test_resuming_gives_every_artifact_its_attempts_back(db_executor: DbExecutor) -> None:
    provider = ScriptedProvider(make_outline(4), fail={KEY: [SystemicError("no money")]})
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    resume_run(run_id)
    pending = Artifact.objects.filter(state="pending")
    assert set(pending.values_list("attempts", "retry_at")) == {(0, None)}


@pytest.mark.django_db
def test_keys_are_their_owners_and_stand_for_one_order() -> None:
    from accounts.models import User

    alice, bob = (User.objects.create_user(f"{name}@example.org") for name in ("alice", "bob"))
    provider = ScriptedProvider(make_outline(30))
    knots, sails = OutlineRequest("Tying knots"), OutlineRequest("Mending sails")
    one = request_roadmap(Order(knots, alice, idempotency_key="1"), provider, enqueue=False)
    other = request_roadmap(Order(sails, bob, idempotency_key="1"), provider, enqueue=False)
    assert one != other
    for another in (sails, replace(knots, hours_per_week=9)):
        with pytest.raises(KeyReused):
            request_roadmap(Order(another, alice, idempotency_key="1"), provider, enqueue=False)
