"""What a question of a built-in roadmap asks to be typed is what comes out, and code is code."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import pytest
from django.db import connection

from concepts.content import QuestionContent
from concepts.lint.quiz import quiz_problems, settle_quiz
from generation.providers.catalogue import CatalogueRoadmap
from roadmaps.text import output_key
from tests.generation.catalogue_entries import ENTRIES, Entry, every_roadmap, find_faults
from tests.generation.catalogue_rules import ground_of

_FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL)
PRODUCED = ("output", "order", "faulty_line")


def _asked(*kinds: str) -> Iterator[tuple[Entry, QuestionContent]]:
    for entry in ENTRIES:
        for question in entry.quiz.questions:
            if question.type in kinds:
                yield entry, question


def _shown(question: QuestionContent, language: str) -> str:
    found = [fence["code"] for fence in _FENCE.finditer(question.stem)]
    languages = [fence["language"] for fence in _FENCE.finditer(question.stem)]
    return "\n".join(found) if languages == [language] else ""


def _outputs(language: str) -> list[Any]:
    return [
        pytest.param(question, id=entry.concept.key)
        for entry, question in _asked("output")
        if _shown(question, language)
    ]


def _matches(printed: str, question: QuestionContent) -> bool:
    return output_key(printed) == output_key(question.accepted[0])


@pytest.mark.parametrize("question", _outputs("python"))
def test_a_script_prints_what_is_to_be_typed(question: QuestionContent) -> None:
    script = [sys.executable, "-I", "-c", _shown(question, "python")]
    ran = subprocess.run(script, capture_output=True, text=True, check=True, encoding="utf-8")
    assert _matches(ran.stdout, question), ran.stdout


@pytest.mark.django_db
@pytest.mark.parametrize("question", _outputs("sql"))
def test_a_query_returns_what_is_to_be_typed(question: QuestionContent) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_shown(question, "sql"))
        rows = ["|".join(map(_as_psql_has_it, row)) for row in cursor.fetchall()]
    assert _matches("\n".join(rows), question), rows


def _as_psql_has_it(value: Any) -> str:
    if isinstance(value, bool):
        return "t" if value else "f"
    return "" if value is None else str(value)


def test_whatever_is_shown_to_run_is_run_here() -> None:
    shown = [one for _, one in _asked("output") if "```" in one.stem]
    assert len(shown) == len(_outputs("python")) + len(_outputs("sql"))


def _code_of(question: QuestionContent) -> str:
    lines = [line.text for line in question.choices]
    is_code = all(line.startswith("`") and line.endswith("`") for line in lines)
    return dedent("\n".join(line.strip("`") for line in lines)) if is_code else ""


def test_lines_of_python_are_python_in_the_order_that_is_right() -> None:
    looked_at = 0
    for entry, question in _asked("order", "faulty_line"):
        code = _code_of(question)
        is_python = ground_of(entry.roadmap).code == "python" and " = " in code
        if is_python:
            looked_at += 1
            body = "\n".join(f"    {line}" for line in code.splitlines())
            compile(f"async def lines():\n{body}\n", entry.concept.key, "exec")
    assert looked_at >= 5


def test_each_kind_that_makes_people_produce_is_asked_a_handful_of_times() -> None:
    asked: Counter[str] = Counter(question.type for _, question in _asked(*PRODUCED))
    assert all(asked[kind] >= 5 for kind in PRODUCED), asked


@every_roadmap
def test_a_quiz_with_such_questions_is_in_its_language_and_passes_all_that_a_models_must(
    roadmap: CatalogueRoadmap,
) -> None:
    language = roadmap.outline.language

    def judge(entry: Entry) -> object:
        if not any(question.type in PRODUCED for question in entry.quiz.questions):
            return None
        return quiz_problems(settle_quiz(entry.quiz, language), language)

    assert not find_faults(roadmap, judge)


@every_roadmap
def test_how_many_of_several_are_right_is_not_always_the_same(roadmap: CatalogueRoadmap) -> None:
    counts = Counter(
        sum(choice.is_correct for choice in question.choices)
        for entry, question in _asked("multiple")
        if entry.roadmap is roadmap
    )
    assert len(counts) > 1 or counts.total() < 5, counts
