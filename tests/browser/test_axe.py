"""No page kind, in no state, keeps anybody out: axe-core looks at all that is pictured."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import InterfaceLanguage, User
from screenshots.cast import Cast, make_cast
from screenshots.shots import Shot, list_shots
from tests.browser.axe import CONTRAST, IS_MISSING, PROGRAM, WHY_MISSING, find_faults

pytestmark = [
    pytest.mark.browser,
    pytest.mark.wide,
    # Seventy pages, each looked at two or three times.
    pytest.mark.timeout(1_200),
    pytest.mark.skipif(IS_MISSING and "CI" not in os.environ, reason=WHY_MISSING),
    pytest.mark.django_db(transaction=True),
]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@contextmanager
def visiting(browser: Browser, cast: Cast, server: str, visitor: str) -> Iterator[BrowserContext]:
    """A window of theirs. In it axe is there before the page is, past our own policy."""
    context = browser.new_context(
        locale="en", color_scheme="light", reduced_motion="reduce", bypass_csp=True
    )
    context.add_init_script(path=PROGRAM)
    if visitor != "anonymous":
        name, key = settings.SESSION_COOKIE_NAME, cast.cookies[visitor]
        context.add_cookies([{"name": name, "value": key, "url": server}])
    yield context
    context.close()


def list_our_pages(cast: Cast) -> list[Shot]:
    """All that is pictured but the admin, whose templates are Django's: fields of its search and
    of its inlines have no label there."""
    admin = reverse("admin:index")
    return [shot for shot in list_shots(cast) if not shot.address.startswith(admin)]


def by_visitor(shots: Iterable[Shot]) -> Iterator[tuple[str, list[Shot]]]:
    """One window serves all that a visitor looks at."""
    visitor_of = attrgetter("visitor")
    for visitor, theirs in groupby(sorted(shots, key=visitor_of), key=visitor_of):
        yield visitor, list(theirs)


def open_shot(page: Page, server: str, shot: Shot) -> Page:
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # a plain mapping
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(server + shot.address)
    if shot.act is not None:
        shot.act(page)
    return page


def look_in_english(page: Page) -> Iterator[str]:
    """All rules once; where only colours or sizes are others, the rules that ask for them."""
    yield from find_faults(page)
    page.emulate_media(color_scheme="dark")
    yield from (f"dark: {fault}" for fault in find_faults(page, rules=[CONTRAST]))
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a plain mapping
    rules = ["target-size", "scrollable-region-focusable"]
    yield from (f"narrow: {fault}" for fault in find_faults(page, rules=rules))


def look_in_chinese(page: Page) -> Iterator[str]:
    """Words have no other colours than in English."""
    assert page.locator("html").get_attribute("lang") == "zh-hans", page.url
    yield from find_faults(page, but=[CONTRAST])


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_axe_finds_nothing_on_any_page_of_ours_in_light_and_dark(
    browser: Browser, cast: Cast, server: str
) -> None:
    """Among them are pages of Arabic content."""
    faults = []
    for visitor, shots in by_visitor(list_our_pages(cast)):
        with visiting(browser, cast, server, visitor) as context:
            page = context.new_page()
            for shot in shots:
                open_shot(page, server, shot)
                faults += [f"{shot.name}: {fault}" for fault in look_in_english(page)]
    assert faults == []


def test_axe_finds_nothing_on_pages_of_ours_in_chinese(
    browser: Browser, cast: Cast, server: str
) -> None:
    """Every third: they are the same pages with other words."""
    User.objects.update(interface_language=InterfaceLanguage.SIMPLIFIED_CHINESE)
    faults = []
    # What is refused before anything of it is read is told in English.
    in_chinese = [shot for shot in list_our_pages(cast) if "%00" not in shot.address][::3]
    for visitor, shots in by_visitor(in_chinese):
        with visiting(browser, cast, server, visitor) as context:
            name = settings.LANGUAGE_COOKIE_NAME
            context.add_cookies([{"name": name, "value": "zh-hans", "url": server}])
            page = context.new_page()
            for shot in shots:
                open_shot(page, server, shot)
                faults += [f"{shot.name}: {fault}" for fault in look_in_chinese(page)]
    assert faults == []
