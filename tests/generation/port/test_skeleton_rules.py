"""A skeleton is judged by its titles before anything else of a plan is written."""

from __future__ import annotations

import pytest

from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton
from generation.port.skeleton_rules import check_skeleton
from tests.generation.port.skeletons import make_skeleton

REQUEST = OutlineRequest("Knots")


def with_titles(*titles: str, language: str = "en", summary: str = "All of it.") -> Skeleton:
    plan = make_skeleton(24).model_dump() | {"language": language, "summary": summary}
    rows = [row for s in plan["stages"] for m in s["modules"] for row in m["concepts"]]
    for row, title in zip(rows, titles, strict=False):
        row["title"] = title
    return Skeleton.model_validate(plan)


def test_a_good_one_passes() -> None:
    assert check_skeleton(make_skeleton(24), REQUEST) == []


@pytest.mark.parametrize(
    ("skeleton", "request_", "told"),
    [
        (make_skeleton(12), REQUEST, "12 concepts; 24 to 60 are wanted"),
        (make_skeleton(24), OutlineRequest("Knots", concepts=40),
         "24 concepts; 30 to 50 are wanted"),
        (make_skeleton(24, stages=1, modules=3), REQUEST,
         "one stage for everything; at least two are wanted"),
        (with_titles("Overview"), REQUEST, "“Overview” is a placeholder, not a title"),
        (with_titles("Bowline", "bowline"), REQUEST, "concept title “bowline” occurs 2 times"),
        (make_skeleton(24), OutlineRequest("Knots", language="de"),
         "written in “en” instead of “de”"),
    ],
)  # fmt: skip
def test_each_fault_is_told(skeleton: Skeleton, request_: OutlineRequest, told: str) -> None:
    assert check_skeleton(skeleton, request_) == [told]


def test_titles_in_another_script_than_the_languages_are_told() -> None:
    titles = [f"单套结与绳索的第{number}种打法" for number in range(24)]
    [told] = check_skeleton(with_titles(*titles), REQUEST)
    assert told.startswith("the titles: ")


def test_a_summary_in_another_language_is_told() -> None:
    summary = "Hier lernt man, wie Knoten gebunden werden, wozu sie taugen und wie sie halten. " * 4
    [told] = check_skeleton(with_titles(summary=summary), REQUEST)
    assert told.startswith("the summary: ")


ENGLISH = tuple(f"Reading what frame {number} tells about the colony" for number in range(24))
GERMAN = (
    *("Docker Compose", "REST API", "asyncio", "Pandas DataFrame", "Git Branching", "CI/CD"),
    *(f"Unit Tests mit pytest, Teil {number}" for number in range(18)),
)


def test_a_plan_in_another_language_is_told_by_its_titles_where_its_summary_is_short() -> None:
    short = "From the first look into a hive to honey in jars, through one whole year."
    wrong = with_titles(*ENGLISH, summary=short, language="de")
    assert check_skeleton(wrong, REQUEST) == [
        "the plan: it is written in English, not in German (Deutsch, de)"
    ]
    assert check_skeleton(with_titles(*ENGLISH, summary=short), REQUEST) == []


def test_terms_of_another_language_are_no_other_language() -> None:
    summary = "Vom ersten Skript bis zum Betrieb einer Anwendung."
    assert check_skeleton(with_titles(*GERMAN, summary=summary, language="de"), REQUEST) == []
