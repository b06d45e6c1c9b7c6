"""Raising a concept's priority: bounded, newest first, and never in anybody's way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import psycopg
import pytest
from django.db import connection

from concepts.artifact_states import ArtifactState
from concepts.content import ArtifactKind
from concepts.models import Artifact, Concept
from connection_budget.lanes.executor import DbExecutor
from generation.models import EventType, GenerationEvent
from generation.port.briefs import ConceptBrief
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.run_states import RunState
from generation.runs.raising import HIGHEST, raise_concept
from tests.generation.cast import ScriptedProvider, make_outline, open_run
from tests.generation.scribe import Scribe
from tests.learning.library import QuickProvider, open_order

pytestmark = pytest.mark.django_db(transaction=True)

ONE_CALL = Limits(model_calls=1, batch_concepts=1, batch_seconds=0.05, poll_seconds=0.05)


def scribe_of(concepts: int) -> Scribe:
    scribe = open_order(QuickProvider(make_outline(concepts)))
    scribe.plan()
    return scribe


def concept(key: str) -> Concept:
    return Concept.objects.get(outline_key=key)


def claimed_next(scribe: Scribe, artifacts: int) -> list[str]:
    return [work.brief.key for work in scribe.claim(artifacts)]


def test_the_one_opened_last_is_first_and_then_those_before_it() -> None:
    scribe = scribe_of(6)
    for key in ("c03", "c05", "c04"):
        assert raise_concept(scribe.run_id, concept(key).pk)
    assert claimed_next(scribe, 12) == ["c04"] * 3 + ["c05"] * 3 + ["c03"] * 3 + ["c01"] * 3


def test_raising_again_what_is_first_changes_nothing() -> None:
    scribe = scribe_of(4)
    assert raise_concept(scribe.run_id, concept("c03").pk)
    before = list(Artifact.objects.order_by("pk").values())
    assert not raise_concept(scribe.run_id, concept("c03").pk)
    assert list(Artifact.objects.order_by("pk").values()) == before


def test_only_what_waits_is_raised_and_what_is_under_way_is_left_alone() -> None:
    scribe = scribe_of(4)
    [work] = scribe.claim(1)
    mine = Artifact.objects.filter(concept=work.concept_id)
    held = mine.filter(pk=work.artifact_id).values().get()
    raise_concept(scribe.run_id, concept("c04").pk)
    raise_concept(scribe.run_id, work.concept_id)
    assert mine.filter(pk=work.artifact_id).values().get() == held
    assert set(mine.exclude(pk=work.artifact_id).values_list("priority", flat=True)) == {2}


def test_no_priority_grows_beyond_its_bound() -> None:
    scribe = scribe_of(4)
    Artifact.objects.filter(concept=concept("c02")).update(priority=HIGHEST)
    raise_concept(scribe.run_id, concept("c03").pk)
    assert not raise_concept(scribe.run_id, concept("c03").pk)
    assert Artifact.objects.order_by("-priority")[0].priority == HIGHEST
    assert claimed_next(scribe, 6) == ["c02"] * 3 + ["c03"] * 3


def test_it_waits_for_nobody_who_holds_the_rows(observer: psycopg.Connection) -> None:
    scribe = scribe_of(4)
    ids = list(Artifact.objects.filter(concept=concept("c03")).values_list("pk", flat=True))
    with observer.transaction():
        observer.execute("SELECT 1 FROM concepts_artifact WHERE id = ANY(%s) FOR UPDATE", [ids])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        try:
            assert not raise_concept(scribe.run_id, concept("c03").pk)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


def test_another_run_is_not_touched() -> None:
    scribe, other = scribe_of(4), scribe_of(4)
    mine = Concept.objects.get(roadmap__runs=scribe.run_id, outline_key="c03")
    assert not raise_concept(other.run_id, mine.pk)
    assert set(Artifact.objects.values_list("priority", flat=True)) == {0}


@pytest.mark.slow
def test_with_a_full_queue_what_is_opened_is_written_next(
    executors: Callable[[int], DbExecutor],
) -> None:
    """By the run's own history: after the call under way, the three parts of the concept."""
    db = executors(1)

    async def open_the_last(kind: ArtifactKind, brief: ConceptBrief) -> None:
        if (brief.key, kind) == ("c02", ArtifactKind.TUTORIAL):
            await db.run(raise_last)

    def raise_last() -> None:
        raise_concept(run_id, concept("c20").pk)

    provider = ScriptedProvider(make_outline(20), before=open_the_last)
    run_id = db.run_sync(open_run, provider)
    state = asyncio.run(pull(run_id, provider=provider, db=db, limits=ONE_CALL))
    assert state == RunState.READY
    ready = GenerationEvent.objects.filter(run_id=run_id, type=EventType.ARTIFACT_READY)
    order = list(ready.order_by("seq").values_list("concept__outline_key", "kind"))
    assert [key for key, _ in order[:8]] == ["c01"] * 3 + ["c02"] + ["c20"] * 3 + ["c02"]
    assert set(provider.calls.values()) == {1}
    assert not Artifact.objects.exclude(state=ArtifactState.READY).exists()
