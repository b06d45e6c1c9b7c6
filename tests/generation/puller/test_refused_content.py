"""A batch that PostgreSQL refuses is split until the culprit stands alone."""

from __future__ import annotations

import asyncio

import pytest

from concepts.content import (
    ArtifactContent,
    ArtifactKind,
    ChoiceContent,
    QuestionContent,
    QuizContent,
    ResourceContent,
    ResourcesContent,
    TutorialContent,
)
from connection_budget.lanes.executor import DbExecutor
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.run_states import RunState
from generation.runs.reports import list_failures
from tests.generation.cast import (
    ScriptedProvider,
    assert_history,
    get_run,
    make_content,
    make_outline,
    make_question,
    open_run,
)
from tests.waiting import in_time

pytestmark = pytest.mark.slow

ONE_BATCH = Limits(model_calls=36, batch_concepts=50, batch_seconds=0.3, poll_seconds=0.05)


def tutorial(markdown: str) -> ArtifactContent:
    """Past the first wall: content as a careless provider would build it."""
    return TutorialContent.model_construct(markdown=markdown)


def twice_the_same_link() -> ArtifactContent:
    whole = make_content(ArtifactKind.RESOURCES, "c05")
    assert isinstance(whole, ResourcesContent)
    other = whole.resources[0].model_copy(update={"url": "http://KNOTS.example/c05/first/#top"})
    return ResourcesContent.model_construct(resources=[*whole.resources, other])


def link(url: str) -> ArtifactContent:
    resource = ResourceContent.model_construct(
        title="A link", url=url, kind="docs", why="It is there.", language="en", minutes=None
    )
    return ResourcesContent.model_construct(resources=[resource])


def quiz_without_reasons() -> ArtifactContent:
    question = make_question("c05")
    silent = [
        ChoiceContent.model_construct(text=choice.text, is_correct=choice.is_correct, rationale="")
        for choice in question.choices
    ]
    fields = question.model_dump(exclude={"choices"})
    return QuizContent.model_construct(
        questions=[QuestionContent.model_construct(**fields, choices=silent)]
    )


CULPRITS: dict[str, tuple[ArtifactKind, ArtifactContent, str]] = {
    "NUL bytes": (ArtifactKind.TUTORIAL, tutorial("a\x00b"), "NUL character"),
    "a lone surrogate": (ArtifactKind.TUTORIAL, tutorial("half \ud83d"), "lone surrogate"),
    "a 10 MB tutorial": (ArtifactKind.TUTORIAL, tutorial("word " * 2_000_000), "too long"),
    "an empty tutorial": (ArtifactKind.TUTORIAL, tutorial(""), "empty"),
    "a duplicate URL": (ArtifactKind.RESOURCES, twice_the_same_link(), "same address twice"),
    "an address off the web": (ArtifactKind.RESOURCES, link("ftp://a.example/b"), "not on the web"),
    "an address without a host": (ArtifactKind.RESOURCES, link("https:///x"), "without a host"),
    "choices without reasons": (ArtifactKind.QUIZ, quiz_without_reasons(), "gives no reason"),
}


def test_only_the_culprit_fails_and_says_why(db_executor: DbExecutor) -> None:
    kind, content, reason = CULPRITS["NUL bytes"]
    provider = ScriptedProvider(make_outline(6), content={("c05", kind): content})
    run_id = open_run(provider)
    work = pull(run_id, provider=provider, db=db_executor, limits=ONE_BATCH)
    state = asyncio.run(in_time(work))
    assert state == RunState.PARTIAL
    (failure,) = list_failures(get_run(run_id).roadmap_id)
    assert (failure["concept"], failure["artifact"]) == ("The knot c05", kind)
    assert reason in failure["error"]
    assert_history(run_id)


def test_each_of_several_culprits_is_told_what_is_wrong_with_it(db_executor: DbExecutor) -> None:
    """One of each kind, every one in a concept of its own."""
    keys = [f"c{number:02}" for number in range(1, len(CULPRITS) + 1)]
    culprits = dict(zip(keys, CULPRITS.values(), strict=True))
    content = {(key, kind): written for key, (kind, written, _) in culprits.items()}
    provider = ScriptedProvider(make_outline(len(keys)), content=content)
    run_id = open_run(provider)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=ONE_BATCH))
    assert state == RunState.PARTIAL
    failures = list_failures(get_run(run_id).roadmap_id)
    told = {failure["concept"][-3:]: failure for failure in failures}
    assert len(told) == len(failures) == len(culprits)
    for key, (kind, _, reason) in culprits.items():
        assert (told[key]["artifact"], reason in told[key]["error"]) == (kind, True), told[key]
    assert_history(run_id)


def test_several_culprits_in_one_batch_are_all_found(db_executor: DbExecutor) -> None:
    content: dict[tuple[str, ArtifactKind], ArtifactContent] = {
        (f"c{number:02}", ArtifactKind.TUTORIAL): tutorial("a\x00b") for number in (1, 2, 7, 12)
    }
    provider = ScriptedProvider(make_outline(12), content=content)
    run_id = open_run(provider)
    asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=ONE_BATCH))
    failed = {failure["concept"][-3:] for failure in list_failures(get_run(run_id).roadmap_id)}
    assert failed == {"c01", "c02", "c07", "c12"}
