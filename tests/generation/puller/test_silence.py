"""Pullers and planners whose way to the database dies without a word."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from django.db import connection, connections

from concepts.content import ArtifactKind
from connection_budget.lanes.executor import DbExecutor
from generation.port.briefs import ConceptBrief
from generation.port.outline import Outline
from generation.port.provider import Written
from generation.port.request import OutlineRequest
from generation.puller.limits import Limits
from generation.puller.pipeline import plan, pull
from generation.run_states import RunState
from tests.connection_budget.cast import fill_every_lane
from tests.generation.cast import ScriptedProvider, assert_complete, make_outline, open_run
from tests.silence import SilentProxy, proxy_of_test_database

pytestmark = pytest.mark.slow

CONCEPTS = 6
QUICK = Limits(batch_concepts=2, batch_seconds=0.02, poll_seconds=0.02, retry_seconds=0.01)


@pytest.fixture
def proxy(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SilentProxy]:
    """The way of every connection that is made from now on."""
    connection.ensure_connection()
    with proxy_of_test_database() as proxy:
        monkeypatch.setitem(connections.settings["default"], "HOST", "127.0.0.1")
        monkeypatch.setitem(connections.settings["default"], "PORT", str(proxy.port))
        yield proxy


@pytest.fixture
def lane(proxy: SilentProxy) -> Iterator[DbExecutor]:
    executor = DbExecutor(1, unit_deadline=1)
    yield executor
    executor.close()


class Muting(ScriptedProvider):
    """Lets the way to the database fall silent while it makes the plan."""

    proxy: SilentProxy

    async def outline(self, request: OutlineRequest) -> Written[Outline]:
        self.proxy.fall_silent()
        return await super().outline(request)


def assert_all_is_back(lane: DbExecutor) -> None:
    asyncio.run(fill_every_lane(lane))
    counts = lane.statistics()
    assert (counts.permits_free, counts.running, counts.waiting) == (1, 0, 0)


def test_a_puller_saves_all_it_was_given(lane: DbExecutor, proxy: SilentProxy) -> None:
    seen: list[str] = []

    async def fall_silent_twice(kind: ArtifactKind, brief: ConceptBrief) -> None:
        seen.append(f"{brief.key} {kind}")
        if len(seen) in {4, 12}:
            proxy.fall_silent()

    provider = ScriptedProvider(make_outline(CONCEPTS), before=fall_silent_twice)
    run_id = open_run(provider)
    assert asyncio.run(pull(run_id, provider=provider, db=lane, limits=QUICK)) == RunState.READY
    assert_complete(run_id, CONCEPTS)
    assert set(provider.calls.values()) == {1}
    assert_all_is_back(lane)


def test_a_planner_saves_the_plan_it_has_paid_for(lane: DbExecutor, proxy: SilentProxy) -> None:
    provider = Muting(make_outline(CONCEPTS))
    provider.proxy = proxy
    run_id = open_run(provider)
    asyncio.run(plan(run_id, provider=provider, db=lane, limits=QUICK))
    assert provider.outlines == 1
    assert_all_is_back(lane)
    asyncio.run(pull(run_id, provider=provider, db=lane, limits=QUICK))
    assert_complete(run_id, CONCEPTS)
