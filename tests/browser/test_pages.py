from __future__ import annotations

import re

import pytest
from django.conf import settings
from playwright.sync_api import ConsoleMessage, Page, WebSocketRoute, expect

from generation.models import GenerationRun
from generation.run_states import RunState
from generation.runs import lifecycle
from tests.generation.scribe import Scribe
from tests.learning.library import concept_page, make_ready, open_order
from tests.visitors import make_visitors
from tests.waiting import wait_until

# Whatever a page wants to be told of.
SOCKETS = re.compile(r"/ws/runs/")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scribe(transactional_db: None) -> Scribe:
    return open_order()


def open_run_page(page: Page, server: str, scribe: Scribe) -> None:
    page.goto(f"{server}/runs/{scribe.run_id}/")
    page.evaluate("window.neverReloaded = true")


def test_the_page_of_a_run_fills_in_without_a_reload(
    page: Page, server: str, scribe: Scribe
) -> None:
    page.clock.install()
    open_run_page(page, server, scribe)
    expect(page.locator("[data-progress]")).to_have_text("The plan is being made.")
    scribe.plan()
    page.clock.fast_forward(3_000)
    expect(page.locator("h1")).to_have_text("Knots", timeout=20_000)
    scribe.write(5)
    page.clock.fast_forward(3_000)
    expect(page.locator("[data-progress]")).to_contain_text("5 of 12", timeout=20_000)
    scribe.write()
    scribe.close()
    page.clock.fast_forward(3_000)
    expect(page.locator("[data-run] .state")).to_have_text("ready", timeout=20_000)
    expect(page.locator("[data-list] li")).to_have_count(16)
    expect(page.locator("[data-list] li").last).to_contain_text("Finished.")
    expect(page.locator("[data-list] a").first).to_have_text("The knot c01: tutorial ready.")
    assert page.evaluate("window.neverReloaded")
    assert page.evaluate("document.querySelector('progress').position") == 1


def test_a_hint_makes_the_page_look_again(page: Page, server: str, scribe: Scribe) -> None:
    """With a socket open, polling alone would take 15 seconds."""
    sockets: list[WebSocketRoute] = []
    page.route_web_socket(SOCKETS, lambda socket: sockets.append(socket))  # noqa: PLW0108 - it marks its handlers
    with page.expect_response("**/events/?after=*"):  # as soon as the socket is open
        open_run_page(page, server, scribe)
    scribe.plan()
    seq = scribe.write(3)
    sockets[0].send(f'{{"seq": {seq}}}')
    expect(page.locator("[data-progress]")).to_contain_text("3 of 12", timeout=8_000)
    assert page.evaluate("window.neverReloaded")


def pause(scribe: Scribe) -> None:
    scribe.plan()
    scribe.write(3)
    assert lifecycle.stop_run(scribe.run_id, RunState.PAUSED, "The key was refused.")


def resume_and_finish(scribe: Scribe) -> None:
    assert lifecycle.resume_run(scribe.run_id)
    scribe.start()
    scribe.write()
    scribe.close()


def test_the_page_of_a_stopped_run_goes_on_when_it_is_resumed(
    page: Page, server: str, scribe: Scribe
) -> None:
    pause(scribe)
    sockets: list[WebSocketRoute] = []
    page.route_web_socket(SOCKETS, lambda socket: sockets.append(socket))  # noqa: PLW0108 - it marks its handlers
    with page.expect_response("**/events/?after=*"):  # as soon as the socket is open
        open_run_page(page, server, scribe)
    expect(page.locator("[data-run] .state")).to_have_text("paused")
    resume_and_finish(scribe)
    sockets[0].send('{"seq": 1000}')
    expect(page.locator("[data-run] .state")).to_have_text("ready", timeout=8_000)
    expect(page.locator("[data-progress]")).to_contain_text("12 of 12")
    assert page.evaluate("window.neverReloaded")


def test_a_stopped_run_is_looked_at_now_and_then_without_a_socket(
    page: Page, server: str, scribe: Scribe
) -> None:
    pause(scribe)
    page.clock.install()
    page.route_web_socket(SOCKETS, lambda socket: socket.close())
    open_run_page(page, server, scribe)
    expect(page.locator("[data-run] .state")).to_have_text("paused")
    resume_and_finish(scribe)

    def is_told() -> bool:
        """It looks again some seconds after it has looked, or its socket has closed."""
        page.clock.fast_forward(20_000)
        return page.locator("[data-run] .state").inner_text() == "ready"

    wait_until(is_told, every=0.2)
    assert page.evaluate("window.neverReloaded")


def test_no_page_breaks_the_policy_or_overflows_a_telephone(
    page: Page, server: str, scribe: Scribe
) -> None:
    run = make_ready()
    unfinished = GenerationRun.objects.get(pk=scribe.run_id)
    staff = make_visitors().client("staff")
    cookie = staff.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server}]
    )
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Refused" in message.text:
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_viewport_size({"width": 390, "height": 800})
    ours = [
        "/",
        run.roadmap.get_absolute_url(),
        concept_page(run),
        run.get_absolute_url(),
        unfinished.get_absolute_url(),
        "/accounts/signup/",
        "/nowhere",
    ]
    for address in ours:
        page.goto(server + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    for address in ("/admin/", "/admin/accounts/user/", "/admin/accounts/user/add/"):
        page.goto(server + address)
    assert complaints == []


def test_the_goal_form_leads_to_the_run_by_keyboard(
    page: Page, server: str, transactional_db: None
) -> None:
    page.goto(server)
    page.get_by_label("What do you want to learn?").fill("Python web")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Python web development", exact=True).first.press("Enter")
    expect(page.locator("[data-progress]")).to_be_visible(timeout=20_000)
    assert GenerationRun.objects.count() == 1
