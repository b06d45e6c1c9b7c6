"""What a learner opens is written next, and the page says where it stands."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from concepts.models import Artifact
from generation.models import GenerationRun
from generation.run_states import RunState
from generation.runs import lifecycle
from tests.generation.cast import make_outline
from tests.generation.scribe import Scribe
from tests.learning.library import QuickProvider, concept_page, open_order

pytestmark = pytest.mark.django_db

AHEAD = {"X-Prefetch": "1"}


@pytest.fixture
def scribe() -> Scribe:
    scribe = open_order(QuickProvider(make_outline(6)))
    scribe.plan()
    return scribe


def page_of(scribe: Scribe, key: str) -> str:
    return concept_page(GenerationRun.objects.get(pk=scribe.run_id), key)


def read(client: Client, address: str, **headers: str) -> str:
    return client.get(address, headers=headers).content.decode()


def priorities(key: str) -> set[int]:
    return set(Artifact.objects.filter(concept__outline_key=key).values_list("priority", flat=True))


def test_opening_a_concept_raises_it(client: Client, scribe: Scribe) -> None:
    assert read(client, page_of(scribe, "c05")).count("This is written next.") == 3
    assert priorities("c05") == {1}
    assert [work.brief.key for work in scribe.claim(4)] == ["c05"] * 3 + ["c01"]


@pytest.mark.parametrize(
    "headers",
    [
        AHEAD,
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
    ],
)
def test_asking_ahead_raises_nothing_and_says_how_many_come_before(
    client: Client, scribe: Scribe, headers: dict[str, str]
) -> None:
    page = read(client, page_of(scribe, "c05"), **headers)
    assert page.count("This waits for its turn: 12 parts of other lessons") == 3
    assert priorities("c05") == {0}


def test_a_question_for_the_head_alone_raises_nothing(client: Client, scribe: Scribe) -> None:
    client.head(page_of(scribe, "c05"))
    assert priorities("c05") == {0}


def test_one_part_before_it_is_said_as_one(client: Client, scribe: Scribe) -> None:
    scribe.claim(2)
    page = read(client, page_of(scribe, "c02"), **AHEAD)
    assert "This waits for its turn: 1 part of another lesson is written before it." in page


def test_what_was_asked_for_ahead_is_raised_when_it_is_opened(
    client: Client, scribe: Scribe
) -> None:
    """Although the browser has the page and only asks if it is still the same."""
    address = page_of(scribe, "c05")
    tag = client.get(address, headers=AHEAD).headers["ETag"]
    client.get(address, headers={"If-None-Match": tag})
    assert priorities("c05") == {1}


def test_reading_on_raises_nothing_more_and_asks_no_more(client: Client, scribe: Scribe) -> None:
    address = page_of(scribe, "c05")
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert not [one for one in queries if one["sql"].lstrip().startswith("UPDATE")]
    assert priorities("c05") == {1}


def test_what_is_under_way_is_joined(client: Client, scribe: Scribe) -> None:
    """The page says so, and the row stays with whoever writes it."""
    scribe.claim(1)
    before = Artifact.objects.filter(state="running").values().get()
    page = read(client, page_of(scribe, "c01"))
    assert page.count(">This is being written now.") == 1
    assert page.count("This is written next.") == 2
    assert Artifact.objects.filter(state="running").values().get() == before


def test_nothing_is_raised_in_a_run_that_was_stopped(client: Client, scribe: Scribe) -> None:
    lifecycle.stop_run(scribe.run_id, RunState.PAUSED, "The key was refused.")
    client.get(page_of(scribe, "c05"))
    assert priorities("c05") == {0}


def test_no_session_is_begun_by_it(client: Client, scribe: Scribe) -> None:
    client.get(page_of(scribe, "c05"))
    assert not client.cookies.get("sessionid")
