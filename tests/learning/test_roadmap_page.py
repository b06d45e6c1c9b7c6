from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from concepts.content import ArtifactKind
from generation.models import GenerationRun
from generation.port.errors import ContentError
from learning.roadmap.states import ConceptState, concept_state
from tests.generation.cast import make_outline
from tests.learning.library import Page, QuickProvider, concept_page, make_ready, open_order

pytestmark = pytest.mark.django_db


def read(client: Client, run: GenerationRun) -> str:
    return client.get(run.roadmap.get_absolute_url()).content.decode()


def test_it_shows_the_plan_as_headings_and_links(client: Client) -> None:
    run = make_ready()
    page = read(client, run)
    tags = [tag for tag, _ in Page(page).tags]
    assert [tags.count(tag) for tag in ("h1", "h2", "h3")] == [1, 2, 2]
    assert all(concept_page(run, key) in Page(page).links() for key in ("c01", "c04"))
    assert "4 of 4 concepts ready" in page


def test_it_says_how_far_the_writing_is_and_leads_to_its_run(client: Client) -> None:
    scribe = open_order()
    scribe.plan()
    scribe.write(5)
    run = GenerationRun.objects.get(pk=scribe.run_id)
    page = read(client, run)
    assert "1 of 4 concepts ready" in page
    assert "still being written" in page
    assert run.get_absolute_url() in Page(page).links()


def test_before_the_plan_is_made_it_says_so(client: Client) -> None:
    run = GenerationRun.objects.get(pk=open_order().run_id)
    assert "The plan is not there yet" in read(client, run)


def test_a_run_that_failed_in_part_stays_linked(client: Client) -> None:
    outline = make_outline(4)
    run = make_ready(QuickProvider(outline, fail={("c01", ArtifactKind.QUIZ): ContentError("no")}))
    page = read(client, run)
    assert run.get_absolute_url() in Page(page).links()
    assert 'data-state="failed">incomplete' in page


def test_nothing_is_linked_when_everything_is_there(client: Client) -> None:
    run = make_ready()
    assert run.get_absolute_url() not in Page(read(client, run)).links()


@pytest.mark.parametrize("concepts", [4, 12])
def test_it_costs_six_queries_however_long_the_roadmap_is(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, concepts: int
) -> None:
    run = make_ready(QuickProvider(make_outline(concepts)))
    with django_assert_num_queries(6):
        read(client, run)


@pytest.mark.parametrize(
    ("artifacts", "state"),
    [
        ([], ConceptState.WAITING),
        (["pending", "pending"], ConceptState.WAITING),
        (["ready", "running"], ConceptState.WRITING),
        (["ready", "pending"], ConceptState.PARTLY),
        (["ready", "failed"], ConceptState.FAILED),
        (["failed", "running"], ConceptState.WRITING),
        (["ready", "ready"], ConceptState.READY),
    ],
)
def test_a_concept_stands_as_its_artifacts_do(artifacts: list[str], state: ConceptState) -> None:
    assert concept_state(artifacts) is state
