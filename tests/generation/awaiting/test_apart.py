"""While an answer is judged, or a tutorial rendered, the event loop goes on."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from typing import Any

import pytest
import structlog

from concepts.content import ArtifactKind
from concepts.drafts import VersionDraft, draft_version
from connection_budget.lanes.executor import DbExecutor
from generation.awaiting.apart import apart
from generation.port.briefs import ConceptBrief
from generation.providers.openai import judging
from generation.providers.openai import writing as openai
from generation.providers.openai.provider import OpenAIProvider
from generation.puller import pipeline, writing
from generation.puller.limits import Limits
from tests.generation.asking import BRIEF
from tests.generation.cast import ScriptedProvider, make_outline, open_run
from tests.generation.scripted_gateway import ScriptedGateway


class Gate:
    """Work that goes on until the event loop opens it: in the loop it would never end."""

    def __init__(self) -> None:
        self.begun, self.opened = asyncio.Event(), threading.Event()
        self._loop = asyncio.get_running_loop()

    def go_through(self, told: str) -> str:
        self._loop.call_soon_threadsafe(self.begun.set)
        assert self.opened.wait(100), "the loop does not go on"
        return told


async def test_the_loop_goes_on() -> None:
    gate = Gate()
    task = asyncio.create_task(apart(gate.go_through, "done"))
    await gate.begun.wait()
    gate.opened.set()
    assert await task == "done"


async def test_what_has_begun_is_kept_although_it_is_cancelled() -> None:
    gate, kept = Gate(), []

    async def write() -> None:
        kept.append(await apart(gate.go_through, "paid for"))
        await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await gate.begun.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    gate.opened.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept == ["paid for"]


async def test_an_error_is_told_to_whoever_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        await apart(divmod, 1, 0)


async def test_lines_of_the_log_know_whose_they_are() -> None:
    with structlog.contextvars.bound_contextvars(artifact="knots/quiz"):
        assert (await apart(structlog.contextvars.get_contextvars))["artifact"] == "knots/quiz"


def _work_in_a_child(told: multiprocessing.SimpleQueue[int]) -> None:
    told.put(asyncio.run(apart(int, "7")))


def test_a_forked_child_has_a_thread_of_its_own() -> None:
    asyncio.run(apart(int, "1"))
    told: multiprocessing.SimpleQueue[int] = multiprocessing.get_context("fork").SimpleQueue()
    child = multiprocessing.get_context("fork").Process(target=_work_in_a_child, args=(told,))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert told.get() == 7


@pytest.mark.parametrize("kind", list(ArtifactKind))
async def test_the_loop_goes_on_while_an_answer_is_judged(
    kind: ArtifactKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop_thread, seen = threading.get_ident(), []
    name = f"judge_{kind.value}"

    def judge(answer: object, brief: ConceptBrief) -> object:
        seen.append(threading.get_ident())
        return getattr(judging, name)(answer, brief)

    monkeypatch.setattr(openai, name, judge)
    empty = {"tutorial": "", "resources": {"resources": []}, "quiz": {"questions": []}}
    gateway = ScriptedGateway({kind.value: [empty[kind.value]]})
    async with OpenAIProvider(gateway.open) as provider:
        with pytest.raises(Exception, match="cannot be used"):
            await provider.write(kind, BRIEF)
    assert seen
    assert loop_thread not in seen


@pytest.mark.django_db(transaction=True)
def test_the_loop_goes_on_while_a_tutorial_is_rendered(
    db_executor: DbExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[int] = set()

    def draft(*arguments: Any, **options: Any) -> VersionDraft:
        seen.add(threading.get_ident())
        return draft_version(*arguments, **options)

    monkeypatch.setattr(writing, "draft_version", draft)
    provider = ScriptedProvider(make_outline(4))
    run_id = db_executor.run_sync(open_run, provider)
    limits = Limits(batch_seconds=0.05, poll_seconds=0.05)
    asyncio.run(pipeline.pull(run_id, provider=provider, db=db_executor, limits=limits))
    assert len(seen) == 1
    assert threading.get_ident() not in seen


def test_an_answer_beyond_all_bounds_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "clean_tutorial", lambda *_: pytest.fail("looked into"))
    tried = judging.judge_tutorial("`" * 1_000_000, BRIEF)
    assert tried.usable is None
    assert tried.problems == ["it has 1000000 characters; 60000 are the most"]
    assert len(tried.said) <= 60_000


def test_a_tutorial_that_is_too_long_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "tutorial_problems", lambda *_: pytest.fail("judged"))
    tried = judging.judge_tutorial("word " * 15_000, BRIEF)
    assert tried.problems == ["it has 74999 characters; 60000 are the most"]
