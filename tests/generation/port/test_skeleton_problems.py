"""What is wrong with the lines of a plan is told by their numbers."""

from __future__ import annotations

import pytest

from generation.port.outline import MOST_CONCEPTS
from generation.port.skeleton_reading import (
    MOST_CHARACTERS,
    NO_STAGES,
    TITLE_TOO_LONG,
    TOO_LONG,
    build_skeleton,
    read_skeleton,
)
from generation.port.skeleton_tree import DOUBLE, EMPTY, NO_TITLE, TOO_MANY
from roadmaps.bounds import TITLE_MAX_CHARACTERS


def problems(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in read_skeleton(text).problems]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", [(0, NO_STAGES)]),
        ("Just some words.", [(0, NO_STAGES)]),
        ("- a\n- b", [(0, NO_STAGES)]),
        ("## S\n### M\n- a\n### N\n## T\n### O\n- b", [(4, EMPTY)]),
        ("## S\n### M\n- a\n## T", [(4, EMPTY)]),
        ("## S\n### M\n- Knot\n- knot", [(4, DOUBLE)]),
        (f"## S\n### M\n- a\n- {'b' * (TITLE_MAX_CHARACTERS + 1)}", [(4, TITLE_TOO_LONG)]),
        ("## S\n### M\n- a\n- b\x00c", [(4, NO_TITLE)]),
        ("## S\n### M\n- a\n- half \ud83d", [(4, NO_TITLE)]),
        ("## S\n### M\n- a\n## T\x07\n### N\n- b", [(4, NO_TITLE)]),
    ],
)
def test_each_problem_names_its_line(text: str, told: list[tuple[int, str]]) -> None:
    assert problems(text) == told


def test_no_plan_has_more_than_can_be_looked_into() -> None:
    for line in ("- c{}\n", "### m{}\n- c{}\n", "## s{}\n### m{}\n- c{}\n"):
        text = "## S\n### M\n- c\n" + "".join(line.replace("{}", f"x{n}") for n in range(2_000))
        parsed = read_skeleton(text)
        assert TOO_MANY in {problem.message for problem in parsed.problems}
        modules = [module for stage in parsed.stages for module in stage.modules]
        assert len(parsed.stages) <= MOST_CONCEPTS
        assert len(modules) <= MOST_CONCEPTS
        assert sum(len(module.concepts) for module in modules) <= MOST_CONCEPTS


def test_a_text_is_cut_before_it_is_looked_into() -> None:
    text = "## S\n### M\n- a\n" + "x " * MOST_CHARACTERS + "\n- b\nsummary: Never reached."
    assert problems(text) == [(4, TOO_LONG)]
    assert not read_skeleton(text).is_whole


def test_what_a_plan_has_not_keeps_it_from_being_whole() -> None:
    skeleton, told = build_skeleton(read_skeleton("## S\n### M\n- a\n### N"))
    assert skeleton is None
    assert any("title" in one for one in told)
    assert any("summary" in one for one in told)
