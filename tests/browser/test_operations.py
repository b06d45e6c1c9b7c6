"""The staff's page keeps itself up to date, and does nothing while nobody looks."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from generation.models import GenerationRun
from generation.run_states import RunState
from generation.runs import lifecycle
from tests.generation.scribe import Scribe
from tests.learning.library import open_order
from tests.visitors import make_visitors

pytestmark = [pytest.mark.browser, pytest.mark.wide, pytest.mark.django_db(transaction=True)]
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def scribe(transactional_db: None) -> Scribe:
    scribe = open_order()
    scribe.plan()
    return scribe


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What the page asked for by itself."""
    found: list[str] = []
    page.on(
        "request", lambda request: found.append(request.url) if "/now/" in request.url else None
    )
    return found


def open_board(page: Page, server: str) -> None:
    cookie = make_visitors().client("staff").cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server}]
    )
    page.clock.install()
    page.goto(f"{server}/operations/")
    page.evaluate("window.neverReloaded = true")
    expect(page.get_by_role("button", name="Stop refreshing")).to_be_visible()


def test_the_page_shows_what_changed_without_a_reload(
    page: Page, server: str, scribe: Scribe
) -> None:
    open_board(page, server)
    row = page.locator(".runs tbody tr")
    expect(row).to_contain_text("0 of 12")
    page.locator("#tokens-table summary").click()
    page.locator(f"#run-{scribe.run_id}").focus()
    scribe.write(5)
    page.clock.fast_forward(6_000)
    expect(row).to_contain_text("5 of 12", timeout=20_000)
    assert page.evaluate("window.neverReloaded")
    assert page.evaluate("document.activeElement.id") == f"run-{scribe.run_id}"
    expect(page.locator("#tokens-table table")).to_be_visible()


def test_nothing_is_asked_while_the_page_is_hidden_or_stopped(
    page: Page, server: str, scribe: Scribe, asked: list[str]
) -> None:
    open_board(page, server)
    page.evaluate(HIDE, True)
    page.clock.run_for(60_000)
    assert asked == []
    with page.expect_response("**/operations/now/"):
        page.evaluate(HIDE, False)
    page.get_by_role("button", name="Stop refreshing").click()
    known = len(asked)
    page.clock.run_for(60_000)
    assert len(asked) == known
    with page.expect_response("**/operations/now/"):
        page.get_by_role("button", name="Refresh again").click()


def test_one_question_at_a_time_however_slow_the_answer(
    page: Page, server: str, scribe: Scribe, asked: list[str]
) -> None:
    waiting: list[Route] = []
    page.route("**/operations/now/", lambda route: waiting.append(route))  # noqa: PLW0108 - it marks its handlers
    open_board(page, server)
    with page.expect_request("**/operations/now/"):
        page.clock.fast_forward(6_000)
    page.clock.run_for(15_000)
    page.evaluate(HIDE, False)
    assert len(asked) == len(waiting) == 1


def test_an_answer_that_fails_is_told_and_asked_for_again(
    page: Page, server: str, scribe: Scribe
) -> None:
    page.route("**/operations/now/", lambda route: route.fulfill(status=503, body="busy"))
    open_board(page, server)
    page.clock.fast_forward(6_000)
    expect(page.locator("[data-trouble]")).to_contain_text("could not be refreshed")
    page.unroute("**/operations/now/")
    page.clock.fast_forward(30_000)
    expect(page.locator("[data-trouble]")).to_have_text("", timeout=20_000)


def test_who_is_signed_out_is_told_and_nothing_more_is_asked(
    page: Page, server: str, scribe: Scribe, asked: list[str]
) -> None:
    open_board(page, server)
    page.context.clear_cookies()
    page.clock.fast_forward(6_000)
    expect(page.locator("[data-trouble]")).to_contain_text("no longer signed in", timeout=20_000)
    expect(page.locator(".runs")).to_be_visible()
    known = len(asked)
    page.clock.run_for(60_000)
    assert len(asked) == known


def test_a_run_is_cancelled_by_one_click_and_nothing_runs_out_of_the_page(
    page: Page, server: str, scribe: Scribe
) -> None:
    open_board(page, server)
    page.get_by_role("button", name="Cancel “Knots”").click()
    expect(page.locator(".told")).to_contain_text("“Knots” is cancelled.")
    assert GenerationRun.objects.get(pk=scribe.run_id).state == RunState.CANCELLED
    assert lifecycle.resume_run(scribe.run_id)
    page.set_viewport_size({"width": 390, "height": 800})
    for address in ("/operations/", f"/operations/runs/{scribe.run_id}/"):
        page.goto(server + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
