"""Who may have the rest written, and what they are told."""

from __future__ import annotations

import uuid
from unittest.mock import patch

import pytest
from django.test import Client
from kombu.exceptions import OperationalError
from pytest_django import Settings

from concepts.content import ArtifactKind
from generation.models import GenerationRun
from generation.port.errors import ContentError
from generation.run_states import RunState
from generation.runs import lifecycle
from roadmaps.makers import MADE_ROADMAPS
from roadmaps.models import Visibility
from tests.generation.cast import make_outline
from tests.learning.library import Page, QuickProvider, make_ready, open_order
from tests.visitors import VISITORS, Visitors, make_visitors

pytestmark = pytest.mark.django_db

SECRET_REASON = "the model server refused the key (LLM_API_KEY): AuthenticationError"


@pytest.fixture
def visitors() -> Visitors:
    return make_visitors()


def paused(**fields: object) -> GenerationRun:
    scribe = open_order(**fields)  # type: ignore[arg-type]  # passed on as given
    scribe.plan()
    scribe.write(5)
    assert lifecycle.stop_run(scribe.run_id, RunState.PAUSED, SECRET_REASON)
    return again(scribe.run_id)


def again(run_id: uuid.UUID) -> GenerationRun:
    return GenerationRun.objects.select_related("roadmap").get(pk=run_id)


def door(run: GenerationRun) -> str:
    return f"{run.roadmap.get_absolute_url()}-/resume/"


@pytest.mark.parametrize(
    ("visibility", "statuses"),
    [
        (Visibility.PUBLIC, {"alice": 302, "bob": 403, "anonymous": 403, "staff": 302}),
        (Visibility.UNLISTED, {"alice": 302, "bob": 403, "anonymous": 403, "staff": 302}),
        (Visibility.PRIVATE, {"alice": 302, "bob": 404, "anonymous": 404, "staff": 302}),
    ],
)
@pytest.mark.parametrize("visitor", VISITORS)
def test_its_owner_and_staff_may_resume_and_nobody_else(
    visitors: Visitors, visibility: Visibility, statuses: dict[str, int], visitor: str
) -> None:
    run = paused(owner=visitors.alice, visibility=visibility)
    client = visitors.client(visitor)
    page = client.get(run.roadmap.get_absolute_url()).content.decode()
    may = statuses[visitor] == 302
    assert ("Go on writing" in page) is may
    assert client.get(door(run)).status_code == 405
    assert client.post(door(run)).status_code == statuses[visitor]
    assert again(run.pk).state == (RunState.QUEUED if may else RunState.PAUSED)


def test_a_visitor_resumes_what_their_session_made_and_no_other_session_does() -> None:
    run = paused(visibility=Visibility.UNLISTED)
    maker, other = Client(), Client()
    session = maker.session
    session[MADE_ROADMAPS] = [str(run.roadmap_id)]
    session.save()
    assert other.post(door(run)).status_code == 403
    assert "Go on writing" not in other.get(run.roadmap.get_absolute_url()).content.decode()
    assert "Go on writing" in maker.get(run.roadmap.get_absolute_url()).content.decode()
    answer = maker.post(door(run))
    assert answer.headers["Location"] == run.roadmap.get_absolute_url()
    assert again(run.pk).state == RunState.QUEUED


def test_resuming_twice_or_what_is_ready_changes_nothing(visitors: Visitors) -> None:
    client = visitors.client("alice")
    run = paused(owner=visitors.alice)
    assert [client.post(door(run)).status_code for _ in range(2)] == [302, 302]
    assert again(run.pk).events.filter(type="run_resumed").count() == 1
    ready = make_ready(owner=visitors.alice)
    assert client.post(door(ready)).status_code == 302
    assert again(ready.pk).state == RunState.READY


def test_without_its_token_the_form_is_refused(visitors: Visitors) -> None:
    run = paused(owner=visitors.alice)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(visitors.alice)
    assert strict.post(door(run)).status_code == 403
    page = Page(strict.get(run.roadmap.get_absolute_url()).content.decode())
    (form,) = [form for tag, form in page.tags if tag == "form" and form.get("action") == door(run)]
    token = next(one["value"] for tag, one in page.tags if one.get("name") == "csrfmiddlewaretoken")
    assert form["method"] == "post"
    assert strict.post(door(run), {"csrfmiddlewaretoken": token}).status_code == 302


def test_who_has_as_many_under_way_as_may_be_is_told_when(
    visitors: Visitors, settings: Settings
) -> None:
    settings.OPEN_RUNS_PER_PERSON = 1
    open_order(owner=visitors.alice)
    run = paused(owner=visitors.alice)
    answer = visitors.client("alice").post(door(run))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "as soon as one of them is finished" in answer.content.decode()
    assert again(run.pk).state == RunState.PAUSED
    assert visitors.client("staff").post(door(run)).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_loses_nothing(visitors: Visitors) -> None:
    run = paused(owner=visitors.alice)
    with patch("generation.tasks.start_run.delay", side_effect=OperationalError("nobody there")):
        assert visitors.client("alice").post(door(run)).status_code == 302
    assert again(run.pk).state == RunState.QUEUED


STOPPED = {
    RunState.PAUSED: "The writing is paused",
    RunState.CANCELLED: "The writing was stopped",
    RunState.FAILED: "Not everything could be written",
}


@pytest.mark.parametrize("state", STOPPED)
@pytest.mark.parametrize(
    "reason",
    [
        SECRET_REASON,
        "The budget of this run is spent: 10 tokens are used, and RUN_MAX_TOKENS is 9. Raise it.",
        "the model server at 10.0.0.7:11434 failed 5 times in a row, at last with: TimeoutError",
        "[Errno 13] Permission denied: '/srv/cairn/x.py'",
    ],
)
def test_a_learner_is_told_why_without_variables_exceptions_or_numbers_of_tries(
    visitors: Visitors, state: RunState, reason: str
) -> None:
    scribe = open_order(owner=visitors.alice)
    scribe.plan()
    scribe.write(5)
    assert lifecycle.stop_run(scribe.run_id, state, reason)
    run, client = again(scribe.run_id), visitors.client("alice")
    page = client.get(run.roadmap.get_absolute_url()).content.decode()
    seen = page + client.get(run.get_absolute_url()).content.decode()
    assert STOPPED[state] in page
    for word in ("LLM_", "RUN_MAX", "Error", "Errno", "10.0.0.7", "in a row", "/srv"):
        assert word not in seen, word


def test_a_roadmap_that_is_partly_there_says_how_much_and_offers_to_try_again(
    visitors: Visitors,
) -> None:
    fail = {(key, ArtifactKind.QUIZ): ContentError("ValueError: no") for key in ("c01", "c03")}
    run = make_ready(QuickProvider(make_outline(4), fail=fail), owner=visitors.alice)
    page = visitors.client("alice").get(run.roadmap.get_absolute_url()).content.decode()
    assert "2 concepts are incomplete" in page
    assert "2 of 4 concepts ready" in page
    assert '<button form="resume">Try again</button>' in page
    assert "ValueError" not in visitors.client("alice").get(run.get_absolute_url()).content.decode()


def test_a_plan_that_could_not_be_made_may_be_tried_again(visitors: Visitors) -> None:
    scribe = open_order(owner=visitors.alice)
    scribe.start()
    assert lifecycle.stop_run(
        scribe.run_id, RunState.FAILED, "The outline cannot be used: KeyError"
    )
    run, client = again(scribe.run_id), visitors.client("alice")
    page = client.get(run.roadmap.get_absolute_url()).content.decode()
    assert "This could not be planned" in page
    assert "KeyError" not in page
    assert client.post(door(run)).status_code == 302
    assert "Waiting for its turn" in client.get(run.roadmap.get_absolute_url()).content.decode()
