"""A tutorial that is open while it is being written: by a model's server, a worker and a socket."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from config.embedded.redis import Redis
from generation.models import GenerationRun
from tests.browser.conftest import ROOT, web_process
from tests.databases import database_url
from tests.generation.cast import make_outline
from tests.generation.providers.gateway.model_server import ModelServer
from tests.generation.providers.gateway.received import Received
from tests.learning.library import QuickProvider, concept_page, open_order
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]

SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) window.shifted += value;
  }).observe({ type: "layout-shift" });
}"""
# All but those who look at the server itself, every second: a web process's sampler, and we.
AT_WORK = """
    SELECT pid, query_start FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend'
       AND query NOT LIKE '%pg_stat_activity%' ORDER BY pid
"""


@dataclass
class Model(ModelServer):
    """Says as many pieces of a tutorial as the test lets it."""

    pieces: int = 0
    said: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.goes_on = self._may_say
        self.rewrite = _between_marks

    def _may_say(self, request: Received, number: int) -> bool:
        return request.purpose != "tutorial" or number < self.pieces


def _between_marks(request: Received, content: str) -> str:
    if request.purpose != "tutorial":
        return content
    return f"=== tutorial ===\n{content}\n\n=== end ===\n"


@dataclass
class Site:
    """A page of a concept nobody has written yet, and what writes it."""

    page: Page
    address: str
    redis: Redis
    model: Model
    run: GenerationRun
    frames: list[dict[str, object]] = field(default_factory=list)

    @property
    def text(self) -> Locator:
        return self.page.locator("[data-part=tutorial] [data-text]")

    def open(self) -> None:
        self.page.on("websocket", self._listen)
        self.page.goto(self.address + concept_page(self.run, "c03"))

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.frames.append(json.loads(frame)))

    def words(self) -> list[dict[str, object]]:
        return [frame for frame in self.frames if "words" in frame]

    def say(self, pieces: int) -> None:
        self.model.pieces = pieces

    def length(self) -> int:
        return len(self.text.inner_text())

    def is_longer_than(self, characters: int) -> bool:
        return self.length() > characters


@pytest.fixture
def site(page: Page, browser: Browser, transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    redis = Redis(tmp_path / "redis")
    redis.join()
    scribe = open_order(QuickProvider(make_outline(4)))
    scribe.plan()
    GenerationRun.objects.update(provider="openai")
    run = GenerationRun.objects.get(pk=scribe.run_id)
    try:
        with Model() as model, web_process(tmp_path / "web.log", redis.url) as address:
            yield Site(page, address, redis, model, run)
    finally:
        redis.leave()


@pytest.fixture
def writer(site: Site, tmp_path: Path) -> Iterator[None]:
    """Starts once the page is open: so what is opened is what it writes first."""
    site.open()
    expect(site.page.get_by_text("This is written next.").first).to_be_visible()
    environment = (
        os.environ
        | site.model.environment()
        | {
            "DATABASE_URL": database_url(),
            "REDIS_URL": site.redis.url,
            "PROCESS_ROLE": "content_generation",
            "CONTENT_PROVIDER": "openai",
            "LLM_MAX_CONCURRENCY": "1",
            "LLM_TIMEOUT_SECONDS": "300",
            "LEASE_SECONDS": "900",
            "BATCH_MAX_SECONDS": "0.2",
        }
    )
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.writing_process", str(site.run.pk)],
            cwd=ROOT, stdout=log, stderr=log, env=environment,
        )  # fmt: skip
    yield
    process.kill()
    process.wait(timeout=100)


def test_the_text_grows_and_the_stored_one_takes_its_place_without_a_jump(
    site: Site, writer: None, observer: psycopg.Connection
) -> None:
    """And while it grows no process of ours asks the database anything."""
    page = site.page
    site.say(12)
    expect(site.text).to_contain_text("In part 1 of", timeout=60_000)
    expect(page.locator("[data-part=tutorial]")).to_have_attribute("aria-busy", "true")
    page.evaluate(SHIFTS)
    asked, length = observer.execute(AT_WORK).fetchall(), site.length()
    for pieces in (20, 30, 40):
        site.say(pieces)
        wait_until(partial(site.is_longer_than, length + 400))
        length = site.length()
    assert observer.execute(AT_WORK).fetchall() == asked
    page.locator("[data-text] h2").nth(1).scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 300)")
    place = page.evaluate("scrollY")
    heading = page.locator("[data-text] h2").nth(2)
    top = heading.evaluate("(one) => one.getBoundingClientRect().top")
    site.say(10_000)
    expect(page.locator("[data-part=tutorial] .origin")).to_contain_text("Written by bee-1")
    assert abs(page.evaluate("scrollY") - place) <= 2
    assert abs(heading.evaluate("(one) => one.getBoundingClientRect().top") - top) <= 2
    assert page.evaluate("window.shifted") < 0.05
    assert page.locator("[data-contents] a").count() > 5
    shown = site.text.inner_html()
    expect(page.locator("[data-part=quiz] form")).to_be_visible(timeout=60_000)
    page.reload()
    assert strip(site.text.inner_html()) == strip(shown)


def strip(html: str) -> str:
    return "".join(html.split())


@pytest.mark.wide
def test_without_redis_the_page_falls_back_to_what_is_stored(site: Site, writer: None) -> None:
    site.say(30)
    expect(site.text).to_contain_text("In part 1 of", timeout=60_000)
    site.redis.leave()
    heard = len(site.words())
    site.say(10_000)
    origin = site.page.locator("[data-part=tutorial] .origin")
    expect(origin).to_contain_text("Written by bee-1", timeout=90_000)
    expect(site.text).to_contain_text("is a share")
    assert len(site.words()) - heard <= 1


@pytest.mark.wide
def test_a_page_that_comes_later_is_told_all_of_it(site: Site, writer: None) -> None:
    site.say(40)
    expect(site.text).to_contain_text("In part 2 of", timeout=60_000)
    site.page.reload()

    def is_told() -> bool:
        site.say(site.model.pieces + 1)
        return "In part 2 of" in site.text.inner_text()

    wait_until(is_told, every=0.5)
    expect(site.text).to_contain_text("In part 1 of")
    where = site.page.locator("[data-part=tutorial] [data-where]")
    assert "This is being written now." in where.inner_text()  # by its words, not when stored


def test_without_scripts_the_page_is_right_at_every_load(
    site: Site, writer: None, browser: Browser
) -> None:
    site.say(10)
    expect(site.text).to_contain_text("In part 1 of", timeout=60_000)
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(site.address + concept_page(site.run, "c03"))
    expect(plain.get_by_text("This is being written now.").first).to_be_visible()
    site.say(10_000)
    origin = site.page.locator("[data-part=tutorial] .origin")
    expect(origin).to_contain_text("Written by bee-1", timeout=90_000)
    plain.reload()
    expect(plain.get_by_text("In part 1 of").first).to_be_visible()
    context.close()
