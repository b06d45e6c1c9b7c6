"""Read from right to left, a page is its own mirror image."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from tests.learning.library import concept_page, make_ready

pytestmark = [pytest.mark.browser, pytest.mark.wide, pytest.mark.django_db(transaction=True)]

# Blocks of the page, not the words in them, which are as wide in both.
BOXES = """() => [...document.querySelectorAll(
  'header.site .brand, header.site .account, main > *, main section, main h1, main form, main li')]
  .map(one => [one.tagName + '.' + one.className, one.getBoundingClientRect()])
  .filter(([, box]) => box.width && box.height)
  .map(([name, box]) =>
    [Math.round(box.left), Math.round(document.documentElement.clientWidth - box.right), name])"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# Content says its own direction: it is the interface that is turned.
_DIRECTION = re.compile(r' dir="\w+"')


def turn(route: Route) -> None:
    answer = route.fetch()
    html = _DIRECTION.sub("", answer.text())
    route.fulfill(response=answer, body=html.replace("<html", '<html dir="rtl"', 1))


def straight(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=_DIRECTION.sub("", answer.text()))


def look(browser: Browser, address: str, *, width: int, handle: Any) -> Any:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="en")
    page = context.new_page()
    page.route("**/*", lambda route: handle(route) if is_page(route) else route.continue_())
    page.goto(address)
    found = page.evaluate(BOXES), page.evaluate(TOO_WIDE)
    context.close()
    return found


def is_page(route: Route) -> bool:
    return route.request.resource_type == "document"


@pytest.mark.parametrize("width", [1280, 380])
def test_from_right_to_left_every_page_is_its_mirror_image(
    browser: Browser, server: str, width: int
) -> None:
    run = make_ready()
    address = run.roadmap.get_absolute_url()
    fork = f"{address}-/fork/"
    for path in ("/", address, concept_page(run), "/accounts/display/", "/accounts/login/", fork):
        ltr, _ = look(browser, server + path, width=width, handle=straight)
        rtl, too_wide = look(browser, server + path, width=width, handle=turn)
        assert not too_wide, path
        assert len(ltr) == len(rtl) > 3
        turned = [(one, other) for one, other in zip(ltr, rtl, strict=True)
                  if abs(one[0] - other[1]) > 2 or abs(one[1] - other[0]) > 2]  # fmt: skip
        assert turned == [], path
