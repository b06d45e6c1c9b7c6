"""Every title of a plan is plain, whoever wrote the plan."""

from __future__ import annotations

import pytest
from django.test import Client

from concepts.models import Concept
from generation.port.outline import Outline
from generation.port.outline_rules import check_outline
from generation.port.request import OutlineRequest
from generation.providers.openai.schemas import OutlineAnswer, read_outline
from roadmaps.models import Module, Stage
from tests.generation.cast import make_outline
from tests.learning.library import QuickProvider, make_ready

NUMBERED = {
    "title": "**Learning** `ropes`",
    "summary": "S.",
    "language": "en",
    "level": "beginner",
    "stages": [
        {
            "title": f"Stage {stage}: **{name}**",
            "summary": "S.",
            "modules": [
                {
                    "title": f"Module {stage}.1 – {name} at work",
                    "summary": "S.",
                    "concepts": [
                        {
                            "key": f"c{stage}{place}",
                            "title": f"{stage}.{place} {concept} {name}",
                            "summary": "S.",
                            "kind": "concept",
                            "difficulty": 1,
                            "est_minutes": 30,
                            "objectives": ["Say it", "Do it"],
                        }
                        for place, concept in enumerate(("Many", "`__init__` of"), start=1)
                    ],
                }
            ],
        }
        for stage, name in enumerate(("Signals", "Knots"), start=1)
    ],
}


def test_what_a_model_plans_has_plain_titles() -> None:
    outline, problems = read_outline(OutlineAnswer.model_validate(NUMBERED), None)
    assert outline is not None, problems
    assert outline.title == "Learning ropes"
    assert [stage.title for stage in outline.stages] == ["Signals", "Knots"]
    assert [module.title for module in outline.modules()] == ["Signals at work", "Knots at work"]
    assert [concept.title for concept in outline.concepts()] == [
        "Many Signals", "__init__ of Signals", "Many Knots", "__init__ of Knots",
    ]  # fmt: skip


@pytest.mark.django_db
def test_pages_show_no_number_twice(client: Client) -> None:
    plan = make_outline(4).model_dump()
    for number, stage in enumerate(plan["stages"], start=1):
        stage["title"] = f"Stage {number}: **Knots {number}**"
        for module in stage["modules"]:
            module["title"] = f"第{number}章：Loops"
            for place, concept in enumerate(module["concepts"], start=1):
                concept["title"] = f"{place}. {concept['title']}"
    run = make_ready(QuickProvider(Outline.model_validate(plan)))
    stages = Stage.objects.order_by("position").values_list("title", flat=True)
    assert list(stages) == ["Knots 1", "Knots 2"]
    assert set(Module.objects.values_list("title", flat=True)) == {"Loops"}
    assert "The knot c02" in Concept.objects.values_list("title", flat=True)
    page = client.get(run.roadmap.get_absolute_url()).content.decode()
    assert not [mark for mark in ("Stage 1:", "**", "第1章", "1. The knot") if mark in page]


@pytest.mark.parametrize("title", ["Stage 1:", "Lesson 3 —", "Module 2.", "Chapter 4 -"])
def test_a_number_without_a_title_is_a_placeholder(title: str) -> None:
    plan = make_outline(24).model_dump()
    plan["stages"][0]["title"] = title
    problems = check_outline(Outline.model_validate(plan), OutlineRequest("Knots"))
    assert problems == [f"“{title}” is a placeholder, not a title"]
