"""The style guide shows every component, to developers only."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import engines
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from learning.styleguide.sample import name_apart
from tests.learning.library import Page

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "templates"
# Each with the reason why it is not shown.
NOT_SHOWN = {
    "operations/_head.html": "what a head loads; its script would ask for fresh rows",
}
ASK = """
import django
django.setup()
from django.urls import Resolver404, resolve
try:
    print(resolve("/styleguide/").view_name)
except Resolver404:
    print("not found")
"""
PRODUCTION = {
    "SECRET_KEY": "only tests sign with this one, " * 2,
    "ALLOWED_HOSTS": "cairn.example",
    "SITE_URL": "https://cairn.example",
    "EMAIL_URL": "smtp://user:password@mail.example:587",
    "DATABASE_URL": "postgresql://cairn:x@db.example/cairn",
    "REDIS_URL": "redis://redis.example",
}


@pytest.fixture
def in_development(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.learning.styleguide.urls"


def fragments() -> set[str]:
    found = {*TEMPLATES.glob("includes/*.html"), *TEMPLATES.rglob("_*.html")}
    return {path.relative_to(TEMPLATES).as_posix() for path in found}


@pytest.mark.usefixtures("in_development")
@pytest.mark.django_db
def test_every_fragment_is_shown(client: Client) -> None:
    shown = {template.name for template in client.get("/styleguide/").templates}
    assert fragments() - shown == set(NOT_SHOWN)


@pytest.mark.usefixtures("in_development")
@pytest.mark.django_db
def test_it_asks_the_database_nothing(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/styleguide/").status_code == 200


@pytest.mark.usefixtures("in_development")
@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_nothing_in_it_is_inline_and_no_two_elements_share_a_name(
    client: Client, language: str
) -> None:
    answer = client.get("/styleguide/", headers={"accept-language": language})
    page = Page(answer.content.decode())
    assert page.offences == []
    names = Counter(said["id"] for _tag, said in page.tags if "id" in said)
    assert [name for name, count in names.items() if count > 1] == []
    assert [tag for tag, _ in page.tags].count("h1") == 1


@pytest.mark.usefixtures("in_development")
@pytest.mark.django_db
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_shown_light_and_dark(client: Client, theme: str) -> None:
    answer = client.get(f"/styleguide/?theme={theme}")
    assert re.search(rf'<html[^>]* data-theme="{theme}"', answer.content.decode())
    assert "theme" not in answer.cookies


@pytest.mark.django_db
def test_it_is_not_found_where_the_setting_is_off(client: Client) -> None:
    assert client.get("/styleguide/").status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings_of", "found"),
    [("development", "styleguide:styleguide"), ("production", "not found"), ("test", "not found")],
)
def test_only_development_has_its_address(settings_of: str, found: str) -> None:
    environment = {
        **os.environ,
        **(PRODUCTION if settings_of == "production" else {}),
        "DJANGO_SETTINGS_MODULE": f"config.settings.{settings_of}",
    }
    asked = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout.strip().splitlines()[-1] == found


def test_names_of_a_fragment_stay_together() -> None:
    html = '<h2 id="a">x</h2><p aria-labelledby="a b"><a href="#a">y</a><use href="#p-done"/></p>'
    assert name_apart(html, "1-2") == (
        '<h2 id="a--1-2">x</h2><p aria-labelledby="a--1-2 b--1-2"><a href="#a--1-2">y</a>'
        '<use href="#p-done--1-2"/></p>'
    )


def test_templates_are_found_where_fragments_are_looked_for() -> None:
    assert TEMPLATES in [Path(place) for place in engines["django"].dirs]
    assert fragments()


@pytest.mark.usefixtures("in_development")
@pytest.mark.django_db
@pytest.mark.parametrize("status", [400, 403, 404, 408, 413, 429, 500, 503])
def test_what_is_seen_when_things_go_wrong_looks_as_somebody_chose(
    client: Client, status: int
) -> None:
    client.cookies["theme"] = "dark"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    answer = client.get(f"/styleguide/errors/{status}/")
    assert answer.status_code == status
    page = Page(answer.content.decode())
    assert page.offences == []
    html = next(said for tag, said in page.tags if tag == "html")
    assert (html["data-theme"], html["lang"]) == ("dark", "zh-hans")
