"""Learners are told what is the matter, in their language, and nothing about variables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from concepts.models import Artifact
from generation.port.errors import ContentError, GoalRefused
from generation.port.request import OutlineRequest
from generation.providers.catalogue import CatalogueProvider
from generation.providers.gateway.errors import REFUSED_KEY
from generation.run_states import RunState
from generation.runs import lifecycle
from generation.runs.learner_words import explain_artifact, explain_refusal, explain_run
from tests.generation.cast import KINDS, make_outline
from tests.learning.library import QuickProvider, concept_page, make_ready, open_order

OUR_WORDS = "Something went wrong while this was being written."


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Requests in another language leave it behind."""
    with override("en"):
        yield


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The rope is too short.", "The rope is too short."),
        ("Short of rope (and of time).", "Short of rope (and of time)."),
        ("“MY_VARIABLE in C” means several things.", "“MY_VARIABLE in C” means several things."),
        (REFUSED_KEY, OUR_WORDS),
        ("It is away (LLM_BASE_URL). Try again.", OUR_WORDS),
        ("Set LLM_MODEL; .env.example shows how.", OUR_WORDS),
        ("", OUR_WORDS),
    ],
)
def test_what_names_a_variable_is_told_in_our_words(text: str, told: str) -> None:
    assert explain_artifact(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The rope is too short.", "编写时出了问题。"),
        ("“学习打结” is too short.", "编写时出了问题。"),
        ("绳子太短了。", "绳子太短了。"),
        ("It was not written yet where this roadmap was copied from.", None),
    ],
)
def test_what_a_server_wrote_is_shown_where_it_is_in_the_language_of_the_interface(
    text: str, told: str | None
) -> None:
    with override("zh-hans"):
        shown = explain_artifact(text)
        assert shown == told or (told is None and re.search(r"[一-鿿]", shown))
        assert not re.search("[A-Za-z]{3}", explain_refusal(text) + explain_run("paused", text))


@pytest.mark.parametrize(
    "request_",
    [
        OutlineRequest("Tying knots"),
        OutlineRequest("Python web"),
        OutlineRequest("Python web development", level="advanced"),
        OutlineRequest("Python web development", language="zh"),
        OutlineRequest("Python web development", concepts=100),
    ],
)
def test_what_the_catalogue_refuses_is_told_without_its_variables_and_in_chinese(
    request_: OutlineRequest,
) -> None:
    for language, words in (("en", r"not|Nobody|asked"), ("zh-hans", "[一-鿿]{3}")):
        with override(language), pytest.raises(GoalRefused) as refused:
            CatalogueProvider().check_goal(request_)
        assert "LLM_BASE_URL" in str(refused.value)
        with override(language):
            told = explain_refusal(refused.value.for_learners)
        assert not re.search(r"[A-Z]+_[A-Z]+|\.env", told)
        assert re.search(words, told)
        assert request_.goal in told or "Python web development" in told


def ask(client: Client, address: str, language: str = "en") -> str:
    answer = client.get(address, headers={"Accept-Language": language})
    said: Any = json.dumps(answer.json(), ensure_ascii=False) if "/api/" in address else ""
    return said or answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "reason", "told"),
    [
        ("en", "The rope was too short.", "The rope was too short."),
        ("en", "The key is refused (LLM_API_KEY).", OUR_WORDS),
        ("zh-hans", "The rope was too short.", "编写时出了问题。"),
        ("zh-hans", "绳子太短了。", "绳子太短了。"),
    ],
)
def test_pages_and_api_say_the_same_of_what_was_not_written(
    client: Client, language: str, reason: str, told: str
) -> None:
    fails = {("c02", kind): ContentError(reason) for kind in KINDS}
    run = make_ready(QuickProvider(make_outline(4), fail=fails))
    concept = Artifact.objects.filter(state="failed", concept__roadmap=run.roadmap_id)[0].concept
    api = f"/api/v1/runs/{run.pk}"
    of_concept = f"/api/v1/roadmaps/{run.roadmap_id}/concepts/{concept.stable_key}"
    looks = [run.get_absolute_url(), f"{run.get_absolute_url()}events/", concept_page(run)]
    for address in [*looks, api, f"{api}/events", of_concept]:
        said = ask(client, address, language)
        assert told in said or json.dumps(told)[1:-1] in said, address
        assert told == reason or reason not in said, address


@pytest.mark.django_db
@pytest.mark.parametrize("state", [RunState.PAUSED, RunState.FAILED, RunState.CANCELLED])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_and_api_say_the_same_of_a_run_that_was_stopped(
    client: Client, state: RunState, language: str
) -> None:
    scribe = open_order()
    scribe.start()
    lifecycle.stop_run(scribe.run_id, state, "the key is refused (LLM_API_KEY)", detail="secret")
    with override(language):
        told = explain_run(state, "the key is refused (LLM_API_KEY)")
    api, page = f"/api/v1/runs/{scribe.run_id}", f"/runs/{scribe.run_id}/"
    for address in (page, api, f"{api}/events"):
        said = ask(client, address, language)
        assert told in said, address
        assert "the key is refused" not in said, address


@pytest.mark.django_db
def test_page_and_api_say_the_same_of_a_goal_that_is_refused(client: Client) -> None:
    wish = {"user_request": "Tying knots"}
    for language in ("en", "zh-hans"):
        headers = {"Accept-Language": language}
        page = client.post("/", {"goal": "Tying knots"}, headers=headers).content.decode()
        answer = client.post(
            "/api/v1/roadmaps/generate", wish, content_type="application/json", headers=headers
        )
        assert answer.json()["error"]["message"] in page
        assert re.search("[一-鿿]", answer.json()["error"]["message"]) or language == "en"
