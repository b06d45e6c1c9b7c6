"""Skeletons, made by hypothesis or by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from generation.port.skeleton import Skeleton, Title, concept_key
from generation.port.skeleton_reading import Parsed
from roadmaps.text import without_directions

_TITLE: TypeAdapter[str] = TypeAdapter(Title)
# What a reader might take for something else than a title.
ODD = (
    "Summary", "Summary: what it is", "title: none", "assumptions", "Verdict: roadmap", "Level",
    "[x] Done", "[ ] Open", "[] empty", "# heading", "C#", "F# ##", "* star", "- dash", "—", "1984",
    "1. First", "2 Second", "Stage 1: Knots", "**Bold**: said", "**Bold** - said", "__init__",
    "<think>", "</think>", "</think> of it", "a</think>b", "```", "``` fence", "---", "***", "===",
    "a; b；c", "2001: A Space Odyssey", "1.2 of it", "A. Ants", "B. Bees",
    "第一章 绳结", "绳结：入门",
    "Stage 2", "IV. Four", "3D printing", "> quoted", "| a | b |", "\\_escaped\\_", "`code`",
    "Part 1: Part 2: Part 3: Part 4: Knots", "مقدمة", "🚀 Stage 1: Go", "title：x",
)  # fmt: skip


def _is_title(text: str) -> bool:
    try:
        _TITLE.validate_python(text)
    except ValidationError:
        return False
    return True


titles = st.one_of(
    st.sampled_from(ODD),
    st.tuples(st.sampled_from(ODD), st.sampled_from(ODD)).map(" ".join),
    st.text(min_size=1, max_size=40),
).filter(_is_title)
lines = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60).filter(
    lambda text: bool(without_directions(text).strip())
)


@st.composite
def skeletons(draw: Callable[..., Any]) -> Skeleton:
    """Valid ones, as small as tells them apart, with keys in order of appearance."""
    number = 0

    def concept() -> dict[str, Any]:
        nonlocal number
        number += 1
        return {"key": concept_key(number), "title": draw(titles), "known": draw(st.booleans())}

    def module() -> dict[str, Any]:
        count = draw(st.integers(1, 3))
        return {"title": draw(titles), "concepts": [concept() for _ in range(count)]}

    stages = [
        {"title": draw(titles), "modules": [module() for _ in range(draw(st.integers(1, 2)))]}
        for _ in range(draw(st.integers(1, 3)))
    ]
    return Skeleton.model_validate(
        {
            "title": draw(titles),
            "summary": draw(lines | st.sampled_from(ODD)),
            "language": draw(st.sampled_from(["en", "de", "zh-Hant", "pt-BR"])),
            "level": draw(st.sampled_from(["beginner", "intermediate", "advanced"])),
            "assumptions": draw(st.lists(lines | st.sampled_from(ODD), max_size=3)),
            "stages": stages,
        }
    )


def make_skeleton(
    concepts: int = 24, *, stages: int = 2, modules: int = 2, **changes: Any
) -> Skeleton:
    """c1, c2, … spread evenly over modules and stages."""
    share = -(-concepts // (stages * modules))
    rows = [
        {"key": concept_key(number), "title": f"The knot {number}"}
        for number in range(1, concepts + 1)
    ]
    parts = [rows[place : place + share] for place in range(0, concepts, share)]
    made = [
        {"title": f"Loops of kind {chr(65 + place)}", "concepts": part}
        for place, part in enumerate(parts)
    ]
    plan = {
        "title": "Tying knots",
        "summary": "From ropes to rescue.",
        "language": "en",
        "level": "beginner",
        "stages": [
            {"title": title, "modules": made[place * modules : (place + 1) * modules]}
            for place, title in enumerate(("Ropes", "Rescue", "Art", "Teaching")[:stages])
        ],
    }
    return Skeleton.model_validate(plan | changes)


def shape(parsed: Parsed) -> dict[str, dict[str, list[str]]]:
    """Titles by the titles above them."""
    return {
        stage.title: {m.title: [concept.title for concept in m.concepts] for m in stage.modules}
        for stage in parsed.stages
    }
