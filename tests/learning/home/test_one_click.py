"""What the first page offers is one click away: no way leads only to a field that is filled in."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from generation.models import GenerationRun
from generation.providers.catalogue import load_catalogue
from generation.run_states import RunState
from learning.models import QuizAttempt
from roadmaps.models import Roadmap, Visibility
from roadmaps.services import goal_key
from tests.learning.library import Page, make_ready
from tests.learning.quiz.cast import Form, make_knots

pytestmark = pytest.mark.django_db

BUILT_IN = load_catalogue()[0]
TITLE = BUILT_IN.outline.title
NEAR = TITLE.rsplit(" ", 1)[0]


def write_built_in(goal: str = TITLE) -> Roadmap:
    """As operators have it written; other roadmaps are newer."""
    run = make_ready()
    fields = {"goal": goal, "goal_key": goal_key(goal), "title": TITLE, "language": "en"}
    Roadmap.objects.filter(pk=run.roadmap_id).update(**fields)
    return Roadmap.objects.get(pk=run.roadmap_id)


def page_of(answer: Any) -> str:
    return str(answer.content.decode())


def offers_of(page: str) -> list[str]:
    """What is posted by the buttons of the page."""
    return [
        attributes["value"]
        for tag, attributes in Page(page).tags
        if tag == "button" and attributes.get("form") == "offer"
    ]


def click(client: Client, page: str, goal: str) -> Any:
    """What a browser posts: all that is in the form, and the button."""
    form = page.split('id="offer"')[1].split("</form>", maxsplit=1)[0]
    fields = {tag["name"]: tag["value"] for name, tag in Page(form).tags if name == "input"}
    assert goal in offers_of(page)
    return client.post("/", fields | {"goal": goal})


def test_a_goal_that_is_close_to_what_is_built_in_is_one_click_from_having_it_written(
    client: Client,
) -> None:
    # With a wish that it does not have: what is suggested must not be refused for it.
    wishes = {"goal": NEAR, "level": "advanced", "hours_per_week": "7"}
    page = page_of(client.post("/", wishes))
    assert click(client, page, TITLE).status_code == 302
    run = GenerationRun.objects.select_related("roadmap").get()
    assert (run.roadmap.goal, run.roadmap.hours_per_week) == (TITLE, 7)


def test_a_second_click_is_the_same_order(client: Client) -> None:
    page = page_of(client.get("/"))
    addresses = {click(client, page, TITLE).headers["Location"] for _ in range(3)}
    assert len(addresses) == GenerationRun.objects.count() == 1


def test_what_is_written_already_is_one_click_away_wherever_it_stands_in_the_list(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("learning.home.views.ROADMAPS_ON_A_PAGE", 2)
    written = write_built_in(BUILT_IN.goals[-1])
    for _ in range(3):
        make_ready()
    for answer in (client.get("/"), client.post("/", {"goal": NEAR}), client.get("/?q=bowline")):
        page = page_of(answer)
        assert written.get_absolute_url() in Page(page).links()
        assert TITLE not in offers_of(page)


@pytest.mark.parametrize(
    "change", [{"visibility": Visibility.PRIVATE}, {"is_readable": False}, {"title": "Knots"}]
)
def test_nobody_is_led_to_what_is_not_for_all_to_read(
    client: Client, change: dict[str, object]
) -> None:
    written = write_built_in()
    Roadmap.objects.update(**change)
    page = page_of(client.get("/?q=nothing+of+that"))
    assert written.get_absolute_url() not in Page(page).links()
    assert TITLE in offers_of(page)


def test_a_search_finds_what_is_built_in_and_leads_there(client: Client) -> None:
    search = f"/?q={NEAR.replace(' ', '+').lower()}"
    found = page_of(client.get(search)).split('id="public"')[1]
    assert "Nothing found" not in found
    assert click(client, page_of(client.get(search)), TITLE).status_code == 302
    assert TITLE in offers_of(found)
    written = write_built_in()
    once = page_of(client.get(search)).split('id="public"')[1]
    assert TITLE not in offers_of(once)
    assert Page(once).links().count(written.get_absolute_url()) == 2  # the picture and the title


def test_a_search_that_finds_nothing_leads_to_having_it_written_where_that_can_be(
    client: Client, settings: Settings
) -> None:
    assert "/?goal=bowline" not in Page(page_of(client.get("/?q=bowline"))).links()
    settings.CONTENT_PROVIDER, settings.LLM_MODEL = "openai", "rope-1"
    assert "/?goal=bowline" in Page(page_of(client.get("/?q=bowline"))).links()


def test_asking_for_what_is_ready_leads_to_reading_it(client: Client) -> None:
    click(client, page_of(client.get("/")), TITLE)
    Roadmap.objects.update(visibility=Visibility.PUBLIC)
    GenerationRun.objects.update(state=RunState.READY)
    answer = Client().post("/", {"goal": TITLE})
    assert answer.headers["Location"] == Roadmap.objects.get().get_absolute_url()


def test_looking_for_what_is_built_in_costs_nothing_where_all_there_is_is_shown(
    client: Client,
) -> None:
    with CaptureQueriesContext(connection) as whole:
        client.get("/")
    with CaptureQueriesContext(connection) as search:
        client.get("/?q=x")
    assert len(search) - len(whole) == 1


class TestQuizHalfway:
    def begin(self, client: Client) -> str:
        concept = make_knots()
        address = f"{concept.roadmap.get_absolute_url()}-/quiz/{concept.slug}/"
        form = Form(page_of(client.get(address)))
        answers = form.choose("yes: friction")
        assert client.post(address, answers).status_code == 302
        assert QuizAttempt.objects.get().finished_at is None
        return address

    def test_a_quiz_that_is_begun_is_the_first_thing_on_the_first_page(
        self, client: Client
    ) -> None:
        address = self.begin(client)
        top = page_of(client.get("/")).split("data-next")[1].split("</p>")[0]
        assert address in Page(f"<p {top}").links()
        assert "Continue the quiz:" in top
        assert "data-next" not in page_of(Client().get("/"))

    def test_after_a_quiz_that_is_ended_the_next_concept_is(self, client: Client) -> None:
        address = self.begin(client)
        QuizAttempt.objects.update(finished_at="2026-01-01T00:00Z")
        top = page_of(client.get("/")).split("data-next")[1].split("</p>")[0]
        assert "Continue:" in top
        assert address not in Page(f"<p {top}").links()
