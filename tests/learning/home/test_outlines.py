"""An outline that somebody brings along leads to its plan, or is told what is wrong with it."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from pytest_django import Settings

from concepts.models import Concept
from generation.models import GenerationRun
from generation.run_states import RunState
from learning.home import outlines
from roadmaps.models import Roadmap
from tests.learning.planning.planning import skeleton_of

pytestmark = pytest.mark.django_db

OUTLINE = """\
## Ropes
### Loops
- Bight
- [x] Round turn
### Hitches
- Clove hitch
## Rescue
### Lifting
- Bowline
"""


@pytest.fixture(autouse=True)
def stepwise(settings: Settings) -> None:
    """A model writes here, as far as the form can tell."""
    path = "tests.generation.stepwise.make_stepwise_provider"
    settings.CONTENT_PROVIDERS = settings.CONTENT_PROVIDERS | {"stepwise": path}
    settings.CONTENT_PROVIDER = "stepwise"
    settings.LLM_BASE_URL = "http://127.0.0.1:9/v1"


def send(client: Client, outline: str, **fields: str) -> tuple[int, str]:
    answer = client.post("/", {"goal": "Tying knots", "outline": outline, **fields})
    return answer.status_code, html.unescape(answer.content.decode())


def test_an_outline_leads_to_the_page_of_its_plan(client: Client) -> None:
    answer = client.post("/", {"goal": "Tying knots", "outline": OUTLINE})
    run = GenerationRun.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/runs/{run.pk}/plan/")
    assert (run.state, Concept.objects.exists()) == (RunState.PLANNED, False)
    plan = skeleton_of(run)
    assert plan.title == "Tying knots"
    told = [(one.title, one.known) for one in plan.concepts()]
    assert told == [("Bight", False), ("Round turn", True), ("Clove hitch", False),
                    ("Bowline", False)]  # fmt: skip
    assert 'value="Clove hitch"' in client.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize(
    "text",
    [
        OUTLINE.replace("\n", "\r\n"),
        (
            "1. Ropes\n   1.1 Loops\n      - Bight\n      - [x] Round turn\n   1.2 Hitches\n"
            "      - Clove hitch\n2. Rescue\n   2.1 Lifting\n      - Bowline\n"
        ),
        "```\n" + OUTLINE + "```\n",
        (
            "Stage,Module,Concept\nRopes,Loops,Bight\n,,[x] Round turn\n,Hitches,Clove hitch\n"
            "Rescue,Lifting,Bowline\n"
        ),
    ],
)
def test_it_may_be_written_in_other_ways(client: Client, text: str) -> None:
    status, _ = send(client, text)
    assert status == 302
    plan = skeleton_of(GenerationRun.objects.get())
    assert [one.title for one in plan.concepts()] == [
        "Bight", "Round turn", "Clove hitch", "Bowline",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("outline", "said"),
    [
        (OUTLINE + "- Bight\n", "Line 10: Another concept has this title already."),
        (OUTLINE + "## Empty\n", "Line 10: Nothing is in it"),
        (OUTLINE + f"- {'x' * 301}\n", "Line 10: A title has no more than 300 characters."),
        (OUTLINE + "- \x07\n", "Line 10: This is no title"),
        ("Topic;Hours\nBight;2\n", "Line 1: Name the columns of the table in its first row"),
        ("Only words.\nAnd more of them.\n", "There are no stages: write “## Stage”"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(client: Client, outline: str, said: str) -> None:
    status, page = send(client, outline)
    assert status == 422
    assert said in page
    assert not Roadmap.objects.exists()
    # It comes back as it was typed, and the fold it stands in is open.
    kept = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert kept is not None
    assert kept[1].strip() == outline.strip()
    assert re.search(r"<details[^>]*open>\s*<summary>You have an outline already", page)


def test_no_more_faults_are_told_than_somebody_reads(client: Client) -> None:
    status, page = send(client, OUTLINE + "- Bight\n" * 200)
    assert status == 422
    assert page.count("Another concept has this title already.") == outlines.MOST_TOLD


@pytest.mark.parametrize("outline", ["", " \n\t\n"])
def test_an_empty_outline_is_none(client: Client, outline: str) -> None:
    status, _ = send(client, outline)
    assert (status, GenerationRun.objects.get().state) == (302, RunState.QUEUED)


def test_the_plan_first_is_ticked_where_a_model_writes(client: Client) -> None:
    page = client.get("/").content.decode()
    assert re.search(r'<input[^>]*name="plan_first"[^>]*checked', page)
    send(client, "", plan_first="on")
    assert GenerationRun.objects.get().options["plan_first"] is True


def test_where_nobody_writes_to_order_there_is_no_outline(
    client: Client, settings: Settings
) -> None:
    settings.CONTENT_PROVIDER = "catalogue"
    settings.LLM_BASE_URL = ""
    page = client.get("/").content.decode()
    assert 'name="outline"' not in page
    assert 'name="plan_first"' not in page
    goal = {"goal": "Python web development", "outline": OUTLINE, "plan_first": "on"}
    client.post("/", goal)
    run = GenerationRun.objects.get()
    assert (run.state, run.skeleton) == (RunState.QUEUED, None)
