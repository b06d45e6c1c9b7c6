"""From a lesson through its quiz, by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from learning.models import ConceptMark, QuizAttempt
from tests.learning.library import concept_page, make_ready
from tests.learning.quiz.cast import FAULTY, IN_ORDER, TYPED, make_producing, quiz_address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def press_until(page: Page, key: str, script: str, most: int = 60) -> None:
    """As somebody does who sees where the focus is."""
    for _ in range(most):
        if page.evaluate(f"(() => {{ const at = document.activeElement; return {script}; }})()"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never leads to {script}")


def choose(page: Page, question: int, text: str) -> None:
    """Tab to the question's choices; arrows go from one to the next and choose it."""
    press_until(page, "Tab", f"at.name === 'q{question}'")
    page.keyboard.press("Space")
    press_until(
        page, "ArrowDown", f"at.checked && at.closest('label').innerText.trim() === '{text}'"
    )


def test_a_quiz_is_answered_by_keyboard_alone_and_progress_is_seen(
    page: Page, server: str, transactional_db: None
) -> None:
    run = make_ready()
    page.goto(server + concept_page(run, "c01"))
    for question in range(1, 5):
        choose(page, question, "friction")
    press_until(page, "Tab", "at.innerText === 'Check my answers'")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="4 of 4 right")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("1 question is not answered yet")
    choose(page, 5, "magic")
    page.keyboard.press("Enter")  # as forms are sent
    expect(page.get_by_role("heading", name="4 of 5 right")).to_be_visible()
    expect(page.get_by_text("your answer: not right")).to_be_visible()
    expect(page.get_by_text("Rope on rope.")).to_have_count(5)
    # The focus begins where the result is: the first thing there leads on.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText").startswith("Done, next:")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("The knot c02")
    page.goto(f"{server}/learning/")
    expect(page.get_by_text("1 of 4 concepts · 25%")).to_be_visible()
    expect(page.get_by_role("link", name="Continue with The knot c02")).to_be_visible()
    assert QuizAttempt.objects.get().answers.count() == 5
    assert ConceptMark.objects.get().standing == "done"


def test_what_is_to_be_produced_is_answered_by_keyboard_alone(
    page: Page, server: str, transactional_db: None
) -> None:
    page.goto(server + quiz_address(make_producing()))
    press_until(page, "Tab", f"at.name === '{TYPED}'")
    page.keyboard.type("Bowline 3")
    page.keyboard.press("Enter")
    page.keyboard.type("  holds")
    for line in range(len(IN_ORDER)):
        press_until(page, "Tab", f"at === document.querySelectorAll('select')[{line}]")
        label = "document.activeElement.closest('label').querySelector('.text').innerText.trim()"
        page.keyboard.type(str(IN_ORDER.index(page.evaluate(label)) + 1))
    press_until(page, "Tab", f"at.name === '{FAULTY}'")
    page.keyboard.press("Space")
    press_until(page, "ArrowDown", "at.checked && at.value === '2'")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="3 of 3 right")).to_be_visible()
    expect(page.get_by_text("you put it here: right")).to_have_count(len(IN_ORDER))


def test_a_double_click_is_one_attempt(page: Page, server: str, transactional_db: None) -> None:
    run = make_ready()
    page.goto(server + concept_page(run, "c01"))
    for label in page.get_by_text("friction", exact=True).all():
        label.click()
    page.get_by_role("button", name="Check my answers").dblclick()
    expect(page.get_by_role("heading", name="5 of 5 right")).to_be_visible()
    assert QuizAttempt.objects.count() == 1
    assert QuizAttempt.objects.get().answers.count() == 5


def test_without_scripts_a_quiz_works_the_same(page: Page, server: str) -> None:
    run = make_ready()
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    try:
        plain = context.new_page()
        plain.goto(server + concept_page(run, "c02"))
        for label in plain.get_by_text("friction", exact=True).all():
            label.click()
        plain.get_by_role("button", name="Check my answers").click()
        expect(plain.get_by_role("heading", name="5 of 5 right")).to_be_visible()
        plain.get_by_role("button", name="Done, next: The knot c01").first.click()
        expect(plain.locator("h1")).to_have_text("The knot c01")
    finally:
        context.close()
