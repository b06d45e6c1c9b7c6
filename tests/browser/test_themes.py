"""Light or dark: by the system, by choice, and on paper."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.learning.library import concept_page, make_ready

pytestmark = [pytest.mark.browser, pytest.mark.wide, pytest.mark.django_db(transaction=True)]

PAINTED = """() => {
  const code = Object.assign(document.createElement('span'), {className: 'k'});
  const block = Object.assign(document.createElement('pre'), {className: 'code'});
  block.append(code);
  document.body.append(block);
  return [getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(code).color];
}"""
LIGHT = ["rgb(253, 252, 249)", "rgb(169, 13, 145)"]
DARK = ["rgb(21, 25, 28)", "rgb(102, 217, 239)"]


def paint(browser: Browser, address: str, *, system: Any, choice: str = "") -> Any:
    context = browser.new_context(color_scheme=system)
    if choice:
        context.add_cookies([{"name": "theme", "value": choice, "url": address}])
    page = context.new_page()
    page.goto(address)
    painted = page.evaluate(PAINTED)
    context.close()
    return painted


def test_a_choice_goes_before_the_system_for_page_and_code(browser: Browser, server: str) -> None:
    address = server + concept_page(make_ready())
    expected = {
        ("light", ""): LIGHT,
        ("dark", ""): DARK,
        ("light", "dark"): DARK,
        ("dark", "light"): LIGHT,
    }
    painted = {
        (system, choice): paint(browser, address, system=system, choice=choice)
        for system, choice in expected
    }
    assert painted == expected


def test_it_is_chosen_in_a_plain_form_and_kept(browser: Browser, server: str) -> None:
    context = browser.new_context(color_scheme="light", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/accounts/login/")
    page.get_by_role("link", name="Language and look").click()
    page.get_by_label("Light or dark").select_option("dark")
    page.get_by_role("button", name="Save").click()
    assert page.url == f"{server}/accounts/login/"
    assert page.locator("html").get_attribute("data-theme") == "dark"
    context.close()


def test_paper_is_white_and_has_what_is_to_be_read(page: Page, server: str) -> None:
    page.context.add_cookies([{"name": "theme", "value": "dark", "url": server}])
    page.goto(server + concept_page(make_ready()))
    page.emulate_media(media="print")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    assert page.locator("article").is_visible()
    for hidden in ("header.site", "footer.site"):
        assert not page.locator(hidden).is_visible()
