"""The language of a goal is a contract: what the server writes in another is mended, or fails."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from concepts.languages.judging import find_wrong_language
from concepts.models import Choice, Concept, Question, Tutorial
from generation.models import GenerationRun
from roadmaps.models import Module, Roadmap, Stage
from tests.generation import writings
from tests.generation.providers.gateway.model_server import KEY, MODEL, ModelServer
from tests.generation.providers.gateway.received import Received

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

GOAL = "我想系统学习机器学习，每周8小时"
CONCEPTS = 8
Rewrite = Callable[[Received, str], str]


def say(request: Received, language: str) -> str:
    answer = getattr(writings, request.purpose)(language)
    answer = answer(request.text) if callable(answer) else answer
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)


def always(language: str) -> Rewrite:
    return lambda request, _content: say(request, language)


def english_at_first(request: Received, _content: str) -> str:
    return say(request, "zh" if "<faults>" in request.text else "en")


def english_quizzes(request: Received, _content: str) -> str:
    return say(request, "en" if request.purpose == "quiz" else "zh")


@pytest.fixture
def server(settings: Settings) -> Iterator[ModelServer]:
    with ModelServer() as running:
        settings.LLM_BASE_URL, settings.LLM_API_KEY = running.base_url, KEY
        settings.LLM_MODEL, settings.CONTENT_PROVIDER = MODEL, "openai"
        yield running


def generate(code: int) -> dict[str, Any]:
    out = io.StringIO()
    options = ("--concepts", str(CONCEPTS), "--format", "json")
    with pytest.raises(SystemExit) as end:
        call_command("generate_roadmap", GOAL, *options, stdout=out, stderr=io.StringIO())
    assert end.value.code == code, (
        out.getvalue(),
        list(GenerationRun.objects.values("state", "reason")),
    )
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


@pytest.mark.parametrize("rewrite", [always("zh"), english_at_first])
def test_a_chinese_goal_gives_a_chinese_roadmap(server: ModelServer, rewrite: Rewrite) -> None:
    server.rewrite = rewrite
    report = generate(0)
    assert report["roadmap"]["language"] == "zh"
    assert report["counts"]["failed"] == 0
    assert_all_chinese()
    times = 1 if rewrite is not english_at_first else 2
    assert len(server.received) == times * (1 + 2 + 3 * CONCEPTS)
    # Whoever asks says so in the language itself, too.
    assert all("请用简体中文撰写全部内容。" in request.text for request in server.received)


def assert_all_chinese() -> None:
    titles = [
        title
        for model in (Roadmap, Stage, Module, Concept)
        for title in model._default_manager.values_list("title", flat=True)
    ]
    assert all("蜜蜂" in title or "蜂箱" in title for title in titles)
    for tutorial in Tutorial.objects.all():
        assert find_wrong_language(tutorial.markdown, "zh") is None
        assert "蜜蜂" in tutorial.html
    labels = Choice.objects.filter(question__type="true_false").values_list("text", flat=True)
    assert Counter(labels) == {"正确": CONCEPTS, "错误": CONCEPTS}
    others = Choice.objects.exclude(question__type="true_false").values_list("text", flat=True)
    assert set(others) == set(writings.WORDS["zh"][2:])
    assert not Question.objects.exclude(explanation__contains="蜜蜂").exists()


def test_english_quizzes_of_a_chinese_roadmap_fail_and_say_why(server: ModelServer) -> None:
    server.rewrite = english_quizzes
    report = generate(3)
    assert {failure["artifact"] for failure in report["failures"]} == {"quiz"}
    assert len(report["failures"]) == CONCEPTS
    for failure in report["failures"]:
        assert "written in English, not in Chinese" in failure["error"]
    assert not Question.objects.exists()


def test_an_english_plan_for_a_chinese_goal_fails_and_says_why(server: ModelServer) -> None:
    server.rewrite = always("en")
    report = generate(1)
    assert report["run"]["state"] == "failed"
    assert "written in English, not in Chinese" in GenerationRun.objects.get().reason
    assert not Concept.objects.exists()
    # Once, and once more with the reasons.
    assert len(server.received) == 2
