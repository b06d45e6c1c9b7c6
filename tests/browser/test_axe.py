"""No page kind, in no state, keeps anybody out: axe-core looks at all that is pictured, and at
all of the admin."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import reverse, reverse_lazy
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import InterfaceLanguage, User
from screenshots.cast import Cast, make_cast
from screenshots.shots import Shot, list_shots
from tests.browser.axe import CONTRAST, IS_MISSING, PROGRAM, WHY_MISSING, find_faults

pytestmark = [
    pytest.mark.browser,
    pytest.mark.wide,
    # More than a hundred pages, each opened in two languages and looked at four times.
    pytest.mark.timeout(1_800),
    pytest.mark.skipif(IS_MISSING and "CI" not in os.environ, reason=WHY_MISSING),
    pytest.mark.django_db(transaction=True),
]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
CHINESE = "zh-hans"
ADMIN = reverse_lazy("admin:index")
# What is Django's own and cannot be mended by a style or a small template of ours.
RULES_OF_DJANGO = {
    "empty-table-header": "the column of a row's name in the table of an inline has no head",
}
ELEMENTS_OF_DJANGO = {
    ".select2": "its box of suggestions has no name, and is made by a script",
    ".help-tooltip": "the sign beside its box for choosing many, likewise",
}
FOREIGN = {"api-docs": "drawn by Swagger UI, whose colours and controls are its own"}
# Each component stands there in every state, so that there are many of what a page has once.
RULES_NOT_OF_A_GUIDE = ["landmark-unique"]


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


def list_pages(cast: Cast) -> list[Shot]:
    """All that is pictured; of the admin besides every list, and a form of every kind there is."""
    shots = [shot for shot in list_shots(cast) if shot.name not in FOREIGN]
    pictured = {shot.address for shot in shots}
    return shots + [shot for shot in _list_admin() if shot.address not in pictured]


def _list_admin() -> Iterator[Shot]:
    admin.autodiscover()
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        yield Shot(f"list {name}", reverse(f"admin:{name}_changelist"), "staff")
        first = model._default_manager.first()
        if first is not None:
            yield Shot(f"form {name}", reverse(f"admin:{name}_change", args=[first.pk]), "staff")


def by_visitor(shots: Iterable[Shot]) -> Iterator[tuple[str, list[Shot]]]:
    """One window serves all that a visitor looks at."""
    visitor_of = attrgetter("visitor")
    for visitor, theirs in groupby(sorted(shots, key=visitor_of), key=visitor_of):
        yield visitor, list(theirs)


def open_shot(page: Page, server: str, shot: Shot) -> Page:
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # a plain mapping
    page.emulate_media(media="screen", color_scheme="light", reduced_motion="reduce")
    page.goto(server + shot.address)
    if shot.act is not None:
        shot.act(page)
    return page


def is_of_the_admin(shot: Shot) -> bool:
    return shot.address.startswith(str(ADMIN))


def look(page: Page, shot: Shot, **options: Any) -> list[str]:
    """What is wrong of what is ours."""
    if is_of_the_admin(shot):
        options["but"] = [*options.get("but", []), *RULES_OF_DJANGO]
        options["beside"] = list(ELEMENTS_OF_DJANGO)
    elif shot.name == "styleguide":
        options["but"] = [*options.get("but", []), *RULES_NOT_OF_A_GUIDE]
    return find_faults(page, **options)


def look_in_english(page: Page, shot: Shot) -> Iterator[str]:
    """All rules once; where only colours or sizes are others, the rules that ask for them."""
    yield from look(page, shot)
    page.emulate_media(color_scheme="dark")
    yield from (f"dark: {fault}" for fault in look(page, shot, rules=[CONTRAST]))
    if is_of_the_admin(shot):
        # Its tables are made for a wide screen.
        return
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a plain mapping
    rules = ["target-size", "scrollable-region-focusable"]
    yield from (f"narrow: {fault}" for fault in look(page, shot, rules=rules))


def look_in_chinese(page: Page, shot: Shot) -> Iterator[str]:
    """Words have no other colours than in English."""
    assert page.locator("html").get_attribute("lang") == CHINESE, page.url
    yield from (f"Chinese: {fault}" for fault in look(page, shot, but=[CONTRAST]))


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_axe_finds_nothing_on_any_page_in_light_and_dark_in_english_and_chinese(
    browser: Browser, cast: Cast, server: str
) -> None:
    """Among them are pages of Arabic content."""
    faults = find_all(browser, cast, server, look_in_english)
    User.objects.update(interface_language=InterfaceLanguage.SIMPLIFIED_CHINESE)
    chosen = {"name": settings.LANGUAGE_COOKIE_NAME, "value": CHINESE, "url": server}
    faults += find_all(browser, cast, server, look_in_chinese, chosen)
    assert "\n".join(faults) == ""


def find_all(
    browser: Browser,
    cast: Cast,
    server: str,
    look_at: Callable[[Page, Shot], Iterable[str]],
    *cookies: Any,
) -> list[str]:
    faults = []
    for visitor, shots in by_visitor(list_pages(cast)):
        with visiting(browser, cast, server, visitor) as context:
            context.add_cookies([*cookies])
            page = context.new_page()
            for shot in shots:
                open_shot(page, server, shot)
                faults += [f"{shot.name}: {fault}" for fault in look_at(page, shot)]
    return faults
