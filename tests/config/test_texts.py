"""The catalogues are what the code says, whole, and compiled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.test import Client
from django.utils import translation

from config import texts

CATALOGUES = texts.list_catalogues()
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]")


def test_every_language_but_english_has_a_catalogue() -> None:
    languages = {translation.to_locale(code) for code, _ in settings.LANGUAGES} - {"en"}
    assert {path.parts[-3] for path in CATALOGUES} == languages


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_every_text_is_translated_and_nothing_else(path: Path) -> None:
    """What there is to do says `python -m config.texts`."""
    known = texts.read_catalogue(path)
    fresh = texts.renew(known, texts.read_texts())
    assert [message.id for message in texts.list_missing(fresh)] == []
    assert texts.write_text(fresh) == path.read_bytes(), "run `python -m config.texts`"


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_what_is_compiled_is_what_was_translated(path: Path) -> None:
    made = texts.compile_catalogue(texts.read_catalogue(path))
    assert made == path.with_suffix(".mo").read_bytes(), "run `python -m config.texts`"


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_translations_have_the_places_of_what_they_translate(path: Path) -> None:
    for message in texts.read_catalogue(path):
        said = message.string if isinstance(message.string, tuple | list) else [message.string]
        meant = message.id[-1] if isinstance(message.id, tuple | list) else message.id
        for one in said if meant else []:
            places = PLACEHOLDER.findall(str(one or meant))
            assert sorted(places) == sorted(PLACEHOLDER.findall(str(meant))), meant


def test_texts_of_code_and_templates_are_found() -> None:
    found = texts.read_texts()
    assert found.get("Saved.") is not None  # a constant
    assert found.get("Language and look") is not None  # a template
    counted = found.get(("%(count)s concept", "%(count)s concepts"))
    assert counted is not None  # a block with a plural


def test_a_text_that_changed_loses_its_translation() -> None:
    known = Catalog(locale="zh_Hans")
    known.add("Saved.", "已保存。")
    known.add("Gone.", "没有了。")
    said = Catalog()
    said.add("Saved.", locations=[("a.py", 0)])
    said.add("Saved at once.", locations=[("a.py", 0)])
    fresh = texts.renew(known, said)
    assert {message.id: message.string for message in fresh if message.id} == {
        "Saved.": "已保存。",
        "Saved at once.": None,
    }
    assert [message.id for message in texts.list_missing(fresh)] == ["Saved at once."]


@pytest.mark.django_db
def test_a_page_speaks_chinese_to_whoever_wants_that(client: Client) -> None:
    page = client.get("/accounts/login/", headers={"accept-language": "zh-CN"}).content.decode()
    assert "<h1>登录</h1>" in page
    assert 'lang="zh-hans"' in page
    assert "Sign" not in page
