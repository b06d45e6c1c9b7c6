"""The lesson somebody is about to open is asked for ahead of time, and nothing more than that.

The page's clock stands, and a test moves it: what is on its way after 99 ms is not there by luck.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from playwright.sync_api import Locator, Page, Request

from generation.models import GenerationRun
from tests.generation.cast import make_outline
from tests.learning.library import QuickProvider, concept_page, make_ready, open_order

pytestmark = [pytest.mark.browser, pytest.mark.wide, pytest.mark.django_db(transaction=True)]

HOVER = 100  # milliseconds
LATER = 5_000
PREVIOUS, NEXT = ".steps [rel=prev]", ".steps [rel=next]"
REQUIRED = "[aria-labelledby=requires] .neighbours a"
SAVES_DATA = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"


class Reader:
    """Somebody with one lesson open; `asked` is what went out ahead."""

    def __init__(self, page: Page, server: str) -> None:
        self.page, self.server = page, server
        self.asked: list[str] = []
        page.on("request", self._note)
        page.clock.install(time=datetime(2026, 1, 1, tzinfo=UTC))

    def _note(self, request: Request) -> None:
        said = request.headers
        if "x-prefetch" in said or "prefetch" in said.get("sec-purpose", ""):
            self.asked.append(request.url.removeprefix(self.server))

    def open(self, address: str) -> None:
        self.page.goto(self.server + address)
        self.page.clock.pause_at(datetime(2026, 1, 2, tzinfo=UTC))

    def find(self, link: str) -> Locator:
        """To a place on the screen first: to scroll moves what is under the pointer, too."""
        found = self.page.locator(link).first
        found.scroll_into_view_if_needed()
        return found

    def hover(self, link: str) -> str:
        """Its address."""
        self.find(link).hover()
        return self.page.locator(link).first.get_attribute("href") or ""

    def focus(self, link: str) -> str:
        self.find(link).focus()
        return self.page.locator(link).first.get_attribute("href") or ""

    def turn_away(self) -> None:
        self.page.mouse.move(0, 0)
        self.page.evaluate("document.activeElement.blur()")

    def pass_time(self, milliseconds: int) -> list[str]:
        """All that was asked for until then: what a page sends is told in its order."""
        self.page.clock.run_for(milliseconds)
        with self.page.expect_request("**/health/live"):
            self.page.evaluate("fetch('/health/live')")
        return self.asked


@pytest.fixture
def reader(page: Page, server: str) -> Reader:
    return Reader(page, server)


@pytest.fixture
def run(transactional_db: None) -> GenerationRun:
    return make_ready(QuickProvider(make_outline(4)))


@pytest.mark.parametrize("way", [Reader.hover, Reader.focus])
@pytest.mark.parametrize("link", [PREVIOUS, NEXT, REQUIRED])
def test_a_lesson_is_asked_for_after_a_tenth_of_a_second_of_hover_or_focus(
    reader: Reader, run: GenerationRun, way: Any, link: str
) -> None:
    reader.open(concept_page(run))
    address = way(reader, link)
    assert reader.pass_time(HOVER - 1) == []
    assert reader.pass_time(1) == [address]
    assert reader.pass_time(LATER) == [address]


@pytest.mark.parametrize("way", [Reader.hover, Reader.focus])
def test_who_only_passes_asks_for_nothing(reader: Reader, run: GenerationRun, way: Any) -> None:
    reader.open(concept_page(run))
    for link in (PREVIOUS, NEXT, REQUIRED) * 2:
        way(reader, link)
        reader.page.clock.run_for(HOVER - 1)
        reader.turn_away()
        reader.page.clock.run_for(HOVER - 1)
    assert reader.pass_time(LATER) == []


def test_links_that_lead_to_no_lesson_ask_for_nothing(reader: Reader, run: GenerationRun) -> None:
    reader.open(concept_page(run))
    for link in (".crumbs a", "[data-contents] a", "main .through button"):
        reader.hover(link)
        reader.focus(link)
        assert reader.pass_time(LATER) == []


def test_a_page_asks_for_two_lessons_at_most_and_for_each_once(
    reader: Reader, transactional_db: None
) -> None:
    requires = {"c03": ["c02"], "c04": ["c03"], "c06": ["c03"]}
    run = make_ready(QuickProvider(make_outline(6, requires=requires)))
    reader.open(concept_page(run, "c03"))
    beside = [f".neighbours a[href={concept_page(run, key)!r}]" for key in ("c02", "c04", "c06")]
    for link in (beside[2], beside[2], PREVIOUS, beside[0], NEXT, beside[1]):
        reader.hover(link)
        reader.page.clock.run_for(HOVER)
        reader.turn_away()
    assert reader.pass_time(LATER) == [concept_page(run, "c06"), concept_page(run, "c02")]


def test_nothing_is_asked_for_ahead_where_data_is_saved(reader: Reader, run: GenerationRun) -> None:
    reader.page.add_init_script(SAVES_DATA)
    reader.open(concept_page(run))
    for way in (reader.hover, reader.focus):
        for link in (PREVIOUS, NEXT, REQUIRED):
            way(link)
            assert reader.pass_time(LATER) == []


def every_row() -> dict[str, list[Any]]:
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
    }


@pytest.mark.parametrize("written", [0, 1_000])
def test_what_was_asked_for_ahead_opens_nothing_and_raises_nothing(
    reader: Reader, transactional_db: None, written: int
) -> None:
    """Neither where lessons wait to be written nor where they are."""
    scribe = open_order(QuickProvider(make_outline(4)))
    scribe.plan()
    scribe.write(written)
    run = GenerationRun.objects.select_related("roadmap").get(pk=scribe.run_id)
    reader.open(concept_page(run))
    before = every_row()
    for link in (PREVIOUS, NEXT):
        address = reader.hover(link)
        with reader.page.expect_event(
            "requestfinished", lambda request, address=address: request.url.endswith(address)
        ) as finished:
            reader.page.clock.run_for(HOVER)
        answer = finished.value.response()
        assert answer is not None
        assert answer.status == 200
    # A lesson that is being written looks after itself the same way.
    assert len([asked for asked in reader.asked if asked != concept_page(run)]) == 2
    assert every_row() == before


def test_a_lesson_that_was_asked_for_ahead_is_not_sent_again(
    reader: Reader, run: GenerationRun
) -> None:
    """The browser only asks whether it is still the same."""
    reader.open(concept_page(run))
    address = reader.hover(NEXT)
    with reader.page.expect_response(lambda answer: answer.url.endswith(address)) as ahead:
        reader.page.clock.run_for(HOVER)
    ahead.value.finished()
    with reader.page.expect_response(lambda answer: answer.url.endswith(address)) as opened:
        reader.page.locator(NEXT).click()
    asks = opened.value.request.all_headers()
    assert asks["if-none-match"] == ahead.value.all_headers()["etag"]
    assert opened.value.request.sizes()["responseBodySize"] == 0
