"""What is kept of a page is what its next visitor would be told without."""

from __future__ import annotations

import copy
import itertools
import re
import secrets
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.template import Template
from django.test import Client, override_settings
from django.utils import translation

from concepts.content import ArtifactKind
from generation.models import GenerationRun
from generation.run_states import RunState
from generation.runs import lifecycle
from learning.concept import frames
from learning.concept.snapshot import Snapshot
from roadmaps.models import Visibility
from tests.generation.rewriters import Anew, open_anew
from tests.learning.concept.changes import CHANGES
from tests.learning.library import concept_page, make_ready
from tests.visitors import VISITORS, Visitors, make_visitors

pytestmark = pytest.mark.django_db

LANGUAGES, THEMES = ("en", "zh-hans"), ("", "dark")
KEEPS_NOTHING = {"texts": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
# Another one each time: the mask of a form's token, and when a quiz was signed.
_EVER_NEW = re.compile(r'name="(csrfmiddlewaretoken|token)" value="[^"]*"')


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """And quizzes are shuffled in one way."""
    monkeypatch.setattr(secrets, "token_hex", lambda count: "ab" * count)
    caches["texts"].clear()
    yield
    caches["texts"].clear()


@pytest.fixture
def visitors() -> Visitors:
    return make_visitors()


def look(client: Client, page: str, language: str, theme: str) -> str:
    client.cookies.pop("theme", None)
    if theme:
        client.cookies["theme"] = theme
    answer = client.get(page, headers={"accept-language": language})
    return _EVER_NEW.sub("", answer.content.decode())


def look_in_all_ways(clients: dict[str, Client], page: str) -> dict[tuple[str, str, str], str]:
    ways = itertools.product(VISITORS, LANGUAGES, THEMES)
    return {way: look(clients[way[0]], page, *way[1:]) for way in ways}


def assert_kept_is_true(clients: dict[str, Client], page: str) -> None:
    kept = look_in_all_ways(clients, page)
    with override_settings(CACHES={**copy.deepcopy(settings.CACHES), **KEEPS_NOTHING}):
        made = look_in_all_ways(clients, page)
    assert [way for way in made if kept[way] != made[way]] == []


def test_nobody_is_told_what_was_kept_for_another_way_to_look(visitors: Visitors) -> None:
    """Before and after each change, one upon the other."""
    run = make_ready(owner=visitors.alice, visibility=Visibility.UNLISTED)
    page, clients = concept_page(run), visitors.clients()
    assert_kept_is_true(clients, page)
    for change in CHANGES.values():
        change(visitors)
        assert_kept_is_true(clients, page)


@pytest.mark.parametrize("state", [None, RunState.FAILED, RunState.PAUSED, RunState.CANCELLED])
def test_what_became_of_a_new_version_is_told_to_whom_it_concerns(
    visitors: Visitors, state: RunState | None
) -> None:
    run = make_ready(owner=visitors.alice)
    page, clients = concept_page(run), visitors.clients()
    assert_kept_is_true(clients, page)
    rewrite(run, state)
    assert_kept_is_true(clients, page)
    told = {name: "ew version" in look(clients[name], page, "en", "") for name in VISITORS}
    is_open = state is None
    assert told == dict.fromkeys(VISITORS, is_open) | {"alice": True, "staff": True}


def rewrite(run: GenerationRun, state: RunState | None) -> None:
    new = Anew(open_anew(run, ArtifactKind.TUTORIAL, "With ships."))
    new.claim()
    if state is not None:
        lifecycle.stop_run(new.run_id, state, "It is too long.")


def test_one_frame_serves_all_who_look_in_one_way(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str | None, frames.Look]] = []
    left: list[tuple[Any, ...]] = []
    make = frames._make

    def count(snapshot: Snapshot, shown: frames.Look, page: Template) -> frames.Frame:
        left.append((snapshot.note, snapshot.mark, snapshot.reported, snapshot.last_attempt))
        made.append((translation.get_language(), shown))
        return make(snapshot, shown, page)

    monkeypatch.setattr(frames, "_make", count)
    page, clients = concept_page(make_ready(owner=visitors.alice)), visitors.clients()
    for change in ("a note", "a mark", "a mark on what is required", "a report"):
        CHANGES[change](visitors)
    for _ in range(2):
        look_in_all_ways(clients, page)
    # Accounts have chosen a language; whoever has none is shown what the browser asks for.
    chosen = [("en", frames.Look(theme, may_rewrite=True)) for theme in THEMES]
    asked = itertools.product(LANGUAGES, (frames.Look(one, may_rewrite=False) for one in THEMES))
    assert Counter(made) == Counter([*chosen, *asked])
    assert left == [(None, None, {}, None)] * len(made)
