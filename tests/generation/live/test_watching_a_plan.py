"""A page without a plan: its socket, and what it hears while a puller has the plan made."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.test import Client
from pytest_django import Settings

from accounts.limits.sockets import close_open_places, open_places
from connection_budget.lanes.executor import DbExecutor
from generation.live import telling, watching
from generation.live.hints import close_channel_layer, group_of_plan, send_hint, send_text
from generation.live.watching import plan_window
from generation.port.skeleton import print_skeleton
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.run_states import RunState
from roadmaps.models import Visibility
from tests.generation.cast import assert_complete, get_run, open_run
from tests.generation.live.test_run_consumer import dial, layer_and_lane  # noqa: F401 - a fixture
from tests.generation.stepwise import StepwiseProvider, make_skeleton, make_stepwise
from tests.learning.library import open_order

pytestmark = [pytest.mark.django_db(transaction=True)]

PLAN = {"plan": {"language": "en", "lines": [[0, "<b>Ropes</b>"]]}}
QUICK = Limits(batch_seconds=0.02, poll_seconds=0.02, retry_seconds=0.01)
FRAME = make_skeleton(2)


@pytest.fixture
def run_id(transactional_db: None) -> uuid.UUID:
    return open_order(visibility=Visibility.UNLISTED).run_id


async def test_whoever_asks_for_the_plan_hears_it_and_hints_too(run_id: uuid.UUID) -> None:
    socket = dial(run_id)
    socket.scope["query_string"] = b"plan"
    assert await socket.connect() is None
    key = plan_window(run_id).key
    assert open_places()._counts[key] == 1
    await send_text(group_of_plan(uuid.uuid4()), "of another run")
    await send_text(group_of_plan(run_id), json.dumps(PLAN))
    await send_hint(run_id, 3)
    assert [await socket.hear(), await socket.hear()] == [PLAN, {"seq": 3}]
    await socket.disconnect()
    assert open_places()._counts[key] == 0


@pytest.mark.parametrize("query", [b"", b"plan=1", b"plans", b"words=7", b"PLAN", b"plan" * 99])
async def test_nobody_else_hears_it_or_leaves_a_mark(run_id: uuid.UUID, query: bytes) -> None:
    socket = dial(run_id)
    socket.scope["query_string"] = query
    await socket.connect()
    await send_text(group_of_plan(run_id), json.dumps(PLAN))
    await send_hint(run_id, 3)
    assert await socket.hear() == {"seq": 3}
    assert open_places()._counts[plan_window(run_id).key] == 0
    await socket.disconnect()


def test_a_page_without_a_plan_says_so_and_one_with_a_plan_draws_none(client: Client) -> None:
    """The same with and without a script: what is drawn meanwhile is hidden until it comes."""
    scribe = open_order()
    run = get_run(scribe.run_id)
    pages = (run.get_absolute_url(), run.roadmap.get_absolute_url())
    for address in pages:
        page = client.get(address).content.decode()
        assert "The plan is being made." in page or "The plan is not there yet." in page
        assert "Reload the page to see what is new." in page
        assert 'role="status" data-counted' in page
        assert "js/drawing" in page
    assert f'data-socket="/ws/runs/{run.pk}/?plan"' in page
    scribe.plan()
    for address in pages:
        page = client.get(address).content.decode()
        assert "data-drawing" not in page
        assert "js/drawing" not in page
        assert "?plan" not in page


@pytest.fixture
def over_redis(redis_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.0)
    at_once = {"pace": 0.0, "rest": 0.0, "again": 600.0}
    monkeypatch.setattr(telling.Telling.__init__, "__kwdefaults__", at_once)
    settings.LIMITS_REDIS_URL = redis_url
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "generation.live.layer.OneReaderLayer",
            "CONFIG": {"hosts": [{"address": redis_url, "socket_timeout": 20}]},
        }
    }


def saying() -> list[str]:
    """A line more each time."""
    lines = print_skeleton(FRAME).splitlines(keepends=True)
    return ["".join(lines[: count + 1]) for count in range(len(lines))]


async def watched(provider: StepwiseProvider, run_id: uuid.UUID, db: DbExecutor) -> RunState:
    """The end of a run; before the skeleton is finished, a watcher has seen all of it."""
    layer: Any = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(group_of_plan(run_id), channel)
    await open_places().take([plan_window(run_id)])
    heard: list[int] = []

    async def hear(place: int) -> None:
        """The next piece is not said before this one is drawn; the head draws nothing."""
        count = sum(line.startswith(("#", "-")) for line in provider.saying[place].splitlines())
        async with asyncio.timeout(60):
            while count and heard[-1:] != [count]:
                message = await layer.receive(channel)
                heard.append(len(json.loads(message["text"])["plan"]["lines"]))

    provider.pause = hear
    try:
        state = await pull(run_id, provider=provider, db=db, limits=QUICK)
        assert heard == list(range(1, 9))
    finally:
        await close_open_places()
        await close_channel_layer()
    return state


@pytest.mark.slow
def test_a_watcher_sees_each_stage_module_and_concept_as_it_comes(
    over_redis: None, db_executor: DbExecutor
) -> None:
    provider = make_stepwise(FRAME, saying=saying())
    run_id = open_run(provider)
    assert asyncio.run(watched(provider, run_id, db_executor)) is RunState.READY
    assert_complete(run_id, 4)


@pytest.mark.slow
@pytest.mark.parametrize("said", [[], saying()[-1:], ["Nonsense.\n", "<think>\n## No\n"]])
def test_whatever_is_said_meanwhile_the_end_is_the_same(
    over_redis: None, db_executor: DbExecutor, said: list[str]
) -> None:
    """Also where nothing is: a server that cannot stream."""
    provider = make_stepwise(FRAME, saying=said)
    run_id = open_run(provider)

    async def run() -> RunState:
        try:
            return await pull(run_id, provider=provider, db=db_executor, limits=QUICK)
        finally:
            await close_channel_layer()

    assert asyncio.run(run()) is RunState.READY
    assert_complete(run_id, 4)
    titles = [concept.title for concept in get_run(run_id).roadmap.concepts.order_by("position")]
    assert titles == [concept.title for concept in FRAME.concepts()]
