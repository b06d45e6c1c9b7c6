"""A puller writes one artifact anew: what its writer is told, and what becomes of it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

import pytest
from pytest_django import Settings

from concepts.artifact_states import ArtifactState
from concepts.content import ArtifactContent, ArtifactKind, TutorialContent
from concepts.models import Artifact
from connection_budget.lanes.executor import DbExecutor
from generation.models import GenerationRun
from generation.port.briefs import ConceptBrief
from generation.port.errors import ContentError, SystemicError, TransientError
from generation.port.listening import NOBODY, Listener
from generation.port.provider import Written
from generation.puller.limits import Limits
from generation.puller.pipeline import plan, pull
from generation.run_states import RunState
from generation.runs import claims, lifecycle
from generation.runs.sweeping import list_neglected_runs
from tests.generation.cast import (
    KINDS,
    ScriptedProvider,
    artifact,
    assert_history,
    get_run,
    make_outline,
)
from tests.generation.paying import ARTIFACT_TOKENS, PayingProvider, get_run_spending
from tests.generation.puller.test_two_processes import Puller, hear, say, start_puller
from tests.generation.rewriters import Anew, open_anew
from tests.learning.library import make_ready
from tests.waiting import wait_until

__all__ = ["start_puller"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WISH = "Explain it with ships."
KEY = ("c02", ArtifactKind.TUTORIAL)
QUICK = Limits(batch_seconds=0.02, poll_seconds=0.02, retry_seconds=0.01)


class Listening(ScriptedProvider):
    """Remembers what it was told."""

    async def write(
        self, kind: ArtifactKind, brief: ConceptBrief, listener: Listener = NOBODY
    ) -> Written[ArtifactContent]:
        self.told = brief
        return await super().write(kind, brief, listener)


def provider(*errors: Exception) -> Listening:
    return Listening(make_outline(4), fail={KEY: list(errors)})


def write(
    run_id: uuid.UUID, writer: ScriptedProvider, db: DbExecutor, limits: Limits = QUICK
) -> RunState:
    return asyncio.run(pull(run_id, provider=writer, db=db, limits=limits))


def shown(run: GenerationRun, kind: ArtifactKind = ArtifactKind.TUTORIAL) -> tuple[str, int]:
    found = artifact(run.pk, "c02", kind)
    assert found.current_version is not None
    return found.state, found.current_version.number


# A word of each version that is written anew.
EARLIER = {
    ArtifactKind.TUTORIAL: "## Tying c02",
    ArtifactKind.RESOURCES: "- c02 first: https://knots.example/c02/first (Pictures.)",
    ArtifactKind.QUIZ: "1. What holds c02 1?",
}
OLD, NEW = (ArtifactState.READY, 1), (ArtifactState.READY, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_its_writer_is_told_the_wish_and_nothing_else_is_written(
    db_executor: DbExecutor, kind: ArtifactKind
) -> None:
    run, writer = make_ready(), provider()
    new = open_anew(run, kind, WISH)
    assert write(new, writer, db_executor) == RunState.READY
    assert (writer.told.key, writer.told.instruction) == ("c02", WISH)
    assert EARLIER[kind] in writer.told.earlier
    assert dict(writer.calls) == {("c02", kind): 1}
    version = artifact(run.pk, "c02", kind).current_version
    assert version is not None
    assert (version.number, version.instruction, version.run_id) == (2, WISH, new)
    assert (version.provider, version.model, version.tokens_out) == ("scripted", "rope-1", 20)
    assert_history(new)
    assert get_run(new).model_calls == get_run_spending(new).calls == 1


def test_a_first_version_has_no_wish(db_executor: DbExecutor) -> None:
    versions = Artifact.objects.filter(concept__roadmap=make_ready().roadmap)
    assert set(versions.values_list("current_version__instruction", flat=True)) == {""}


def test_one_that_cannot_be_written_leaves_the_old_one_shown(db_executor: DbExecutor) -> None:
    run = make_ready()
    new = open_anew(run, KEY[1], WISH)
    assert write(new, provider(ContentError("It is too long.")), db_executor) == RunState.FAILED
    assert get_run(new).reason == "It is too long."
    assert shown(run) == OLD
    assert get_run(run.pk).state == RunState.READY
    assert lifecycle.resume_run(new)
    assert write(new, provider(), db_executor) == RunState.READY
    assert shown(run) == NEW


def test_content_the_database_refuses_leaves_the_old_one_shown(db_executor: DbExecutor) -> None:
    run, writer = make_ready(), provider()
    writer.content = {KEY: TutorialContent.model_construct(markdown="half \ud800")}
    new = open_anew(run, KEY[1], WISH)
    assert write(new, writer, db_executor) == RunState.FAILED
    assert "cannot be stored" in get_run(new).reason
    assert shown(run) == OLD


def test_what_fails_for_now_is_tried_again(db_executor: DbExecutor) -> None:
    run, writer = make_ready(), provider(TransientError("busy"), OSError("gone"))
    new = open_anew(run, KEY[1], WISH)
    assert write(new, writer, db_executor) == RunState.READY
    assert writer.calls[KEY] == 3
    assert shown(run) == NEW


def test_a_server_that_is_always_busy_ends_it(db_executor: DbExecutor) -> None:
    run, writer = make_ready(), provider(*[TransientError("busy")] * 50)
    new = open_anew(run, KEY[1], WISH)
    assert write(new, writer, db_executor) == RunState.FAILED
    assert writer.calls[KEY] == QUICK.attempts
    assert shown(run) == OLD


def test_a_refused_key_pauses_it(db_executor: DbExecutor) -> None:
    run = make_ready()
    new = open_anew(run, KEY[1], WISH)
    assert write(new, provider(SystemicError("the key")), db_executor) == RunState.PAUSED
    assert (get_run(new).reason, shown(run)) == ("the key", OLD)


def test_a_spent_budget_pauses_it_before_anything_is_asked(
    db_executor: DbExecutor, settings: Settings
) -> None:
    run, writer = make_ready(), PayingProvider(make_outline(4))
    new = open_anew(run, KEY[1], WISH)
    settings.RUN_MAX_TOKENS = ARTIFACT_TOKENS - 1
    assert write(new, writer, db_executor) == RunState.PAUSED
    assert not writer.calls
    assert shown(run) == OLD


def test_a_planner_leaves_it_to_the_pullers(db_executor: DbExecutor) -> None:
    run, writer = make_ready(), provider()
    new = open_anew(run, KEY[1], WISH)
    planning = plan(new, provider=writer, db=db_executor, limits=QUICK)
    assert asyncio.run(planning) == RunState.RUNNING
    assert not writer.calls
    assert write(new, writer, db_executor) == RunState.READY


def test_a_stop_while_it_is_written_leaves_the_old_one_shown(db_executor: DbExecutor) -> None:
    run = make_ready()
    new = open_anew(run, KEY[1], WISH)

    async def stop(*_: object) -> None:
        await db_executor.run(lifecycle.stop_run, new, RunState.CANCELLED, "No.")

    writer = Listening(make_outline(4), before=stop)
    assert write(new, writer, db_executor) == RunState.CANCELLED
    assert shown(run) == OLD


def test_what_was_finished_when_it_was_stopped_is_not_asked_for_again(
    db_executor: DbExecutor,
) -> None:
    run = make_ready()
    new = Anew(open_anew(run, KEY[1], WISH))
    new.claim()
    lifecycle.stop_run(new.run_id, RunState.CANCELLED, "Enough.")
    assert not new.write()
    assert lifecycle.resume_run(new.run_id)
    writer = provider()
    assert write(new.run_id, writer, db_executor) == RunState.READY
    assert (dict(writer.calls), shown(run)) == ({}, NEW)


def test_a_puller_that_is_told_to_end_gives_it_back_at_once(db_executor: DbExecutor) -> None:
    run = make_ready()
    new = open_anew(run, KEY[1], WISH)

    async def cancelled() -> None:
        begun = asyncio.Event()

        async def wait(*_: object) -> None:
            begun.set()
            await asyncio.Event().wait()

        writer = Listening(make_outline(4), before=wait)
        task = asyncio.create_task(pull(new, provider=writer, db=db_executor, limits=QUICK))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert (get_run(new).leased_by, get_run(new).state) == (None, RunState.RUNNING)
    assert shown(run) == OLD
    assert write(new, provider(), db_executor) == RunState.READY


def test_a_killed_worker_leaves_the_old_one_shown_and_costs_only_time(
    start_puller: Callable[..., Puller],
) -> None:
    run = make_ready()
    new = open_anew(run, KEY[1], WISH)
    first = start_puller(concepts=4, longest_delay=1_000.0)
    say(first, new)
    wait_until(lambda: get_run(new).leased_by is not None)
    first.kill()
    first.wait()
    assert shown(run) == OLD
    second = start_puller(concepts=4, longest_delay=0.0)
    say(second, new)
    assert hear(second) == "ready"
    assert shown(run) == NEW


def test_the_sweep_finds_one_that_nobody_holds(settings: Settings) -> None:
    settings.SWEEP_SECONDS = 0
    run = make_ready()
    new = Anew(open_anew(run, KEY[1], WISH))
    new.claim(lease_seconds=60)
    assert not list_neglected_runs()
    assert claims.give_up_work(new.run_id, get_run(new.run_id).leased_by or uuid.uuid4()) == 0
    assert [(one.run_id, one.planned) for one in list_neglected_runs()] == [(new.run_id, True)]
