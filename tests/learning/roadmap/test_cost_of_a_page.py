"""A roadmap of three hundred concepts, to somebody with an account and marks in it."""

from __future__ import annotations

import gzip

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from concepts.models import Concept
from generation.models import GenerationRun
from generation.port.outline import Outline
from learning.models import Learner
from learning.sharing.copying import copy_roadmap
from roadmaps.models import Roadmap
from tests.generation.cast import make_concept, make_outline
from tests.generation.scribe import Scribe
from tests.learning.library import QuickProvider, open_order
from tests.learning.progress.cast import mark

pytestmark = pytest.mark.django_db

CONCEPTS, QUERIES = 300, 6
KIB = 1024


def outline_of(concepts: int) -> Outline:
    """As long titles as are usual, two prerequisites each."""
    keys = [f"c{number:03}" for number in range(concepts)]
    planned = [
        make_concept(key, keys[max(0, place - 2) : place]).model_copy(
            update={"title": f"Relations between models and tables {place}"}
        )
        for place, key in enumerate(keys)
    ]
    plan = make_outline(2)
    module = plan.stages[0].modules[0]
    stages = [
        plan.stages[0].model_copy(
            update={
                "title": f"Data that lasts {start}",
                "modules": [
                    module.model_copy(
                        update={
                            "title": f"PostgreSQL in earnest {first}",
                            "concepts": planned[first : first + 10],
                        }
                    )
                    for first in range(start, min(start + 30, concepts), 10)
                ],
            }
        )
        for start in range(0, concepts, 30)
    ]
    return plan.model_copy(update={"stages": stages})


@pytest.fixture
def mira() -> User:
    return User.objects.create_user("mira@knots.example", "rope-and-twine")


def planned(concepts: int) -> GenerationRun:
    # An order is for fewer; what is imported may have more.
    scribe = Scribe(open_order().run_id, QuickProvider(outline_of(concepts)))
    scribe.plan()
    scribe.write(60)
    return GenerationRun.objects.select_related("roadmap").get(pk=scribe.run_id)


def test_it_costs_six_queries_and_280_kib(client: Client, mira: User) -> None:
    run = planned(CONCEPTS)
    learner = Learner.objects.create(user=mira)
    for concept in Concept.objects.filter(roadmap=run.roadmap).order_by("position")[:40]:
        mark(learner, concept)
    client.force_login(mira)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(run.roadmap.get_absolute_url()).content
    assert len(asked) <= QUERIES, [query["sql"][:80] for query in asked]
    assert page.count(b"Relations between models and tables") > CONCEPTS
    assert len(page) <= 280 * KIB
    assert len(gzip.compress(page)) <= 45 * KIB


def test_queries_do_not_grow_with_the_roadmap(client: Client, mira: User) -> None:
    client.force_login(mira)
    counts = set()
    for concepts in (4, 40):
        address = planned(concepts).roadmap.get_absolute_url()
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.add(len(asked))
    assert counts == {QUERIES}


@pytest.mark.parametrize("seen", ["public", "private"])
def test_a_copy_costs_no_more_queries_and_leads_to_what_it_was_made_from_if_that_is_seen(
    client: Client, mira: User, seen: str
) -> None:
    client.force_login(mira)
    source = planned(4).roadmap
    copy = copy_roadmap(source, owner=mira)
    Roadmap.objects.filter(pk=source.pk).update(visibility=seen)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(copy.get_absolute_url()).content.decode()
    assert len(asked) == QUERIES
    assert (f'href="{source.get_absolute_url()}"' in page) is (seen == "public")


def test_a_long_one_is_drawn_by_modules_and_folded_but_for_the_stage_in_work(
    client: Client, mira: User
) -> None:
    run = planned(150)
    page = client.get(run.roadmap.get_absolute_url()).content.decode()
    picture, listing = page.split('data-live="listing"')
    assert picture.count("<use ") == 30
    assert listing.count('<details class="module"') == 15
    assert listing.count('<details class="module" open>') == 1
