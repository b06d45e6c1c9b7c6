"""Roadmaps through the API: lists, and one with all that is in it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from concepts.models import Concept
from generation.models import GenerationRun
from learning.learners import obtain_learner, of_visitor
from learning.models import ConceptMark, Standing
from learning.progress.totals import measure_progress
from roadmaps.models import Roadmap, Visibility
from tests.generation.api.calls import API, error_of
from tests.generation.cast import make_outline
from tests.learning.library import QuickProvider, make_ready
from tests.visitors import Visitors, make_visitors

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitors() -> Visitors:
    return make_visitors()


def titles(client: Client, query: str = "") -> list[str]:
    return [line["title"] for line in client.get(f"{API}/roadmaps{query}").json()["roadmaps"]]


def make_titled(*named: str, **more: Any) -> list[GenerationRun]:
    runs = [make_ready(**more) for _ in named]
    for run, title in zip(runs, named, strict=True):
        Roadmap.objects.filter(pk=run.roadmap_id).update(title=title)
    return runs


def test_the_list_holds_what_is_public_and_what_is_ones_own_newest_first(
    visitors: Visitors,
) -> None:
    make_titled("Public")
    make_titled("Private", owner=visitors.alice, visibility=Visibility.PRIVATE)
    make_titled("Own and public", owner=visitors.alice)
    make_titled("Unlisted", visibility=Visibility.UNLISTED)
    assert titles(visitors.client("alice")) == ["Own and public", "Private", "Public"]
    assert titles(visitors.client("alice"), "?whose=own") == ["Own and public", "Private"]
    for other in ("bob", "anonymous", "staff"):
        assert titles(visitors.client(other)) == ["Own and public", "Public"]
        assert titles(visitors.client(other), "?whose=own") == []
    assert titles(visitors.client("alice"), "?whose=public") == ["Own and public", "Public"]


def test_a_visitors_own_are_those_of_the_session(client: Client) -> None:
    client.post("/", {"goal": "Python web development"})
    assert titles(client, "?whose=own") == ["Python web development"]
    assert titles(Client(), "?whose=own") == []


def test_titles_are_searched(visitors: Visitors) -> None:
    make_titled("Tying knots", "Sailing", "学习打结")
    make_titled("Knots of my own", owner=visitors.alice, visibility=Visibility.PRIVATE)
    assert titles(visitors.client("alice"), "?q=knots") == ["Knots of my own", "Tying knots"]
    assert titles(visitors.client("bob"), "?q=knots") == ["Tying knots"]
    assert titles(visitors.client("bob"), "?q=打结") == ["学习打结"]
    assert titles(visitors.client("bob"), "?q=%20%20") != []
    assert titles(visitors.client("bob"), "?q=!!!") == []


def read_all(client: Client, query: str, *, size: int) -> list[str]:
    """Page by page."""
    read: list[str] = []
    address: str | None = f"{API}/roadmaps?{query}&limit={size}"
    while address:
        page = client.get(address).json()
        assert len(page["roadmaps"]) <= size
        read += [line["title"] for line in page["roadmaps"]]
        address = page["next"]
    return read


def test_following_next_reads_each_once(visitors: Visitors, settings: Settings) -> None:
    settings.SITE_URL = ""
    make_titled("Rope 1", "Rope 2", "Rope 3")
    make_titled("Rope 4", "Rope 5", owner=visitors.alice, visibility=Visibility.PRIVATE)
    make_titled("Rope 6", owner=visitors.alice)
    client = visitors.client("alice")
    for query, numbers in {
        "whose=all": (6, 5, 4, 3, 2, 1),
        "whose=own": (6, 5, 4),
        "q=rope&whose=all": (6, 5, 4, 3, 2, 1),
    }.items():
        for size in (1, 2, 3, 100):
            read = read_all(client, query, size=size)
            assert read == [f"Rope {number}" for number in numbers], (query, size)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("whose=theirs", "whose"),
        ("after=nowhere", "after"),
        ("after=" + "1" * 65, "after"),
        ("q=" + "x" * 101, "q"),
    ],
)
def test_a_question_that_makes_no_sense_is_told_so(client: Client, query: str, field: str) -> None:
    answer = client.get(f"{API}/roadmaps?{query}")
    assert (answer.status_code, list(error_of(answer)["fields"])) == (422, [field])


@pytest.mark.parametrize("roadmaps", [1, 6])
def test_a_list_costs_as_many_queries_however_long_it_is(
    visitors: Visitors, roadmaps: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(roadmaps):
        make_ready()
        make_ready(owner=visitors.alice, visibility=Visibility.PRIVATE)
    client = visitors.client("alice")
    with django_assert_num_queries(5):  # session, user, both lists, progress
        assert len(client.get(f"{API}/roadmaps").json()["roadmaps"]) == 2 * roadmaps
    with django_assert_num_queries(1):
        Client().get(f"{API}/roadmaps")


@pytest.mark.parametrize("concepts", [4, 24])
def test_a_roadmap_costs_as_many_queries_however_long_it_is(
    visitors: Visitors, concepts: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = make_ready(QuickProvider(make_outline(concepts)))
    client = visitors.client("alice")
    # Session, user, roadmap, run, four of the plan, progress, marks.
    with django_assert_num_queries(10):
        client.get(f"{API}/roadmaps/{run.roadmap_id}")


def test_a_roadmap_holds_its_stages_modules_and_concepts(client: Client) -> None:
    run = make_ready()
    told = client.get(f"{API}/roadmaps/{run.roadmap_id}").json()
    assert [stage["title"] for stage in told["stages"]] == ["Part one", "Part two"]
    modules = [module for stage in told["stages"] for module in stage["modules"]]
    assert [module["title"] for module in modules] == ["Ropes one", "Ropes two"]
    concepts = [concept for module in modules for concept in module["concepts"]]
    assert [concept["slug"] for concept in concepts] == [
        f"the-knot-c{number:02}" for number in (1, 2, 3, 4)
    ]
    assert [concept["state"] for concept in concepts] == ["ready"] * 4
    assert concepts[1]["requires"] == [concepts[0]["id"]]
    assert told["run"] == {"run_id": str(run.pk), "state": "ready"}


@pytest.mark.parametrize("who", ["alice", "anonymous"])
def test_progress_is_the_number_of_the_pages_wherever_it_stands(
    visitors: Visitors, who: str
) -> None:
    run, client = make_ready(), visitors.client(who)
    session = client.session
    user: Any = visitors.alice if who == "alice" else _nobody()
    learner = obtain_learner(user, session)
    session.save()
    if who == "anonymous":
        client.cookies["sessionid"] = session.session_key or ""
    first, second = Concept.objects.filter(roadmap=run.roadmap_id).order_by("position")[:2]
    for concept, standing in ((first, Standing.DONE), (second, Standing.SKIPPED)):
        ConceptMark.objects.create(learner=learner, concept=concept, standing=standing)
    measured = measure_progress([run.roadmap], of_visitor(user, session))[run.roadmap_id]
    assert measured.percent == 50
    listed = client.get(f"{API}/roadmaps").json()["roadmaps"][0]["progress"]
    told = client.get(f"{API}/roadmaps/{run.roadmap_id}").json()
    assert listed == told["progress"] == {"through": 2, "total": 4, "percent": 50}
    shown = [one["standing"] for stage in told["stages"] for module in stage["modules"]
             for one in module["concepts"]]  # fmt: skip
    assert shown == ["done", "skipped", None, None]
    other = visitors.client("bob").get(f"{API}/roadmaps/{run.roadmap_id}").json()
    assert other["progress"]["through"] == 0


def _nobody() -> Any:
    from django.contrib.auth.models import AnonymousUser

    return AnonymousUser()
