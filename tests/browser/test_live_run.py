"""The page of a run in a real browser, while a real fleet writes the roadmap."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, WebSocket, WebSocketRoute, expect

from generation.models import GenerationRun
from tests.databases import database_url
from tests.fleet.fleet import Fleet
from tests.generation.cast import assert_history
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.fleet,
    pytest.mark.wide,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]

GOAL = "Python web development"
# Notes what the line of progress shows, now and later; a reload would forget it.
WATCH = """() => {
  const line = document.querySelector("[data-progress]");
  window.shown = [line.textContent];
  new MutationObserver(() => window.shown.push(line.textContent))
    .observe(line, { childList: true, characterData: true, subtree: true });
}"""


@pytest.fixture(scope="module")
def fleet(
    browser: Browser, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fleet]:
    """Whoever a page hears of, and a catalogue that takes its time."""
    connection.close()
    directory = tmp_path_factory.mktemp("fleet")
    variables = {"FLEET_PROVIDER": "catalogue", "FLEET_DELAY_SECONDS": "0.6"}
    with Fleet(directory, database_url(), **variables) as fleet:
        fleet.start("workflow", "content_generation", "web")
        yield fleet


def order(fleet: Fleet) -> tuple[subprocess.Popen[str], GenerationRun]:
    """What another shell has ordered, as soon as the rows show it."""
    process = fleet.order(GOAL)
    wait_until(GenerationRun.objects.exists)
    return process, GenerationRun.objects.get()


def watch(page: Page, fleet: Fleet, run: GenerationRun) -> None:
    page.goto(fleet.address + run.get_absolute_url())
    page.evaluate(WATCH)


def assert_filled_in(page: Page, process: subprocess.Popen[str], run: GenerationRun) -> None:
    """It went on step by step to the end, on the very page that was loaded first."""
    expect(page.locator("[data-run] .state")).to_have_text("ready", timeout=90_000)
    stdout, stderr = process.communicate(timeout=100)
    assert process.returncode == 0, stderr
    report = json.loads(stdout)
    assert report["run"]["state"] == "ready"
    everything = 3 * report["counts"]["concepts"]
    shown: list[str] = page.evaluate("window.shown")
    assert len(set(shown)) >= 4, shown
    assert shown[-1].startswith(f"{everything} of {everything} ")
    events = page.locator("[data-list] li")
    expect(events.last).to_contain_text("Finished.")
    run.refresh_from_db()
    expect(events).to_have_count(run.last_seq)
    assert_history(run.pk)
    page.get_by_role("link", name="Open the roadmap").click()
    assert page.url == report["roadmap"]["url"]
    expect(page.locator("h1")).to_have_text(GOAL)


def test_the_page_fills_in_by_hints_of_the_workers(page: Page, fleet: Fleet) -> None:
    hints: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: hints.append(json.loads(frame)["seq"]))

    page.on("websocket", listen)
    process, run = order(fleet)
    watch(page, fleet, run)
    assert_filled_in(page, process, run)
    assert len(set(hints)) >= 3
    assert max(hints) <= run.last_seq


@pytest.mark.wide
def test_the_page_fills_in_without_a_socket(page: Page, fleet: Fleet) -> None:
    refused: list[str] = []

    def refuse(socket: WebSocketRoute) -> None:
        refused.append(socket.url)
        socket.close()

    page.route_web_socket("**/ws/**", refuse)
    process, run = order(fleet)
    watch(page, fleet, run)
    assert_filled_in(page, process, run)
    assert refused
