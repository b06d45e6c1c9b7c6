"""What `generate_roadmap` tells people."""

from __future__ import annotations

from typing import Any

import pytest

from generation.management.printing import format_report

RUN: dict[str, Any] = {
    "id": "1b4e28ba",
    "state": "ready",
    "provider": "openai",
    "model": "bee-1",
    "seconds": 48.9,
    "model_calls": 1_181,
    "tokens_in": 154_128,
    "tokens_out": 67_429,
    "cost_usd": 0.42375,
}


def told(**changes: Any) -> str:
    names = ("stages", "modules", "concepts", "tutorials", "resources", "quizzes", "questions")
    return format_report(
        {
            "roadmap": {"title": "Bees", "url": "http://127.0.0.1:8000/roadmaps/bees/"},
            "run": RUN | changes,
            "counts": dict.fromkeys((*names, "failed"), 1),
            "connections": {"peak": 1, "budget": 1},
            "failures": [],
        }
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "bee-1 (1,181 calls, 154,128 tokens in, 67,429 out, 0.4238 USD)"),
        ({"cost_usd": None}, "bee-1 (1,181 calls, 154,128 tokens in, 67,429 out)"),
        ({"model": "", "provider": "catalogue"}, "written by the catalogue"),
    ],
)
def test_it_says_who_wrote_and_what_that_took(changes: dict[str, Any], words: str) -> None:
    assert words in told(**changes)
