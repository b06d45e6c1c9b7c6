"""What a run tells the log: the events, their fields, and whose they are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from concepts.content import ArtifactKind
from concepts.models import ArtifactVersion, Choice, Question, Quiz, Resource, Tutorial
from connection_budget.lanes.executor import DbExecutor
from generation.log_events import LONGEST_ERROR, brief_error
from generation.models import GenerationRun
from generation.port.errors import ContentError, SystemicError, TransientError
from generation.puller.limits import Limits
from generation.puller.pipeline import plan, pull
from generation.run_states import RunState
from generation.runs import lifecycle
from tests.generation.cast import KINDS, ScriptedProvider, artifact, make_outline, open_run

QUICK = Limits(batch_concepts=4, batch_seconds=0.02, poll_seconds=0.02, retry_seconds=0.01)
KEY = ("c02", ArtifactKind.TUTORIAL)

Told = dict[str, list[dict[str, Any]]]


@pytest.fixture
def told() -> Iterator[Told]:
    """Events by name, with what is bound where they are logged."""
    processors = structlog.get_config()["processors"]
    before = list(processors)
    capture = LogCapture()
    # In place: loggers that were used before hold this very list.
    processors[:] = [structlog.contextvars.merge_contextvars, capture]
    yield LazyEvents(capture)
    processors[:] = before


class LazyEvents(dict[str, list[dict[str, Any]]]):
    def __init__(self, capture: LogCapture) -> None:
        super().__init__()
        self._capture = capture

    def __missing__(self, name: str) -> list[dict[str, Any]]:
        return [dict(entry) for entry in self._capture.entries if entry["event"] == name]


def work(provider: ScriptedProvider, db: DbExecutor) -> str:
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db, limits=QUICK))
    return str(run_id)


def test_a_run_is_told_from_claim_to_end(db_executor: DbExecutor, told: Told) -> None:
    run_id = work(ScriptedProvider(make_outline(6)), db_executor)
    (started,) = told["content_generation_parallel_config"]
    assert (started["permits"], started["model_calls"], started["batch_concepts"]) == (2, 8, 4)
    assert [claim["needs_outline"] for claim in told["run_claimed"]] == [True, False]
    (finished,) = told["run_finished"]
    assert (finished["state"], finished["ready"], finished["failed"]) == ("ready", 18, 0)
    assert finished["seconds"] > 0
    batches = told["db_batch_committed"]
    assert sum(batch["artifacts"] for batch in batches) == 18
    tables = (ArtifactVersion, Tutorial, Resource, Quiz, Question, Choice)
    assert sum(batch["rows"] for batch in batches) == sum(table.objects.count() for table in tables)
    everything = [started, finished, *batches, *told["run_claimed"]]
    assert {event["run"] for event in everything} == {run_id}


def test_lanes_say_for_whom_they_work(db_executor: DbExecutor, told: Told) -> None:
    run_id = work(ScriptedProvider(make_outline(4)), db_executor)
    units = {event["unit"] for event in told["db_semaphore_acquired"] if "run" in event}
    assert {"save_batch", "claim_next", "close_run"} <= units
    assert {event.get("run") for event in told["db_semaphore_released"]} <= {run_id, None}


def test_a_failed_artifact_is_named_with_its_attempt(db_executor: DbExecutor, told: Told) -> None:
    errors: list[Exception] = [TransientError("Overloaded."), ContentError("x" * 2_000)]
    run_id = work(ScriptedProvider(make_outline(4), fail={KEY: errors}), db_executor)
    slug = artifact(GenerationRun.objects.get().pk, *KEY).concept.slug
    (retried,) = told["llm_request_retried"]
    assert (retried["artifact"], retried["attempt"]) == (f"{slug}/tutorial", 1)
    assert (retried["run"], retried["error"]) == (run_id, "Overloaded.")
    (failed,) = told["artifact_failed"]
    assert (failed["artifact"], failed["attempt"]) == (f"{slug}/tutorial", 2)
    assert failed["error_class"] == "ContentError"
    assert len(failed["error"]) == LONGEST_ERROR
    (finished,) = told["run_finished"]
    assert (finished["state"], finished["failed"]) == ("partial", 1)


def test_a_provider_at_work_speaks_of_its_artifact(db_executor: DbExecutor, told: Told) -> None:
    async def speak(*_: object) -> None:
        structlog.get_logger("provider").info("asked")

    run_id = work(ScriptedProvider(make_outline(4), before=speak), db_executor)
    assert {event["run"] for event in told["asked"]} == {run_id}
    assert len({event["artifact"] for event in told["asked"]}) == 4 * len(KINDS)


def test_a_pause_is_told_with_its_reason(db_executor: DbExecutor, told: Told) -> None:
    run_id = work(
        ScriptedProvider(make_outline(4), fail={KEY: SystemicError("Spent.")}), db_executor
    )
    (paused,) = told["run_paused"]
    assert (paused["run"], paused["reason"], paused["log_level"]) == (run_id, "Spent.", "warning")
    assert not told["run_finished"]


def test_an_outline_asked_for_again_is_told(db_executor: DbExecutor, told: Told) -> None:
    class Hesitant(ScriptedProvider):
        async def outline(self, request: Any) -> Any:
            if not self.outlines:
                self.outlines += 1
                raise OSError("reset by peer")
            return await super().outline(request)

    provider = Hesitant(make_outline(4))
    run_id = open_run(provider)
    asyncio.run(plan(run_id, provider=provider, db=db_executor, limits=QUICK))
    (retried,) = told["llm_request_retried"]
    assert (retried["run"], retried["error_class"]) == (str(run_id), "OSError")


def test_an_end_that_was_rolled_back_is_not_told(db_executor: DbExecutor, told: Told) -> None:
    from django.db import transaction

    run_id = open_run(ScriptedProvider(make_outline(4)))

    def stop_in_vain() -> None:
        with transaction.atomic():
            assert lifecycle.stop_run(run_id, RunState.CANCELLED, "Enough.")
            transaction.set_rollback(True)

    db_executor.run_sync(stop_in_vain)
    assert not told["run_finished"]
    db_executor.run_sync(lifecycle.stop_run, run_id, RunState.CANCELLED, "Enough.")
    (finished,) = told["run_finished"]
    assert (finished["state"], finished["reason"]) == ("cancelled", "Enough.")


def test_a_run_leaves_nothing_to_the_next(db_executor: DbExecutor) -> None:
    work(ScriptedProvider(make_outline(4)), db_executor)
    assert structlog.contextvars.get_contextvars() == {}


def test_a_long_error_is_cut() -> None:
    assert brief_error("short") == "short"
    assert len(brief_error("long" * 1_000)) == LONGEST_ERROR
