"""A roadmap whose modules are still being planned, as learners and programs see it."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from concepts.models import Concept
from generation.models import GenerationRun
from generation.port.spent import Spent
from generation.runs.batches import save_skeleton
from generation.runs.claims import claim_next, claim_run
from generation.runs.details import save_details
from learning.roadmap.plan import get_plan
from learning.roadmap.states import ConceptState
from learning.sharing.copying import copy_roadmap
from roadmaps.models import DetailsState, Module, Roadmap
from tests.generation.cast import open_run
from tests.generation.stepwise import make_details, make_skeleton, make_stepwise

pytestmark = pytest.mark.django_db

SKELETON = make_skeleton(3, known=("c2",))


@pytest.fixture
def roadmap() -> Roadmap:
    """Public; of its three modules the first is planned, the last cannot be."""
    run_id, puller = open_run(make_stepwise(SKELETON)), uuid.uuid4()
    claim_run(run_id, puller, lease_seconds=30)
    save_skeleton(run_id, puller, SKELETON, spent=Spent())
    (work,) = claim_next(run_id, puller, limit=1, lease_seconds=30).details
    save_details(run_id, puller, work.module_id, make_details(SKELETON, 0), spent=Spent())
    Module.objects.filter(title="Ropes c").update(details_state="failed", error_public="No.")
    return GenerationRun.objects.get(pk=run_id).roadmap


def test_a_concept_says_that_it_is_being_planned_and_not_how_long_it_takes(
    roadmap: Roadmap,
) -> None:
    lines = get_plan(roadmap).concepts
    assert [line.state for line in lines] == [
        ConceptState.WAITING,
        ConceptState.KNOWN,
        *[ConceptState.PLANNING] * 2,
        *[ConceptState.FAILED] * 2,
    ]
    assert [line.times.minutes for line in lines] == [20, 20, 0, 0, 0, 0]
    assert lines[1].is_through


def test_the_pages_of_what_is_being_planned_are_whole(roadmap: Roadmap, client: Client) -> None:
    page = client.get(roadmap.get_absolute_url())
    assert page.status_code == 200
    assert "being planned" in page.content.decode()
    for concept in Concept.objects.order_by("position"):
        page = client.get(f"{roadmap.get_absolute_url()}{concept.slug}/")
        assert page.status_code == 200, concept
        is_told = "is still being planned" in page.content.decode()
        assert is_told == (concept.outline_key not in {"c1", "c2"})


def test_programs_are_told_empty_fields(roadmap: Roadmap, client: Client) -> None:
    told = client.get(f"/api/v1/roadmaps/{roadmap.pk}").json()
    concepts = [
        concept
        for stage in told["stages"]
        for module in stage["modules"]
        for concept in module["concepts"]
    ]
    assert [concept["minutes"] for concept in concepts] == [20, 20, 0, 0, 0, 0]
    assert [concept["summary"] for concept in concepts][2:] == [""] * 4


def test_what_was_marked_as_known_counts_as_done_in_list_page_and_api(
    roadmap: Roadmap, client: Client
) -> None:
    plan = get_plan(roadmap)
    assert (plan.through, plan.next_step and plan.next_step.slug) == (1, "the-knot-c1")
    listed = client.get(roadmap.get_absolute_url()).content.decode()
    assert "1 of 6 behind you" in listed
    assert "known before" in listed
    told = client.get(f"/api/v1/roadmaps/{roadmap.pk}").json()
    known = told["stages"][0]["modules"][0]["concepts"][1]
    assert (known["title"], known["state"], known["standing"]) == ("The knot c2", "ready", "known")
    alone = client.get(f"/api/v1/roadmaps/{roadmap.pk}/concepts/{known['id']}").json()
    assert (alone["state"], alone["standing"]) == ("ready", "known")


def test_the_page_of_what_was_known_says_why_nothing_is_written_there(
    roadmap: Roadmap, client: Client
) -> None:
    known = client.get(f"{roadmap.get_absolute_url()}the-knot-c2/").content.decode()
    new = client.get(f"{roadmap.get_absolute_url()}the-knot-c1/").content.decode()
    words = ("marked as known when the plan was made", "It counts as done already")
    for said in words:
        assert (said in known, said in new) == (True, False)
    # No part is announced that will never come, nor anything that leads to one.
    for gone in ("Nobody has been asked", 'id="quiz"', 'href="#resources"', "data-awaited"):
        assert gone not in known
    assert "What c2 is." in known
    assert 'value="done"' in known


def test_in_chinese_it_says_the_same(roadmap: Roadmap, client: Client) -> None:
    page = client.get(
        f"{roadmap.get_absolute_url()}the-knot-c2/", headers={"accept-language": "zh-hans"}
    )
    assert "标为已掌握" in page.content.decode()


def test_no_run_plans_the_modules_of_a_copy(roadmap: Roadmap) -> None:
    copy = copy_roadmap(roadmap, owner=None)
    modules = Module.objects.filter(stage__roadmap=copy)
    assert {module.run_id for module in modules} == {None}
    states = [DetailsState.READY, DetailsState.FAILED, DetailsState.FAILED]
    assert [module.details_state for module in modules.order_by("pk")] == states
    assert all(module.error_public for module in modules.exclude(details_state="ready"))
