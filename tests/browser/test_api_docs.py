"""The documentation of the API in a real browser, under the policy of all pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from generation.models import GenerationRun
from tests.learning.library import make_ready

pytestmark = [
    pytest.mark.browser,
    pytest.mark.wide,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]

DOCS = "/api/v1/docs"


@pytest.fixture
def complaints(page: Page, server: str) -> Iterator[list[str]]:
    """What the browser blocks or fails at, and whatever it asks of others."""
    heard: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            heard.append(message.text)

    def look(request: Request) -> None:
        if not request.url.startswith((server, "data:", "blob:")):
            heard.append(request.url)

    page.on("console", listen)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", look)
    yield heard
    assert heard == []


@pytest.mark.usefixtures("complaints")
def test_the_documentation_shows_every_operation_and_tries_one_out_and_nothing_is_blocked(
    page: Page, server: str
) -> None:
    run: GenerationRun = make_ready()
    page.goto(server + DOCS)
    expect(page.locator(".opblock")).to_have_count(12)
    block = page.locator("#operations-runs-get_run")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_placeholder("run_id").fill(str(run.pk))
    block.get_by_role("button", name="Execute").click()
    answer = block.locator(".live-responses-table tbody .response-col_status")
    expect(answer).to_contain_text("200")


@pytest.mark.parametrize(
    ("system", "choice", "is_dark"),
    [("light", "", False), ("dark", "", True), ("light", "dark", True), ("dark", "light", False)],
)
def test_it_is_as_dark_as_all_other_pages(
    browser: Browser, server: str, *, system: Literal["light", "dark"], choice: str, is_dark: bool
) -> None:
    context = browser.new_context(color_scheme=system)
    if choice:
        context.add_cookies([{"name": "theme", "value": choice, "url": server}])
    page = context.new_page()
    page.goto(server + DOCS)
    expect(page.locator(".opblock").first).to_be_visible()
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(ground) == ("rgb(28, 32, 34)" if is_dark else "rgba(0, 0, 0, 0)")
    context.close()


def test_without_javascript_the_description_is_linked(page: Page, server: str) -> None:
    assert page.context.browser is not None
    context = page.context.browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(server + DOCS)
    expect(plain.get_by_role("link", name="/api/v1/openapi.json")).to_be_visible()
    context.close()
