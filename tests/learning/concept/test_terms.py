"""On the page of a concept its terms lead to where the roadmap introduces them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from django.core.cache import caches
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from concepts.content import ArtifactKind, TutorialContent
from concepts.models import Concept
from generation.models import GenerationRun
from roadmaps.models import Roadmap
from tests.generation.cast import make_outline
from tests.learning.library import Page, QuickProvider, concept_page, make_ready

pytestmark = pytest.mark.django_db

TEXT = "# The lesson\n\nA bowline, `a bowline`, and again a bowline. A hitch, too."


@pytest.fixture(autouse=True)
def nothing_is_kept() -> Iterator[None]:
    caches["texts"].clear()
    yield
    caches["texts"].clear()


@pytest.fixture
def run() -> GenerationRun:
    """A model's: the first concept introduces the bowline, and the third the hitch."""
    outline = make_outline(4)
    for concept, keywords in zip(outline.concepts(), (["bowline"], [], ["hitch"], []), strict=True):
        concept.keywords[:] = keywords
    keys = [(concept.key, ArtifactKind.TUTORIAL) for concept in outline.concepts()]
    content = {key: TutorialContent(markdown=TEXT) for key in keys}
    return make_ready(QuickProvider(outline, content=content))


def terms_of(client: Client, page: str) -> list[str]:
    """Where the terms of a page lead, as a browser finds it."""
    tags = Page(client.get(page).content.decode()).tags
    return [urljoin(page, said["href"]) for _, said in tags if said.get("class") == "term"]


def test_a_term_leads_to_the_concept_that_introduces_it_from_all_later_ones(
    client: Client, run: GenerationRun
) -> None:
    pages = [concept_page(run, f"c0{number}") for number in range(1, 5)]
    found = [terms_of(client, page) for page in pages]
    assert found == [[], pages[:1], pages[:1], [pages[0], pages[2]]]
    assert client.get(found[3][1]).status_code == 200


def test_terms_ask_the_database_nothing_more(
    client: Client, run: GenerationRun, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page = concept_page(run, "c04")
    client.get(page)
    caches["texts"].clear()
    with django_assert_num_queries(2):
        assert len(terms_of(client, page)) == 2
    with django_assert_num_queries(1):
        assert len(terms_of(client, page)) == 2


def test_a_page_is_another_once_its_terms_lead_elsewhere(
    client: Client, run: GenerationRun
) -> None:
    """Also to a browser that has it."""
    page = concept_page(run, "c04")
    client.get(page)
    tag = client.get(page).headers["ETag"]
    Concept.objects.filter(outline_key="c02").update(keywords=["hitch", "<script>"])
    assert client.get(page, headers={"if-none-match": tag}).status_code == 200
    assert terms_of(client, page) == [concept_page(run, "c01"), concept_page(run, "c02")]


def test_terms_go_with_a_roadmap_that_gets_another_address(
    client: Client, run: GenerationRun
) -> None:
    terms_of(client, concept_page(run, "c04"))
    Roadmap.objects.update(slug="ropes-and-knots")
    run.roadmap.refresh_from_db()
    found = terms_of(client, concept_page(run, "c04"))
    assert found == [concept_page(run, "c01"), concept_page(run, "c03")]


def test_keywords_that_are_no_list_of_words_make_no_terms(
    client: Client, run: GenerationRun
) -> None:
    page = concept_page(run, "c04")
    for keywords in ("bowline", 7, {"a": "bowline"}, [["bowline"], None, 3]):
        Concept.objects.filter(outline_key="c01").update(keywords=keywords)
        assert terms_of(client, page) == [concept_page(run, "c03")]
