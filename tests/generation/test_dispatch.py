from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import User
from generation.dispatch import Order, request_roadmap
from generation.models import GenerationEvent, GenerationRun
from generation.port.errors import GoalRefused
from generation.port.request import OutlineRequest
from generation.runs.selectors import find_finished_run
from roadmaps.models import Roadmap, Visibility
from tests.generation.cast import ScriptedProvider, make_outline
from tests.learning.library import make_ready, open_order

KNOTS = OutlineRequest(goal="  Tying\n knots ", level="advanced", hours_per_week=3)
PROVIDER = ScriptedProvider(make_outline(30))


@pytest.mark.django_db
def test_an_order_opens_a_roadmap_and_a_run_with_its_first_event() -> None:
    run = GenerationRun.objects.get(pk=request_roadmap(Order(KNOTS), PROVIDER, enqueue=False))
    assert (run.state, run.provider, run.last_seq) == ("queued", "scripted", 1)
    assert (run.roadmap.goal, run.roadmap.level, run.roadmap.slug) == (
        "Tying knots",
        "advanced",
        "tying-knots",
    )
    assert GenerationEvent.objects.get().type == "run_queued"


@pytest.mark.django_db
def test_without_an_owner_it_is_public_and_with_one_private() -> None:
    alice = User.objects.create_user("alice@example.org")
    for owner in (None, alice):
        request_roadmap(Order(KNOTS, owner=owner), PROVIDER, enqueue=False)
    assert set(Roadmap.objects.values_list("owner", "visibility")) == {
        (None, "public"),
        (alice.pk, "private"),
    }


@pytest.mark.django_db
def test_the_same_key_is_the_same_run() -> None:
    order = Order(KNOTS, idempotency_key="monday")
    runs = {request_roadmap(order, PROVIDER, enqueue=False) for _ in range(3)}
    assert len(runs) == Roadmap.objects.count() == 1


def at_once(times: int, ask: Callable[[], uuid.UUID]) -> list[uuid.UUID]:
    """What `ask` answers in so many threads that start together."""
    start = threading.Barrier(times)

    def answer(_: int) -> uuid.UUID:
        start.wait()
        try:
            return ask()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(answer, range(times)))


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_time_is_one_run_and_leaves_no_second_roadmap() -> None:
    order = Order(KNOTS, idempotency_key="monday")
    runs = at_once(4, lambda: request_roadmap(order, PROVIDER, enqueue=False))
    assert len(set(runs)) == Roadmap.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_orders_of_one_goal_at_the_same_time_each_get_a_slug() -> None:
    at_once(8, lambda: request_roadmap(Order(KNOTS), PROVIDER, enqueue=False))
    assert Roadmap.objects.order_by().values("slug").distinct().count() == 8


@pytest.mark.django_db
def test_a_goal_in_japanese_gets_an_address_in_japanese() -> None:
    request = OutlineRequest(goal="日本語")
    request_roadmap(Order(request), PROVIDER, enqueue=False)
    assert Roadmap.objects.get().get_absolute_url() == ("/roadmaps/%E6%97%A5%E6%9C%AC%E8%AA%9E/")


@pytest.mark.django_db
def test_a_refused_goal_leaves_nothing_behind() -> None:
    with pytest.raises(GoalRefused):
        request_roadmap(Order(OutlineRequest(goal="?")), PROVIDER, enqueue=False)
    assert not Roadmap.objects.exists()


def find(run: GenerationRun, **wishes: object) -> uuid.UUID | None:
    options = OutlineRequest.from_options(run.roadmap.goal, {**run.options, **wishes})
    return find_finished_run(options, provider=run.provider)


@pytest.mark.django_db
def test_what_is_ready_is_found_again_by_the_same_wishes_alone() -> None:
    run = make_ready()
    assert find(run) == run.pk
    assert find(run, level="advanced") is None
    assert find(run, concepts=12) is None
    assert find(run, language="de") is None
    assert find_finished_run(OutlineRequest(goal="Knitting"), provider=run.provider) is None
    same = OutlineRequest.from_options(run.roadmap.goal, run.options)
    assert find_finished_run(same, provider="another") is None


@pytest.mark.django_db
@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.UNLISTED])
def test_what_is_not_public_is_nobody_elses_answer(visibility: Visibility) -> None:
    alice = User.objects.create_user("alice@example.org")
    assert find(make_ready(owner=alice, visibility=visibility)) is None


@pytest.mark.django_db
def test_what_is_not_ready_is_no_answer() -> None:
    scribe = open_order()
    scribe.plan()
    scribe.write(3)
    assert find(GenerationRun.objects.get(pk=scribe.run_id)) is None
