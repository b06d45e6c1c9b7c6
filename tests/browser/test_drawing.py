"""A plan that draws itself: made by a model's server and a worker, seen on two open pages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from config.embedded.redis import Redis
from generation.models import GenerationRun
from generation.runs.plans import find_plan
from tests.browser.conftest import ROOT, web_process
from tests.databases import database_url
from tests.generation.cast import make_outline
from tests.generation.providers.gateway.model_server import CHUNK_CHARACTERS, ModelServer
from tests.generation.providers.gateway.received import Received
from tests.learning.library import QuickProvider, open_order
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.wide,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]

HOSTILE = 'Bees </span><img src=x onerror="window.taken = true"> at work'


@dataclass
class Model(ModelServer):
    """Says of a skeleton what stands before `until`, one of whose concepts is no harmless title."""

    until: str = "## "
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.concepts = 8
        self.goes_on = self._may_say
        self.rewrite = self._with_hostile

    def _with_hostile(self, request: Received, content: str) -> str:
        if request.purpose != "skeleton":
            return content
        lines = content.splitlines()
        place = next(place for place, line in enumerate(lines) if line.startswith("- "))
        lines[place] = f"- {HOSTILE}"
        self.said.append("\n".join(lines))
        return self.said[-1]

    def _may_say(self, request: Received, number: int) -> bool:
        if request.purpose != "skeleton" or not self.until:
            return True
        return number * CHUNK_CHARACTERS < self.said[-1].index(self.until)


@pytest.fixture
def redis(browser: Browser, tmp_path: Path) -> Iterator[Redis]:
    redis = Redis(tmp_path / "redis")
    redis.join()
    yield redis
    redis.leave()


@pytest.fixture
def run(transactional_db: None) -> GenerationRun:
    scribe = open_order(QuickProvider(make_outline(8)))
    run = GenerationRun.objects.get(pk=scribe.run_id)
    run.provider, run.options = "openai", run.options | {"plan_first": True}
    run.save()
    return run


@pytest.fixture
def model() -> Iterator[Model]:
    with Model() as model:
        yield model


@pytest.fixture
def address(redis: Redis, tmp_path: Path) -> Iterator[str]:
    with web_process(tmp_path / "web.log", redis.url) as address:
        yield address


@pytest.fixture
def begin(
    run: GenerationRun, model: Model, redis: Redis, tmp_path: Path
) -> Iterator[Callable[[], None]]:
    """Has a worker begin with the run."""
    workers: list[subprocess.Popen[bytes]] = []
    environment = {
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis.url,
        "PROCESS_ROLE": "content_generation",
        "CONTENT_PROVIDER": "openai",
        "LLM_TIMEOUT_SECONDS": "300",
        "LEASE_SECONDS": "900",
    }

    def start() -> None:
        with (tmp_path / "worker.log").open("wb") as out:
            worker = subprocess.Popen(
                [sys.executable, "-m", "tests.browser.writing_process", str(run.pk)],
                cwd=ROOT, stdout=out, stderr=out,
                env=os.environ | model.environment() | environment,
            )  # fmt: skip
        workers.append(worker)

    yield start
    for worker in workers:
        worker.kill()
        worker.wait(timeout=100)


def titles(page: Page) -> Locator:
    return page.locator("[data-drawn] li > span")


def assert_begun(page: Page) -> None:
    """One stage with its module, and in that a concept whose title is no more than a text."""
    expect(titles(page).nth(2)).to_have_text(HOSTILE, timeout=60_000)
    expect(titles(page).nth(0)).to_have_text("Season 1")
    assert titles(page).count() < 12
    expect(page.locator("[data-counted]")).to_have_text("Stages so far: 1")
    assert page.locator("[data-drawing] img").count() == 0
    assert page.evaluate("window.taken") is None
    depth = "(span) => span.closest('[data-drawn] ul ul') ? 2 : span.closest('ul') ? 1 : 0"
    assert [titles(page).nth(place).evaluate(depth) for place in range(3)] == [0, 1, 2]


def test_stages_modules_and_concepts_are_seen_before_the_plan_ends(
    page: Page, address: str, run: GenerationRun, model: Model, begin: Callable[[], None]
) -> None:
    """On the page of the run and on that of its roadmap; then rows take their place."""
    roadmap = page.context.new_page()
    page.goto(address + run.get_absolute_url())
    roadmap.goto(address + run.roadmap.get_absolute_url())
    expect(page.locator("[data-progress]")).to_have_text("The plan is being made.")
    expect(page.locator("[data-drawing]")).to_be_hidden()
    begin()
    wait_until(lambda: bool(model.said))
    model.until = model.said[0].split("\n- ")[2]
    assert_begun(page)
    assert_begun(roadmap)
    kept = titles(page).nth(0).element_handle()
    model.until = "summary:"
    expect(page.locator("[data-counted]")).to_have_text("Stages so far: 2")
    expect(titles(roadmap)).to_have_count(12)
    assert kept.evaluate("(one) => one.isConnected")
    model.until = ""
    expect(page.get_by_role("link", name="Look at the plan")).to_be_visible()
    expect(page.locator("[data-drawing]")).to_be_hidden()
    expect(roadmap.get_by_text("The plan waits for a word")).to_be_visible()
    expect(roadmap.locator("[data-drawing]")).to_have_count(0)
    plan = find_plan(run.pk)
    assert plan is not None
    assert plan.skeleton.concepts()[0].title == HOSTILE
