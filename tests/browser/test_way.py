"""The page of a roadmap in a browser: it fills in, it is reached by keyboard, it fits."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from concepts.models import Concept
from generation.models import GenerationRun
from roadmaps.models import Module, Roadmap, Stage
from tests.generation.cast import make_outline
from tests.generation.scribe import Scribe
from tests.learning.library import QuickProvider, make_ready, open_order

# Whatever a page wants to be told of.
SOCKETS = re.compile(r"/ws/runs/")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scribe(transactional_db: None) -> Scribe:
    return open_order(QuickProvider(make_outline(12)))


def address_of(scribe: Scribe) -> str:
    run = GenerationRun.objects.select_related("roadmap").get(pk=scribe.run_id)
    return run.roadmap.get_absolute_url()


def test_a_roadmap_fills_in_while_it_is_written(page: Page, server: str, scribe: Scribe) -> None:
    sockets: list[WebSocketRoute] = []
    page.route_web_socket(SOCKETS, lambda socket: sockets.append(socket))  # noqa: PLW0108 - it marks its handlers
    scribe.plan()
    page.clock.install()
    page.goto(server + address_of(scribe))
    line = page.locator("[data-ready]")
    expect(line).to_have_text("0 of 12 concepts ready")
    assert line.get_attribute("aria-live") == "polite"
    page.evaluate("window.neverReloaded = true")
    page.locator(".more summary").nth(2).click()
    seq = scribe.write(9)
    sockets[0].send(f'{{"seq": {seq}}}')
    page.clock.fast_forward(3_000)
    expect(line).to_have_text("3 of 12 concepts ready", timeout=20_000)
    expect(page.locator('.picture use[href="#p-ready"]')).to_have_count(3)
    assert page.locator(".more").nth(2).evaluate("one => one.open")
    scribe.write()
    scribe.close()
    sockets[0].send('{"seq": 1000}')
    page.clock.fast_forward(3_000)
    expect(page.locator('.picture use[href="#p-ready"]')).to_have_count(12, timeout=20_000)
    expect(page.locator(".writing")).to_have_count(0)
    assert page.evaluate("window.neverReloaded")


def test_a_plan_appears_as_soon_as_it_is_made(page: Page, server: str, scribe: Scribe) -> None:
    sockets: list[WebSocketRoute] = []
    page.route_web_socket(SOCKETS, lambda socket: sockets.append(socket))  # noqa: PLW0108 - it marks its handlers
    page.clock.install()
    page.goto(server + address_of(scribe))
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    scribe.plan()
    sockets[0].send('{"seq": 5}')
    page.clock.fast_forward(3_000)
    expect(page.locator(".picture use")).to_have_count(12, timeout=20_000)


def test_without_javascript_all_of_it_is_there(
    browser: Browser, server: str, scribe: Scribe
) -> None:
    scribe.plan()
    scribe.write(9)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server + address_of(scribe))
    expect(page.locator("[data-ready]")).to_have_text("3 of 12 concepts ready")
    expect(page.locator(".picture use")).to_have_count(12)
    page.locator(".more summary").nth(3).click()
    expect(page.get_by_text("You should know:").nth(2)).to_be_visible()
    context.close()


def test_a_concept_of_the_picture_is_opened_by_keyboard(
    page: Page, server: str, transactional_db: None
) -> None:
    run = make_ready(QuickProvider(make_outline(6)))
    page.goto(server + run.roadmap.get_absolute_url())
    link = page.locator(".picture a.ready").first
    link.focus()
    link.press("Enter")
    expect(page.locator("h1")).to_have_text("The knot c01")


TITLES = ("W" * 200, "机器学习入门" * 30, "👩‍👩‍👧‍👦" * 25, "مقدمة في تطوير الويب " * 9)


@pytest.mark.wide
def test_long_titles_of_any_script_stay_on_the_page(
    page: Page, server: str, transactional_db: None
) -> None:
    run = make_ready(QuickProvider(make_outline(6)))
    too_wide = []
    for title in TITLES:
        for model in (Roadmap, Stage, Module, Concept):
            model._default_manager.update(title=title)
        for address in (run.roadmap.get_absolute_url(), "/"):
            page.goto(server + address)
            for width in (1280, 375):
                page.set_viewport_size({"width": width, "height": 800})
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    too_wide.append((title, address, width))
    assert too_wide == []
