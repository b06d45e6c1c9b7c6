from __future__ import annotations

import html
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from concepts.content import ArtifactKind
from concepts.models import Concept
from generation.models import GenerationEvent, GenerationRun
from generation.port.errors import ContentError
from generation.run_states import RunState
from generation.runs import claims, lifecycle
from tests.generation.cast import get_run, make_outline
from tests.generation.scribe import Scribe
from tests.learning.library import Page, QuickProvider, open_order
from tests.visitors import make_visitors

pytestmark = pytest.mark.django_db


def read(client: Client, run_id: uuid.UUID) -> str:
    return html.unescape(client.get(f"/runs/{run_id}/").content.decode())


def look(client: Client, run_id: uuid.UUID, after: int = 0) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/runs/{run_id}/events/?after={after}").json()
    return answer


def numbers(events: list[dict[str, Any]]) -> list[int]:
    return [event["seq"] for event in events]


@pytest.fixture
def scribe() -> Scribe:
    return open_order()


def test_a_waiting_run_says_what_it_waits_for(client: Client, scribe: Scribe) -> None:
    page = read(client, scribe.run_id)
    assert "Ordered; waiting for a free worker." in page
    assert "The plan is being made." in page


def test_the_page_is_complete_without_javascript(client: Client, scribe: Scribe) -> None:
    scribe.plan()
    scribe.write(5)
    page = read(client, scribe.run_id)
    assert "5 of 12 tutorials, resource lists and quizzes are ready." in page
    assert 'max="12" value="5"' in page
    assert "The plan is ready: 4 concepts." in page
    assert "The knot c01: tutorial ready." in page
    assert page.index("Work has begun.") < page.index("The knot c01: tutorial ready.")


def test_what_is_ready_can_be_read_at_once(client: Client, scribe: Scribe) -> None:
    scribe.plan()
    scribe.write(1)
    (link,) = [link for link in Page(read(client, scribe.run_id)).links() if "the-knot" in link]
    assert client.get(link).status_code == 200


def test_failures_say_why(client: Client) -> None:
    fail = {("c02", ArtifactKind.QUIZ): ContentError("The rope was too short.")}
    scribe = open_order(QuickProvider(make_outline(4), fail=fail))
    scribe.write_all()
    page = read(client, scribe.run_id)
    assert "<strong>The knot c02</strong> (quiz): The rope was too short." in page
    assert "partly ready" in page
    (failure,) = look(client, scribe.run_id)["failures"]
    assert failure == {
        "concept": "The knot c02",
        "artifact": "quiz",
        "error": "The rope was too short.",
    }


def test_a_paused_run_says_why_and_is_not_open(client: Client, scribe: Scribe) -> None:
    reason = "the model server refused the key (LLM_API_KEY)"
    lifecycle.stop_run(scribe.run_id, RunState.PAUSED, reason)
    page, news = read(client, scribe.run_id), look(client, scribe.run_id)
    assert "Nothing can be written here at the moment" in page
    assert "LLM_API_KEY" not in page + str(news)
    staff = make_visitors().client("staff")
    assert f"Paused. {reason}" in read(staff, scribe.run_id)
    assert look(staff, scribe.run_id)["reason"] == reason
    assert (news["open"], news["state_label"]) == (False, "paused")


def test_a_watcher_gets_what_came_after_the_last_event_it_knows(
    client: Client, scribe: Scribe
) -> None:
    scribe.plan()
    known = look(client, scribe.run_id)
    last = scribe.write(2)
    news = look(client, scribe.run_id, after=known["last_seq"])
    assert numbers(news["events"]) == list(range(known["last_seq"] + 1, last + 1))
    assert (news["ready"], news["total"], news["last_seq"]) == (2, 12, last)


def test_a_watcher_that_knows_everything_gets_no_event_again(
    client: Client, scribe: Scribe
) -> None:
    last = look(client, scribe.run_id)["last_seq"]
    news = look(client, scribe.run_id, after=last)
    assert (news["events"], news["last_seq"]) == ([], last)


def test_once_it_has_ended_nothing_says_that_it_is_being_written(
    client: Client, scribe: Scribe
) -> None:
    scribe.plan()
    scribe.write(2)
    begun = read(client, scribe.run_id)
    assert "Writing a roadmap" in begun
    assert _way(begun) == "button"
    scribe.write_all()
    ended, news = read(client, scribe.run_id), look(client, scribe.run_id)
    assert "Writing a roadmap" not in ended
    assert "How the writing went" in ended
    assert _way(ended) == "button primary"
    assert (news["about"], news["is_readable"]) == ("How the writing went", True)


@pytest.mark.parametrize("state", [RunState.PAUSED, RunState.CANCELLED])
def test_what_ended_before_there_was_a_plan_leads_to_nothing_to_read(
    client: Client, scribe: Scribe, state: RunState
) -> None:
    lifecycle.stop_run(scribe.run_id, state, "Somebody stopped it.")
    news = look(client, scribe.run_id)
    assert (news["about"], news["is_readable"]) == ("How the writing went", False)


def test_asking_step_by_step_gives_the_whole_history_once(client: Client, scribe: Scribe) -> None:
    seen: list[int] = []
    scribe.plan()
    for artifacts in (1, 2, 3, 6):
        scribe.write(artifacts)
        seen += numbers(look(client, scribe.run_id, after=max(seen, default=0))["events"])
    scribe.close()
    seen += numbers(look(client, scribe.run_id, after=max(seen))["events"])
    assert seen == list(range(1, get_run(scribe.run_id).last_seq + 1))


@pytest.mark.parametrize(
    ("seconds", "shown"), [(59, "0:59"), (3_599, "59:59"), (3_600, "1:00:00"), (90_061, "25:01:01")]
)
def test_what_took_hours_is_told_in_hours(
    client: Client, scribe: Scribe, seconds: int, shown: str
) -> None:
    ordered = GenerationEvent.objects.get(run=scribe.run_id).created_at
    begun = ordered - timedelta(seconds=seconds)
    GenerationRun.objects.filter(pk=scribe.run_id).update(created_at=begun)
    assert f"<time>{shown}</time>" in read(client, scribe.run_id)


def test_a_long_history_comes_in_pieces(
    client: Client, scribe: Scribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generation.live.pages.EVENTS_AT_ONCE", 5)
    scribe.write_all()
    first = look(client, scribe.run_id)
    assert (numbers(first["events"]), first["more"]) == ([1, 2, 3, 4, 5], True)
    last = look(client, scribe.run_id, after=15)
    assert (numbers(last["events"]), last["more"]) == ([16], False)


def test_the_page_of_a_long_history_shows_its_end(
    client: Client, scribe: Scribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    scribe.write_all()
    assert "earlier event" not in read(client, scribe.run_id)
    monkeypatch.setattr("generation.live.pages.EVENTS_AT_ONCE", 5)
    page = read(client, scribe.run_id)
    assert page.count("<time>") == 5
    assert "Finished." in page
    assert "11 earlier events are not shown." in page
    assert 'data-seq="16"' in page


@pytest.mark.parametrize("state", [RunState.PAUSED, RunState.CANCELLED])
def test_a_stopped_run_may_go_on(client: Client, scribe: Scribe, state: RunState) -> None:
    lifecycle.stop_run(scribe.run_id, state, "The key was refused.")
    assert 'data-final="false"' in read(client, scribe.run_id)
    assert look(client, scribe.run_id)["final"] is False


def test_a_ready_run_will_not_change_again(client: Client, scribe: Scribe) -> None:
    assert look(client, scribe.run_id)["final"] is False
    scribe.write_all()
    assert 'data-final="true"' in read(client, scribe.run_id)
    assert look(client, scribe.run_id)["final"] is True


@pytest.mark.parametrize("after", ["-1", "x", "", "1.5", "٣", "9" * 19, "9" * 10_000])
def test_a_number_that_is_none_is_refused(client: Client, scribe: Scribe, after: str) -> None:
    assert client.get(f"/runs/{scribe.run_id}/events/?after={after}").status_code == 422


def test_a_number_beyond_all_events_is_no_mistake(client: Client, scribe: Scribe) -> None:
    assert look(client, scribe.run_id, after=10**18 - 1)["events"] == []


def test_a_refused_goal_offers_others_and_nothing_more_is_waited_for(
    client: Client, scribe: Scribe
) -> None:
    claims.claim_run(scribe.run_id, uuid.uuid4(), lease_seconds=30)
    instead = ["Heating at home", '"><script>alert(1)</script>']
    reason = "It may mean several things."
    lifecycle.stop_run(scribe.run_id, RunState.FAILED, reason, instead=instead)
    answer = client.get(f"/runs/{scribe.run_id}/").content.decode()
    assert Page(answer).offences == []
    assert "/?goal=Heating%20at%20home" in Page(answer).links()
    assert "There is no plan." in answer
    assert 'max="1" value="0"' in answer
    assert look(client, scribe.run_id)["suggestions"] == instead
    roadmap = client.get(get_run(scribe.run_id).roadmap.get_absolute_url()).content.decode()
    assert "No roadmap can be made of this goal" in roadmap
    assert reason in roadmap
    assert "/?goal=Tying%20knots" in Page(roadmap).links()
    assert "<button form=" not in roadmap
    assert "not there yet" not in roadmap
    assert "/" in Page(roadmap).links()


def test_titles_are_text_in_the_page(client: Client) -> None:
    scribe = open_order()
    scribe.write_all()
    Concept.objects.update(title="<img src=x onerror=alert(1)>")
    page = client.get(f"/runs/{scribe.run_id}/").content.decode()
    assert Page(page).offences == []
    assert "&lt;img src=x" in page


@pytest.mark.parametrize("artifacts", [2, 12])
def test_looking_costs_six_queries_however_much_has_happened(
    client: Client,
    scribe: Scribe,
    django_assert_num_queries: DjangoAssertNumQueries,
    artifacts: int,
) -> None:
    scribe.plan()
    scribe.write(artifacts)
    for address in (f"/runs/{scribe.run_id}/", f"/runs/{scribe.run_id}/events/"):
        with django_assert_num_queries(6):
            client.get(address)


def test_nothing_is_kept_by_caches(client: Client, scribe: Scribe) -> None:
    answer = client.get(f"/runs/{scribe.run_id}/events/")
    assert "no-store" in answer.headers["Cache-Control"]


def test_every_event_of_the_history_has_words(client: Client, scribe: Scribe) -> None:
    scribe.write_all()
    news = look(client, scribe.run_id)
    assert all(event["text"] and "%(" not in event["text"] for event in news["events"])
    assert json.dumps(news)
    assert GenerationRun.objects.get(pk=scribe.run_id).state == news["state"] == "ready"


def _way(page: str) -> str:
    """How the way to the roadmap looks."""
    (way,) = [link["class"] for tag, link in Page(page).tags if tag == "a" and "data-way" in link]
    return way
