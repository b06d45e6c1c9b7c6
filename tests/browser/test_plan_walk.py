"""From a goal to the words of a lesson: with scripts, without, and when Redis stops meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, expect

from generation.models import EventType, GenerationEvent, GenerationRun
from generation.run_states import RunState
from generation.runs.lifecycle import stop_run
from tests.databases import database_url
from tests.fleet.fleet import Fleet
from tests.generation.providers.gateway.model_server import CHUNK_CHARACTERS, ModelServer
from tests.generation.providers.gateway.received import Received
from tests.generation.providers.gateway.writings import data_in, purpose_of
from tests.waiting import until, wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.fleet,
    pytest.mark.wide,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]

CONCEPTS, NINTH = 24, "Bee lesson 9"
ORDER = ["Bee lesson 1", "Bees in spring", "Bee lesson 4", "Bee lesson 3", "Wax moths"]


@dataclass
class Model(ModelServer):
    """Says of a skeleton what stands before `ending`, plans nothing before it `may_plan`, and of a
    tutorial says as many `pieces`."""

    concepts: int = CONCEPTS
    ending: str = ""
    may_plan: bool = False
    pieces: int = 0
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.goes_on, self.rewrite = self._goes_on, self._note

    def begin_anew(self) -> None:
        self.ending, self.may_plan, self.pieces = "- Bee lesson 2", False, 0
        self.received.clear()
        self.said.clear()

    def let_go(self) -> None:
        self.ending, self.may_plan, self.pieces = "", True, 10_000

    def is_planning(self) -> bool:
        """Whether it was asked what a module's concepts teach; it has not answered then."""
        return any(purpose_of(one.schema, one.text) == "details" for one in self.received)

    async def _answer(self, request: Received, writer: asyncio.StreamWriter) -> bool:
        if purpose_of(request.schema, request.text) == "details":
            await until(lambda: self.may_plan)
        return await super()._answer(request, writer)

    def _note(self, request: Received, content: str) -> str:
        if request.purpose == "skeleton":
            self.said.append(content)
        is_tutorial = request.purpose == "tutorial"
        return f"=== tutorial ===\n{content}\n\n=== end ===\n" if is_tutorial else content

    def _goes_on(self, request: Received, number: int) -> bool:
        if request.purpose == "tutorial":
            return number < self.pieces
        if request.purpose != "skeleton" or not self.ending:
            return True
        return number * CHUNK_CHARACTERS < self.said[-1].index(self.ending)

    def asked(self) -> list[tuple[str, str]]:
        """What for, in that order, and about which concept (of details: the first)."""
        return [(one.purpose, _about(one)) for one in self.received if one.purpose != "skeleton"]


def _about(request: Received) -> str:
    told = data_in(request.text)
    concept = told["concepts"][0] if request.purpose == "details" else told["concept"]
    return str(concept["title"])


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    with Model() as model:
        yield model


@pytest.fixture(scope="module")
def fleet(
    browser: Browser,
    django_db_setup: None,
    tmp_path_factory: pytest.TempPathFactory,
    model: Model,
) -> Iterator[Fleet]:
    connection.close()
    told = {
        "FLEET_PROVIDER": "openai",
        "ROLE_CONTENT_GENERATION_PROCESSES": "1",
        "LLM_MAX_CONCURRENCY": "1",
        "LLM_TIMEOUT_SECONDS": "300",
        "LEASE_SECONDS": "600",
    }
    directory = tmp_path_factory.mktemp("fleet")
    with Fleet(directory, database_url(), **told, **model.environment()) as fleet:
        fleet.start("workflow", "content_generation", "web")
        yield fleet


@pytest.fixture
def walk(fleet: Fleet, model: Model, transactional_db: None) -> Iterator[Model]:
    """What a test leaves unwritten is cancelled, so that the worker is free for the next."""
    model.begin_anew()
    yield model
    for run in GenerationRun.objects.all():
        stop_run(run.pk, RunState.CANCELLED, "Enough.")
    model.let_go()
    wait_until(lambda: model.in_flight == 0)


def order(page: Page, fleet: Fleet) -> None:
    page.goto(f"{fleet.address}/")
    page.locator("[name=goal]").fill("Keeping bees in a garden")
    expect(page.locator("#id_plan_first")).to_be_checked()
    page.get_by_role("button", name="Make a roadmap").click()


def change(page: Page) -> None:
    """Rename, known, move, add, drop: each is a button of one form."""
    page.locator("[name=title-c2]").fill("Bees in spring")
    page.locator("[name=known][value=c1]").check()
    page.locator("[value='up:c4']").click()
    page.locator("[name=new-concept]").fill("Wax moths")
    page.locator("[value=add]").click()
    page.locator("[value='drop:c6']").click()
    expect(page.locator("[name=title-c6]")).to_have_count(0)
    titles = page.locator(".plan-stages [data-kind=concept] input[name^=title-]")
    assert [titles.nth(place).input_value() for place in range(len(ORDER))] == ORDER
    assert titles.nth(8).input_value() == NINTH
    expect(page.locator("[name=known][value=c1]")).to_be_checked()


def open_ninth(page: Page, model: Model) -> None:
    """While the first module is asked for, and none is planned."""
    page.locator("[value=write]").first.click()
    wait_until(model.is_planning)
    page.get_by_role("link", name=NINTH).first.click()
    expect(page.locator("h1")).to_have_text(NINTH)


def assert_written_next(model: Model) -> None:
    """After what was under way already: by what the model was asked, and by the run's history."""
    run = GenerationRun.objects.get()
    ready = GenerationEvent.objects.filter(run=run, type=EventType.ARTIFACT_READY).order_by("seq")
    first = ready.values_list("concept__title", "kind")[:3]
    assert list(first) == [(NINTH, kind) for kind in ("tutorial", "resources", "quiz")]
    details = [title for purpose, title in model.asked() if purpose == "details"]
    assert details[:2] == ["Bee lesson 1", NINTH]
    assert run.roadmap.concepts.get(title="Bee lesson 1").artifacts.count() == 0


def assert_quiz(page: Page) -> None:
    expect(page.locator("[data-part=quiz] form")).to_be_visible(timeout=60_000)


def test_a_goal_becomes_a_plan_that_is_changed_and_what_is_opened_is_written_next(
    page: Page, fleet: Fleet, walk: Model
) -> None:
    order(page, fleet)
    drawn = page.locator("[data-drawn] li > span")
    expect(drawn.first).to_have_text("Season 1", timeout=60_000)
    assert walk.said[0].index(walk.ending) < len(walk.said[0])
    assert drawn.count() < CONCEPTS / 2
    walk.ending = ""
    page.get_by_role("link", name="Look at the plan").click(timeout=60_000)
    change(page)
    open_ninth(page, walk)
    text = page.locator("[data-part=tutorial] [data-text]")
    where = page.locator("[data-part=tutorial] [data-where]")
    expect(where).to_contain_text("What this teaches is planned next.")
    walk.may_plan = True
    expect(page.locator(".objectives")).to_be_visible(timeout=60_000)
    walk.pieces = 12
    expect(text).to_contain_text("In part 1 of", timeout=60_000)
    length = len(text.inner_text())
    walk.pieces = 30
    wait_until(lambda: len(text.inner_text()) > length + 400)
    walk.pieces = 10_000
    expect(page.locator("[data-part=tutorial] .origin")).to_contain_text("Written by bee-1")
    assert_quiz(page)
    assert_written_next(walk)


def reload_until(page: Page, condition: Callable[[], bool]) -> None:
    def holds() -> bool:
        page.reload()
        return condition()

    wait_until(holds, every=0.3)


def says(page: Page, words: str) -> bool:
    return words in page.locator("main").inner_text()


def test_without_scripts_the_same_is_right_at_every_load(
    browser: Browser, fleet: Fleet, walk: Model
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    order(page, fleet)
    reload_until(page, lambda: says(page, "The plan is being made."))
    walk.ending = ""
    reload_until(page, lambda: says(page, "Look at the plan"))
    page.get_by_role("link", name="Look at the plan").click()
    change(page)
    open_ninth(page, walk)
    assert says(page, "What this teaches is planned next.")
    walk.may_plan, walk.pieces = True, 12
    reload_until(page, lambda: says(page, "This is being written now."))
    assert says(page, "Afterwards you can")
    walk.pieces = 10_000
    reload_until(page, lambda: says(page, "In part 1 of"))
    reload_until(page, lambda: page.locator("[data-part=quiz] form").count() > 0)
    assert_written_next(walk)
    context.close()


def test_when_redis_stops_on_the_way_the_page_shows_what_is_stored(
    page: Page, fleet: Fleet, walk: Model
) -> None:
    """The last of the three: the fleet has no broker afterwards."""
    walk.ending = ""
    order(page, fleet)
    page.get_by_role("link", name="Look at the plan").click(timeout=60_000)
    change(page)
    open_ninth(page, walk)
    walk.may_plan, walk.pieces = True, 12
    text = page.locator("[data-part=tutorial] [data-text]")
    expect(text).to_contain_text("In part 1 of", timeout=60_000)
    fleet.lose_redis()
    walk.pieces = 10_000
    origin = page.locator("[data-part=tutorial] .origin")
    expect(origin).to_contain_text("Written by bee-1", timeout=90_000)
    expect(text).to_contain_text("is a share")
    assert_quiz(page)
    assert_written_next(walk)
