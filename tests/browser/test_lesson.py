"""A lesson in a browser: contents that follow, code that is copied, a note that is never lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from concepts.content import ArtifactKind, TutorialContent
from generation.models import GenerationRun
from learning.models import Note
from tests.generation.cast import make_outline
from tests.learning.library import QuickProvider, concept_page, make_ready
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "\n\n".join(
    [
        "### Check yourself: Why?\n\nBecause.",
        *(f"## Part {number}\n\n" + "A long line of text. " * 200 for number in range(1, 5)),
        "```python\nprint('tied')\n```",
    ]
)


@pytest.fixture
def run(transactional_db: None) -> GenerationRun:
    content = {("c02", ArtifactKind.TUTORIAL): TutorialContent(markdown=LONG)}
    return make_ready(QuickProvider(make_outline(4), content=content))


def saved() -> list[str]:
    return list(Note.objects.values_list("markdown", flat=True))


@pytest.mark.wide
def test_the_contents_follow_the_reader(page: Page, server: str, run: GenerationRun) -> None:
    page.goto(server + concept_page(run))
    current = page.locator("[data-contents] [aria-current]")
    for heading in ("Part 2", "Part 4", "Part 1"):
        page.locator("[data-contents]").get_by_role("link", name=heading).click()
        expect(current).to_have_text(heading)
    assert page.url.endswith("#t-part-1")


def test_an_answer_is_folded_until_it_is_asked_for(
    page: Page, server: str, run: GenerationRun
) -> None:
    page.goto(server + concept_page(run))
    expect(page.get_by_text("Because.")).to_be_hidden()
    page.get_by_text("Check yourself: Why?").focus()
    page.locator(".fold summary").press("Enter")
    expect(page.get_by_text("Because.")).to_be_visible()


def test_what_is_folded_and_what_is_marked_look_like_what_they_are(
    page: Page, server: str, run: GenerationRun
) -> None:
    page.goto(server + concept_page(run))
    expect(page.locator(".fold")).not_to_have_css("padding-left", "0px")
    page.get_by_role("button", name="Mark as done").click()
    mark = page.locator(".through .state")
    expect(mark).to_be_in_viewport()
    assert "✓" in mark.evaluate("it => getComputedStyle(it, '::before').content")


def test_code_is_copied_by_a_button(page: Page, server: str, run: GenerationRun) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(server + concept_page(run))
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "print('tied')\n"


def test_a_note_is_saved_while_it_is_written(page: Page, server: str, run: GenerationRun) -> None:
    page.goto(server + concept_page(run))
    page.get_by_role("textbox", name="Your note").fill("A *bight*")
    expect(page.locator("[data-said]")).to_have_text("Saved.")
    assert saved() == ["A *bight*"]
    page.get_by_role("textbox", name="Your note").fill("A *bight* and a bend")
    wait_until(lambda: saved() == ["A *bight* and a bend"])
    page.reload()
    expect(page.locator("[data-written] em")).to_have_text("bight")


@pytest.mark.wide
def test_a_note_that_could_not_be_sent_is_kept_and_sent_later(
    page: Page, server: str, run: GenerationRun
) -> None:
    page.goto(server + concept_page(run))
    page.route("**/-/note/**", lambda route: route.abort())
    page.get_by_role("textbox", name="Your note").fill("written on a train")
    expect(page.locator("[data-said]")).to_contain_text("kept in this browser")
    assert saved() == []
    page.unroute("**/-/note/**")
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_until(lambda: saved() == ["written on a train"])
    expect(page.locator("[data-said]")).to_have_text("Saved.")


@pytest.mark.wide
def test_of_two_windows_both_texts_are_kept(page: Page, server: str, run: GenerationRun) -> None:
    page.goto(server + concept_page(run))
    page.get_by_role("textbox", name="Your note").fill("first")
    expect(page.locator("[data-said]")).to_have_text("Saved.")
    other = page.context.new_page()
    other.goto(server + concept_page(run))
    other.get_by_text("Change it").click()
    other.get_by_role("textbox", name="Your note").fill("from the other")
    expect(other.locator("[data-said]")).to_have_text("Saved.")
    page.get_by_role("textbox", name="Your note").fill("from the first")
    wait_until(lambda: saved() == ["from the other\n\nfrom the first"])


def test_without_scripts_a_note_is_a_form(page: Page, server: str, run: GenerationRun) -> None:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(server + concept_page(run))
    plain.get_by_role("textbox", name="Your note").fill("by hand")
    plain.get_by_role("button", name="Save the note").click()
    expect(plain.locator("[data-written]")).to_have_text("by hand")
    context.close()
