"""Pictures of pages by the system's Chromium: wide and narrow, light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from django.conf import settings
from playwright.sync_api import Browser, Error, Page, sync_playwright

from screenshots.cast import Cast
from screenshots.shots import Shot
from tests.browser.conftest import CHROMIUM, OPTIONS

WIDTHS = {"wide": (1280, 900), "narrow": (390, 844)}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@contextmanager
def open_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield chromium
        chromium.close()


@contextmanager
def open_page(
    browser: Browser, address: str, session: str, size: tuple[int, int], scheme: Scheme
) -> Iterator[Page]:
    """A window of whoever has this session, or none, and a page in it."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="en",
    )
    if session:
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": session, "url": address}])
    yield context.new_page()
    context.close()


def cookie_of(cast: Cast, shot: Shot) -> str:
    return cast.cookies.get(shot.visitor, "")


def take_all(
    browser: Browser, address: str, cast: Cast, shots: Iterable[Shot], folder: Path
) -> Iterator[str]:
    """Each picture is a file; yields what was not as it should be."""
    for shot in shots:
        for width, size in WIDTHS.items():
            for scheme in SCHEMES:
                with open_page(browser, address, cookie_of(cast, shot), size, scheme) as page:
                    file = folder / f"{shot.name}-{width}-{scheme}.png"
                    yield from _take(page, address, shot, file)


def _take(page: Page, address: str, shot: Shot, file: Path) -> Iterator[str]:
    answer = page.goto(address + shot.address)
    status = answer.status if answer else 0
    if status != shot.status:
        yield f"{shot.name}: {shot.address} answered {status}, not {shot.status}"
    try:
        if shot.act is not None:
            shot.act(page)
    except Error as error:
        yield f"{file.stem}: {error.message}"
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        yield f"{file.stem}: {wide} pixels stand out at the side"
    page.screenshot(path=file, full_page=True)
