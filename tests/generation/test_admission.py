"""Whatever somebody asks for, and by whichever way, the same limits hold, and say so alike."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import Settings
from structlog.testing import capture_logs

from accounts.limits.rules import GOING_ON_PER_DAY
from generation.admission import Asker, open_within_limits
from generation.models import GenerationRun
from generation.orders import SAY
from generation.port.allowances import day_of
from generation.port.skeleton import print_skeleton
from generation.run_states import RunState
from generation.runs import lifecycle
from generation.spent_models import DaySpending
from roadmaps.models import Visibility
from tests.generation.api.calls import API, generate
from tests.generation.cast import make_outline
from tests.generation.paying import PayingProvider
from tests.learning.concept.test_notes import address
from tests.learning.library import make_ready, open_order
from tests.learning.planning.planning import PLAN, form_of, make_planned
from tests.visitors import Visitors, make_visitors

pytestmark = pytest.mark.django_db

GOAL = "Tying knots at sea"


def make_provider() -> PayingProvider:
    """By dotted path."""
    return PayingProvider(make_outline(4))


@dataclass
class Scene:
    """Alice, and what she has: a roadmap that is ready, one that stopped, a plan that waits."""

    visitors: Visitors = field(default_factory=make_visitors)

    def __post_init__(self) -> None:
        alice = self.visitors.alice
        self.ready = make_ready(owner=alice, visibility=Visibility.PRIVATE)
        scribe = open_order(owner=alice, visibility=Visibility.PRIVATE)
        scribe.plan()
        assert lifecycle.stop_run(scribe.run_id, RunState.PAUSED, "So it is.")
        self.paused = GenerationRun.objects.select_related("roadmap").get(pk=scribe.run_id)
        self.planned = make_planned(owner=alice)
        self.states = self.read_states()

    def read_states(self) -> list[tuple[uuid.UUID, str]]:
        return list(GenerationRun.objects.order_by("pk").values_list("pk", "state"))


Way = Callable[[Scene, Client], Any]
OPENING: dict[str, Way] = {
    "a goal, on a page": lambda _, client: client.post("/", {"goal": GOAL}),
    "a goal, through the API": lambda _, client: generate(client, {"user_request": GOAL}),
    "a plan, brought along": lambda _, client: client.post(
        "/", {"goal": GOAL, "outline": print_skeleton(PLAN)}
    ),
    "a part anew": lambda scene, client: client.post(
        address(scene.ready, "rewrite"),
        {"part": "quiz", "instruction": "With ships.", "key": str(uuid.uuid4())},
    ),
}
TAKING_UP: dict[str, Way] = {
    "going on, on a page": lambda scene, client: client.post(
        f"{scene.paused.roadmap.get_absolute_url()}-/resume/"
    ),
    "going on, through the API": lambda scene, client: client.post(
        f"{API}/runs/{scene.paused.pk}/resume"
    ),
}
ASKING_AGAIN: dict[str, Way] = {
    "a plan anew": lambda scene, client: client.post(
        f"/runs/{scene.planned.pk}/plan/",
        form_of(scene.planned, "anew", wish="With ships.", title="Knots for sailors"),
    ),
}
WAYS = OPENING | TAKING_UP | ASKING_AGAIN


@pytest.fixture(autouse=True)
def somebody_writes(settings: Settings) -> None:
    settings.CONTENT_PROVIDERS = {"scripted": f"{__name__}.make_provider"}
    settings.CONTENT_PROVIDER = "scripted"
    settings.OPEN_RUNS_PER_PERSON = 1_000


@pytest.fixture
def scene() -> Scene:
    return Scene()


def refused(scene: Scene, way: str, visitor: str = "alice", **headers: str) -> tuple[int, int]:
    """What was answered and how long to wait; whatever is refused changes nothing."""
    client = scene.visitors.client(visitor)
    client.defaults |= headers
    answer = WAYS[way](scene, client)
    assert scene.read_states() == scene.states
    assert "%(when)s" not in answer.content.decode()
    return answer.status_code, int(answer.headers.get("Retry-After", 0))


@pytest.mark.parametrize("way", OPENING | TAKING_UP)
def test_no_way_gets_past_what_may_be_open_at_a_time(
    scene: Scene, settings: Settings, way: str
) -> None:
    settings.OPEN_RUNS_PER_PERSON = 1
    assert refused(scene, way) == (429, 60)
    assert refused(scene, way, HTTP_ACCEPT="application/json") == (429, 60)
    settings.OPEN_RUNS_PER_PERSON = 2
    assert WAYS[way](scene, scene.visitors.client("alice")).status_code < 400


@pytest.mark.parametrize("way", WAYS)
def test_no_way_gets_past_what_may_be_spent_in_a_day(
    scene: Scene, settings: Settings, way: str
) -> None:
    settings.USER_MAX_TOKENS_PER_DAY = 10**6
    scope = f"user:{scene.visitors.alice.pk}"
    DaySpending.objects.create(scope=scope, day=day_of(timezone.now()), tokens=10**9)
    status, seconds = refused(scene, way)
    assert (status, seconds > 60) == (429, True)
    settings.USER_MAX_TOKENS_PER_DAY = 0
    assert refused(scene, way) == (403, 0)


@pytest.mark.parametrize("way", OPENING | ASKING_AGAIN)
def test_no_way_gets_past_the_orders_of_a_day(scene: Scene, settings: Settings, way: str) -> None:
    settings.USER_ROADMAPS_PER_DAY = 1
    assert scene.visitors.client("alice").post("/", {"goal": "Splicing"}).status_code == 302
    scene.states = scene.read_states()
    status, seconds = refused(scene, way)
    assert (status, seconds > 80_000) == (429, True)
    settings.USER_ROADMAPS_PER_DAY = 0
    assert refused(scene, way) == (403, 0)


@pytest.mark.parametrize("way", TAKING_UP)
def test_what_goes_on_is_no_second_order_of_the_day(
    scene: Scene, settings: Settings, way: str
) -> None:
    settings.USER_ROADMAPS_PER_DAY = 0
    assert WAYS[way](scene, scene.visitors.client("alice")).status_code < 400


@pytest.mark.parametrize("way", TAKING_UP)
def test_nobody_has_a_run_stop_and_go_on_without_end(scene: Scene, way: str) -> None:
    alice, staff = (scene.visitors.client(name) for name in ("alice", "staff"))
    for _ in range(GOING_ON_PER_DAY):
        assert WAYS[way](scene, alice).status_code < 400
        assert lifecycle.stop_run(scene.paused.pk, RunState.CANCELLED, "So it is.")
    scene.states = scene.read_states()
    status, seconds = refused(scene, way)
    assert (status, seconds > 80_000) == (429, True)
    assert WAYS[way](scene, staff).status_code < 400


@pytest.mark.parametrize("way", TAKING_UP)
def test_what_cannot_go_on_is_not_counted(scene: Scene, way: str) -> None:
    client = scene.visitors.client("alice")
    for _ in range(2 * GOING_ON_PER_DAY):
        WAYS[way](scene, client)
    assert lifecycle.stop_run(scene.paused.pk, RunState.CANCELLED, "So it is.")
    assert WAYS[way](scene, client).status_code < 400


@pytest.mark.parametrize("way", ["a part anew", *TAKING_UP])
def test_staff_look_after_runs_of_others_however_many_of_theirs_are_open(
    scene: Scene, settings: Settings, way: str
) -> None:
    settings.OPEN_RUNS_PER_PERSON = 0
    assert WAYS[way](scene, scene.visitors.client("staff")).status_code < 400


def test_a_form_that_is_sent_twice_at_once_costs_one_order(
    scene: Scene, settings: Settings
) -> None:
    """While the second one waited for its turn, the first has opened the run."""
    settings.USER_ROADMAPS_PER_DAY = 1
    asker = Asker.of(scene.visitors.alice, SessionStore(), "192.0.2.1")
    for _ in range(3):
        found = open_within_limits(
            asker, make_provider(), SAY, find=lambda: scene.paused.pk, open_run=uuid.uuid4
        )
        assert found == scene.paused.pk


def test_a_plan_that_waits_is_counted_once_when_it_is_taken_up(
    scene: Scene, settings: Settings
) -> None:
    settings.OPEN_RUNS_PER_PERSON = 1
    client = scene.visitors.client("alice")
    assert client.post(f"{API}/runs/{scene.planned.pk}/resume").status_code == 200
    scene.planned.refresh_from_db()
    assert scene.planned.state == RunState.QUEUED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", [way for way in WAYS if way != "a plan, brought along"])
def test_a_broker_that_is_away_is_told_to_the_log_alone(scene: Scene, way: str) -> None:
    away = OperationalError("nobody there")
    with (
        patch("generation.tasks.start_run.delay", side_effect=away) as start,
        patch("generation.tasks.pull_artifacts.delay", side_effect=away) as pull,
        capture_logs() as told,
    ):
        assert WAYS[way](scene, scene.visitors.client("alice")).status_code < 400
    assert start.call_count + pull.call_count == 1
    assert [line["event"] for line in told].count("run_not_enqueued") == 1
    assert scene.read_states() != scene.states
