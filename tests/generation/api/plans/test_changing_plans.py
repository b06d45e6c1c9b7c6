"""How large a plan may come, how often it may be changed, and what of its titles is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.limits import rules
from accounts.models import User
from config.api import BODY_MAX_BYTES
from generation.models import GenerationRun
from generation.plan_api import PLAN_MAX_BYTES
from generation.port.outline import MOST_CONCEPTS
from roadmaps.bounds import TITLE_MAX_CHARACTERS
from tests.config.test_body_limit import MOST_BYTES
from tests.learning.planning.planning import PLAN, make_planned, skeleton_of

pytestmark = pytest.mark.django_db
LARGEST_TITLE = "\U0001f600" * (TITLE_MAX_CHARACTERS - 5)
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"


def put(client: Client, run: GenerationRun, body: Any) -> Any:
    address = f"/api/v1/runs/{run.pk}/plan"
    return client.put(address, body, content_type="application/json")


def named(place: int, kind: str) -> str:
    return f"{kind}{place:04}{LARGEST_TITLE}"


def largest(concepts: int = MOST_CONCEPTS) -> dict[str, Any]:
    """Each concept in a module and a stage of its own, and no letter of ASCII."""
    stages = [
        {
            "title": named(place, "s"),
            "modules": [
                {
                    "title": named(place, "m"),
                    "concepts": [{"title": named(place, "c"), "known": False}],
                }
            ],
        }
        for place in range(concepts)
    ]
    return {"version": 1, "stages": stages}


def test_the_largest_legal_plan_is_taken(client: Client, run: GenerationRun) -> None:
    body = json.dumps(largest(), indent=2)
    assert BODY_MAX_BYTES < settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 2 < len(body) < PLAN_MAX_BYTES
    answer = put(client, run, body)
    assert answer.status_code == 200, answer.content[:300]
    assert len(skeleton_of(run).concepts()) == MOST_CONCEPTS


def test_what_no_plan_needs_is_refused_and_so_is_as_much_elsewhere(
    client: Client, run: GenerationRun
) -> None:
    assert PLAN_MAX_BYTES < settings.DATA_UPLOAD_MAX_MEMORY_SIZE < MOST_BYTES
    assert put(client, run, " " * (PLAN_MAX_BYTES + 1)).status_code == 413
    other: Any = {"content_type": "application/json"}
    for path in ("roadmaps/generate", f"runs/{run.pk}/approve", f"runs/{run.pk}/cancel"):
        answer = client.post(f"/api/v1/{path}", " " * (BODY_MAX_BYTES + 1), **other)
        assert answer.status_code == 413, path


def test_more_concepts_than_a_plan_has_are_counted_first(
    client: Client, run: GenerationRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("looked at before it was counted")

    monkeypatch.setattr("generation.plan_api._give_keys", never)
    concepts = [{"title": f"Knot {place}"} for place in range(MOST_CONCEPTS)]
    modules = [{"title": name, "concepts": concepts} for name in ("One", "Two")]
    body = {"version": 1, "stages": [{"title": "All", "modules": modules}]}
    answer = put(client, run, body)
    assert answer.status_code == 422
    assert "at most 250" in answer.json()["error"]["fields"]["stages"]


@pytest.mark.parametrize("word", ["Ropes", "\u05d7\u05d1\u05dc"])
def test_nothing_that_turns_a_title_around_is_kept(
    client: Client, run: GenerationRun, word: str
) -> None:
    deceiving = f"{BIDI}{word}{BIDI}{word}{BIDI}"
    module = {"title": deceiving, "concepts": [{"title": deceiving}]}
    stages = [{"title": deceiving, "modules": [module]}]
    answer = put(client, run, {"version": 1, "title": deceiving, "stages": stages})
    assert answer.status_code == 200, answer.json()
    (stage,) = skeleton_of(run).stages
    kept = (skeleton_of(run).title, stage.title, stage.modules[0].title)
    assert kept == (word + word,) * 3
    assert stage.modules[0].concepts[0].title == word + word


def test_nothing_that_turns_a_wish_around_is_kept(client: Client, run: GenerationRun) -> None:
    form = {"version": 1, "act": "anew", "wish": BIDI}
    assert client.post(f"/runs/{run.pk}/plan/", form).status_code == 422
    wish = f"{BIDI} More {BIDI}\u05d7{BIDI}"
    assert client.post(f"/runs/{run.pk}/plan/", form | {"wish": wish}).status_code == 302
    assert GenerationRun.objects.get(pk=run.pk).plan_wish == "More \u05d7"


def test_a_plan_is_changed_so_often_in_a_day_and_no_more(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PLAN_CHANGES_PER_DAY", 2)
    owner = User.objects.create_user("alice@example.org")
    run = make_planned(owner=owner)
    client.force_login(owner)
    stages = PLAN.model_dump()["stages"]
    # What changes nothing, and what is refused, costs nothing.
    bodies = [{"version": 1, "stages": stages}] * 3 + [{"version": 7, "stages": stages}] * 3
    assert [put(client, run, body).status_code for body in bodies] == [200] * 3 + [409] * 3
    for version in (1, 2):
        body = {"version": version, "title": f"Title {version}", "stages": stages}
        assert put(client, run, body).status_code == 200
    answer = put(client, run, {"version": 3, "title": "Title 3", "stages": stages})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 3_600
    assert skeleton_of(run).title == "Title 2"
    form = {"version": 3, "boxes": "1", "act": "save", "title": "By form"}
    page = client.post(f"/runs/{run.pk}/plan/", form)
    assert (page.status_code, skeleton_of(run).title) == (429, "Title 2")
    assert "By form" in page.content.decode()
