"""The three pictures of the README: what a visitor's window shows, small enough for a slow line."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

from django.urls import reverse
from playwright.sync_api import Browser, Page

from concepts.models import Concept
from screenshots.cast import Cast
from screenshots.shots import Act, Shot, answer_quiz
from screenshots.taking import Scheme, cookie_of, open_page

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
SIZE = (1200, 860)
MOST_BYTES, QUALITY = 120_000, 90
THROUGH = 4


def list_pictures(cast: Cast) -> list[tuple[Shot, Scheme]]:
    """Asked before there is a browser, for in its loop the ORM would open another connection."""
    roadmap = cast.runs["ready"].roadmap
    concepts = list(Concept.objects.filter(roadmap=roadmap).order_by("position")[: THROUGH + 1])

    def address(view: str, position: int) -> str:
        return reverse(f"learning:{view}", args=[roadmap.slug, concepts[position].slug])

    lessons = [address("concept", position) for position in range(THROUGH)]
    quiz = address("quiz", THROUGH - 1)
    return [
        (Shot("roadmap", roadmap.get_absolute_url(), "bob", act=go_through(lessons)), "light"),
        (Shot("concept", lessons[-1]), "light"),
        (Shot("quiz", quiz, act=answer_quiz(100)), "dark"),
    ]


def go_through(lessons: list[str]) -> Act:
    """Mark them as done, and look at the page of before again."""

    def mark(page: Page) -> None:
        before = page.url
        for lesson in lessons:
            page.goto(lesson if "://" in lesson else f"{_site(before)}{lesson}")
            with page.expect_navigation():
                page.locator("form.mark button").first.click()
        page.goto(before)

    return mark


def _site(address: str) -> str:
    return "/".join(address.split("/", 3)[:3])


def take_pictures(
    browser: Browser, site: str, cast: Cast, pictures: list[tuple[Shot, Scheme]]
) -> Iterator[str]:
    """Yields what was not as it should be."""
    for shot, scheme in pictures:
        with open_page(browser, site, cookie_of(cast, shot), SIZE, scheme) as page:
            page.goto(site + shot.address)
            if shot.act is not None:
                shot.act(page)
            page.evaluate("scrollTo(0, 0)")
            picture = _as_webp(page)
            (FOLDER / f"{shot.name}.webp").write_bytes(picture)
        if len(picture) >= MOST_BYTES:
            yield f"{shot.name}.webp: {len(picture)} bytes, {MOST_BYTES} are the most"


def _as_webp(page: Page) -> bytes:
    """A third of what it is as PNG; Playwright itself does not make it."""
    session = page.context.new_cdp_session(page)
    asked = {"format": "webp", "quality": QUALITY}
    return base64.b64decode(session.send("Page.captureScreenshot", asked)["data"])
