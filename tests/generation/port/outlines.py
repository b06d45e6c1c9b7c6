"""Outlines of a language, good but for what a test says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generation.port.outline import Outline

Changes = Mapping[int, dict[str, Any]]


def concept(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "key": f"c{number}",
        "title": f"Word {number}",
        "summary": "What it means.",
        "kind": "concept",
        "difficulty": 1,
        "est_minutes": 30,
        "objectives": ["Say it", "Write it"],
        **changes,
    }


def stage(title: str, concepts: list[dict[str, Any]]) -> dict[str, Any]:
    module = {"title": f"Words of {title}", "summary": "Some.", "concepts": concepts}
    return {"title": title, "summary": "Words.", "modules": [module]}


def outline(
    concepts: int = 24,
    *,
    stages: tuple[str, ...] = ("Sounds", "Sentences"),
    changes: Changes | None = None,
    **fields: Any,
) -> Outline:
    """c0, c1, … spread evenly over the stages; `changes` by a concept's number."""
    rows = [concept(number, **(changes or {}).get(number, {})) for number in range(concepts)]
    share = -(-concepts // len(stages))
    parts = [
        stage(title, rows[place * share : (place + 1) * share])
        for place, title in enumerate(stages)
    ]
    plan = {"title": "A language", "summary": "All.", "language": "en", "level": "beginner"}
    return Outline.model_validate(plan | {"stages": parts} | fields)
