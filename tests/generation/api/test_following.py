"""Following a run, cancelling and resuming it."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from django.test import Client
from kombu.exceptions import OperationalError
from pytest_django import DjangoAssertNumQueries, Settings

from generation.models import GenerationRun
from generation.port.errors import ContentError
from generation.run_states import RunState
from generation.runs import lifecycle
from roadmaps.models import Visibility
from tests.generation.api.calls import API, error_of, generate
from tests.generation.cast import KINDS, make_outline
from tests.learning.library import QuickProvider, make_ready, open_order
from tests.visitors import Visitors, make_visitors

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitors() -> Visitors:
    return make_visitors()


def open_run_of(visitors: Visitors) -> GenerationRun:
    scribe = open_order(owner=visitors.alice, visibility=Visibility.PRIVATE)
    return GenerationRun.objects.get(pk=scribe.run_id)


def test_a_run_tells_how_far_it_is(client: Client) -> None:
    fail = {("c02", kind): ContentError("Too short (LLM_MODEL).") for kind in KINDS}
    run = make_ready(QuickProvider(make_outline(4), fail=fail))
    told = client.get(f"{API}/runs/{run.pk}").json()
    assert (told["state"], told["is_open"]) == ("partial", False)
    assert told["artifacts"] == {"total": 12, "ready": 9, "failed": 3}
    assert told["failures"][0] == {
        "concept": "The knot c02",
        "artifact": "tutorial",
        "error": "Something went wrong while this was being written.",
    }
    assert told["last_seq"] == run.last_seq


def test_a_pause_is_told_without_a_variables_name(client: Client) -> None:
    scribe = open_order()
    scribe.start()
    lifecycle.stop_run(
        scribe.run_id, RunState.PAUSED, "the key is refused (LLM_API_KEY)", detail="secret words"
    )
    told = client.get(f"{API}/runs/{scribe.run_id}").json()
    assert told["state"] == "paused"
    assert told["reason"].startswith("Nothing can be written here at the moment.")
    events = client.get(f"{API}/runs/{scribe.run_id}/events").content.decode()
    assert "Paused. Nothing can be written here at the moment." in events
    assert "LLM_API_KEY" not in events
    assert "secret words" not in events


def test_when_a_paused_run_goes_on_by_itself_is_told_as_a_time(client: Client) -> None:
    scribe = open_order()
    scribe.start()
    runs = GenerationRun.objects.filter(pk=scribe.run_id)
    runs.update(resumes_at=datetime(2099, 1, 2, tzinfo=UTC))
    # It is still being written: what is known beforehand is nothing to wait for.
    assert client.get(f"{API}/runs/{scribe.run_id}").json()["resumes_at"] is None
    runs.update(state=RunState.PAUSED, reason="Enough for a day.", finished_at=datetime.now(UTC))
    told = client.get(f"{API}/runs/{scribe.run_id}").json()
    assert told["resumes_at"] == "2099-01-02T00:00:00Z"
    schema = client.get(f"{API}/openapi.json").json()["components"]["schemas"]["Run"]
    assert "goes on by itself" in schema["properties"]["resumes_at"]["description"]
    assert "resumes_at" in schema["required"]


@pytest.mark.parametrize("limit", [1, 3, 100, 500])
def test_all_events_are_read_once_and_in_order_page_by_page(client: Client, limit: int) -> None:
    run = make_ready()
    read, after, more = [], 0, True
    while more:
        page = client.get(f"{API}/runs/{run.pk}/events?after={after}&limit={limit}").json()
        assert len(page["events"]) <= limit
        read += [event["seq"] for event in page["events"]]
        after, more = page["next"], page["more"]
    assert read == list(range(1, run.last_seq + 1))


def test_what_is_not_there_yet_is_asked_for_from_the_same_place(client: Client) -> None:
    run = make_ready()
    page = client.get(f"{API}/runs/{run.pk}/events?after={run.last_seq + 7}").json()
    assert page == {"events": [], "next": run.last_seq + 7, "more": False}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("after=-1", "after"),
        ("after=x", "after"),
        ("after=1.5", "after"),
        ("after=" + "9" * 40, "after"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
    ],
)
def test_a_place_that_makes_no_sense_is_told_so(client: Client, query: str, field: str) -> None:
    answer = client.get(f"{API}/runs/{make_ready().pk}/events?{query}")
    assert (answer.status_code, list(error_of(answer)["fields"])) == (422, [field])


@pytest.mark.parametrize("concepts", [4, 12])
def test_following_costs_as_many_queries_however_long_the_roadmap_is(
    client: Client, concepts: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fail = {("c02", kind): ContentError("Too short.") for kind in KINDS}
    run = make_ready(QuickProvider(make_outline(concepts), fail=fail))
    with django_assert_num_queries(3):
        client.get(f"{API}/runs/{run.pk}")
    with django_assert_num_queries(3):
        client.get(f"{API}/runs/{run.pk}/events")


def test_a_run_is_cancelled_once_and_what_is_written_stays(visitors: Visitors) -> None:
    scribe = open_order(owner=visitors.alice)
    scribe.plan()
    scribe.write(5)
    client = visitors.client("alice")
    for _ in range(2):
        told = client.post(f"{API}/runs/{scribe.run_id}/cancel")
        assert (told.status_code, told.json()["state"]) == (200, "cancelled")
        assert told.json()["artifacts"]["ready"] == 5
    assert GenerationRun.objects.get(pk=scribe.run_id).last_seq == told.json()["last_seq"]


def test_what_has_ended_cannot_be_cancelled_and_what_is_whole_not_resumed(
    visitors: Visitors,
) -> None:
    run = make_ready(owner=visitors.alice)
    for action in ("cancel", "resume"):
        answer = visitors.client("alice").post(f"{API}/runs/{run.pk}/{action}")
        assert (answer.status_code, error_of(answer)["code"]) == (409, "conflict")


def test_a_cancelled_run_is_resumed_and_an_open_one_stays_as_it_is(visitors: Visitors) -> None:
    run, client = open_run_of(visitors), visitors.client("alice")
    client.post(f"{API}/runs/{run.pk}/cancel")
    told = [client.post(f"{API}/runs/{run.pk}/resume").json() for _ in range(2)]
    assert [one["state"] for one in told] == ["queued", "queued"]
    assert told[0]["last_seq"] == told[1]["last_seq"]


def test_resuming_opens_no_more_runs_than_ordering_does(
    visitors: Visitors, settings: Settings
) -> None:
    settings.OPEN_RUNS_PER_PERSON = 2
    runs, client = [open_run_of(visitors) for _ in range(3)], visitors.client("alice")
    client.post(f"{API}/runs/{runs[0].pk}/cancel")
    answer = client.post(f"{API}/runs/{runs[0].pk}/resume")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert visitors.client("staff").post(f"{API}/runs/{runs[0].pk}/resume").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_run_is_resumed_while_no_broker_answers(visitors: Visitors) -> None:
    run, client = open_run_of(visitors), visitors.client("alice")
    client.post(f"{API}/runs/{run.pk}/cancel")
    with patch("generation.tasks.start_run.delay", side_effect=OperationalError("away")):
        assert client.post(f"{API}/runs/{run.pk}/resume").json()["state"] == "queued"


def test_the_browser_that_ordered_may_cancel_and_no_other_visitor() -> None:
    browser = Client()
    browser.post("/", {"goal": "Python web development"})
    run = generate(browser).json()["run_id"]
    assert Client().post(f"{API}/runs/{run}/cancel").status_code == 401
    assert browser.post(f"{API}/runs/{run}/cancel").json()["state"] == "cancelled"
    assert Client().post(f"{API}/runs/{run}/resume").status_code == 401
    assert browser.post(f"{API}/runs/{run}/resume").json()["state"] == "queued"
