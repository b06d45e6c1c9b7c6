"""The code of every built-in tutorial does what the page says, as often as it is run."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from concepts.markdown.signs import Sign
from tests.generation.catalogue_entries import ENTRIES, Entry
from tests.generation.catalogue_rules import ground_of
from tests.generation.catalogue_scripts import (
    ANSWER,
    LESSON,
    Exercise,
    first_broken_promise,
    read_lesson,
    run_python,
)

PYTHON = [entry for entry in ENTRIES if ground_of(entry.roadmap).code == "python"]
every_lesson = pytest.mark.parametrize("entry", PYTHON, ids=lambda entry: entry.concept.key)


@pytest.mark.wide
@pytest.mark.slow
@every_lesson
def test_a_script_runs_twice_and_prints_what_it_promises(entry: Entry, tmp_path: Path) -> None:
    script = read_lesson(entry).script
    (tmp_path / LESSON).write_text(script, encoding="utf-8")
    for _ in range(2):
        ended = run_python(LESSON, tmp_path)
        assert ended.returncode == 0, ended.stderr
        assert not re.search("Error|Warning", ended.stderr), ended.stderr
        assert first_broken_promise(script, ended.stdout) is None, ended.stdout


def run_check(entry: Entry, exercise: Exercise, answer: str, folder: Path) -> int:
    """As a learner does it: the lesson, the answer and the check lie in one folder."""
    (folder / LESSON).write_text(read_lesson(entry).script, encoding="utf-8")
    (folder / ANSWER).write_text(answer, encoding="utf-8")
    check = f"exercise-{exercise.number}.py"
    (folder / check).write_text(exercise.code(Sign.CHECK), encoding="utf-8")
    return run_python(check, folder).returncode


@pytest.mark.wide
@pytest.mark.slow
@every_lesson
def test_a_check_passes_the_solution_and_nothing_less(entry: Entry, tmp_path: Path) -> None:
    for exercise in read_lesson(entry).exercises:
        if Sign.CHECK in exercise.parts:
            folder = tmp_path / str(exercise.number)
            folder.mkdir()
            assert run_check(entry, exercise, exercise.code(Sign.SOLUTION), folder) == 0
            assert run_check(entry, exercise, exercise.code(Sign.EXERCISE), folder) == 1


def idle_names(code: str) -> set[str]:
    """Those that code gives a value and never asks for again."""
    nodes = list(ast.walk(ast.parse(code)))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    given = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    used = {name.id for name in names if isinstance(name.ctx, ast.Load)}
    used |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return given - used - {"_"}


@every_lesson
def test_a_check_asks_about_all_that_it_works_out(entry: Entry) -> None:
    """What it works out and drops is a claim that it does not make."""
    checks = [one for one in read_lesson(entry).exercises if Sign.CHECK in one.parts]
    assert not {one.title: idle for one in checks if (idle := idle_names(one.code(Sign.CHECK)))}


@pytest.mark.parametrize(
    ("printed", "broken"),
    [
        ("2\n3\n", None),
        ("something else\n2\n3\n", None),
        ("2\n", "3"),
        ("3\n2\n", "3"),
        ("2 \n33\n", "3"),
    ],
)
def test_what_is_promised_is_printed_in_that_order(printed: str, broken: str | None) -> None:
    script = "print(1 + 1)  # -> 2\nprint(4)\nprint(3)\n# -> 3\n"
    assert first_broken_promise(script, printed) == broken


def test_three_dots_in_a_promise_stand_for_what_differs_each_time() -> None:
    script = '# -> {... "id": "a1"}'
    assert first_broken_promise(script, '{"time": "12:00", "id": "a1"}') is None
    assert first_broken_promise(script, '{"time": "12:00", "id": "b2"}') is not None
